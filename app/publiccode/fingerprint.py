"""Which validator this is: reports of another one may differ, those of the same one never do."""

import sys
import unicodedata
from functools import cache
from hashlib import sha256
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
READ = (".py", ".txt", ".json")
"""Rules and lists. Translations say the same in other words."""


@cache
def fingerprint(major: int = 0) -> str:
    """Changes with the code and the lists of this package, and with what it rests on.

    `major` is the highest major version that files may declare.
    """
    rest = (major, sys.version_info[:2], yaml.__version__, unicodedata.unidata_version)
    digest = sha256(repr(rest).encode())
    for file in sorted(FOLDER.rglob("*")):
        if file.suffix in READ:
            digest.update(f"{file.relative_to(FOLDER).as_posix()}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:32]
