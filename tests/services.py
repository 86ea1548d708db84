"""The service in a process of its own, as an operator runs it, on a real port."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.api.security import create_token, make_key

KEY = make_key()
TOKEN = create_token(KEY, subject="tests", expires_at=None, now=datetime.now(UTC))
AUTHORIZATION = {"Authorization": f"Bearer {TOKEN}"}
SECONDS_TO_END = 60


@dataclass(frozen=True)
class Service:
    """Where it answers, and its process."""

    address: str
    process: "subprocess.Popen[str]"

    def memory(self) -> int:
        """Resident bytes."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGESIZE")

    def end(self) -> None:
        """Ask it to end, and wait until it has."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(SECONDS_TO_END)


@contextmanager
def serving(database_url: str, **environment: str) -> Iterator[Service]:
    """A service on a database that is migrated already; it has ended when the block has."""
    known = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "PASETO_KEY": KEY,
        "PORT": "0",
        "SAMKOD_LOG_LEVEL": "error",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--no-migrate"],
        env=known | environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            address = re.search(r":(\d+)", ready)
            assert address is not None, ready
            yield Service(f"http://127.0.0.1:{address[1]}", process)
        finally:
            process.terminate()
            process.wait(SECONDS_TO_END)
