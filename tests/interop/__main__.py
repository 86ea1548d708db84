"""Others read what we publish: `python -m tests.interop`.

A real server with our sample, and the shared corpus where there is one, is read by programs that we
did not write, each in an environment of its own. Exit status 1 if any of them misses something.
"""

import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.interop import ckanext_dcat, ldes, oai, shapes
from tests.interop.server import serving

READERS = (shapes.read, ckanext_dcat.read, ckanext_dcat.read_back, oai.read, ldes.read)


def main() -> int:
    """Let each reader read, and say what it has found."""
    console = Console()
    complaints = 0
    with (
        tempfile.TemporaryDirectory(prefix="samkod-interop.") as folder,
        serving(Path(folder)) as address,
    ):
        for reader in READERS:
            for line in reader(address):
                complaints += line.wrong
                console.print(("[red]wrong[/] " if line.wrong else "") + line.text)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
