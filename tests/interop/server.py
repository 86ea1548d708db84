"""A real Samkod on a real socket, with a catalogue that others can read."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import httpx2

from tests.federation.profiles import SHARED

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 60


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a service that lives as long as the block, with its files in `folder`."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{folder / 'catalogue.db'}",
        "SAMKOD_LOG_LEVEL": "error",
    }
    corpus = SHARED / "corpus" / "real"
    files = [str(ROOT / "app" / "sample"), *([str(corpus)] if corpus.is_dir() else [])]
    samkod = str(Path(sys.executable).with_name("samkod"))
    subprocess.run(  # noqa: S603 - our own command
        [samkod, "ingest", *files],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app"]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        address = "http://{}:{}".format(*listening.getsockname())
        with subprocess.Popen(  # noqa: S603 - our own application
            [*command, "--fd", str(listening.fileno()), "--log-level", "warning"],
            env=environment,
            cwd=ROOT,
            pass_fds=[listening.fileno()],
        ) as process:
            try:
                _wait_for(address)
                yield address
            finally:
                process.terminate()
                process.wait(SECONDS_TO_START)


def _wait_for(address: str) -> None:
    give_up = monotonic() + SECONDS_TO_START
    while monotonic() < give_up:
        try:
            if httpx2.get(f"{address}/livez", timeout=5).is_success:
                return
        except httpx2.TransportError:
            sleep(0.1)
    raise TimeoutError("The service did not start.")
