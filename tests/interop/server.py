"""A real Samkod on a real socket, with a catalogue that others can read."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import services
from tests.federation.profiles import SHARED

ROOT = Path(__file__).parents[2]


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
    subprocess.run(
        [samkod, "ingest", *files],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with services.serving(environment["DATABASE_URL"]) as service:
        yield service.address
