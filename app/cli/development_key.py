"""The key of `samkod serve --demo`: made once, kept in a file that only its owner can read.

A service that others can reach gets its key from PASETO_KEY instead.
"""

import os
from pathlib import Path

FILE_NAME = "development.key"


def kept(folder: Path) -> str | None:
    """The key in `folder`, if one has been made there."""
    file = folder / FILE_NAME
    return file.read_text(encoding="ascii").strip() if file.exists() else None


def keep(folder: Path, key: str) -> None:
    """Write `key` into `folder`. Raises FileExistsError rather than replace another one."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / FILE_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{key}\n")
