"""`python -m tests.convergence STEPS SEEDS [FIRST]`: rings of catalogues, one for each seed."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from app.database import open_database, upgrade
from tests.convergence.ring import ring


async def migrated(file: Path) -> None:
    database = open_database(f"sqlite:///{file}")
    await upgrade(database)
    await database.close()


def main(steps: int, seeds: int, first: int = 0) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        template = folder / "empty.db"
        asyncio.run(migrated(template))
        for seed in range(first, first + seeds):
            began = monotonic()
            with ring(template, folder, seed) as catalogues:
                for _ in range(steps):
                    catalogues.step()
                acted = monotonic()
                changes = catalogues.converged()
            seconds, settled = monotonic() - began, monotonic() - acted
            deeds = ", ".join(f"{count} × {deed}" for deed, count in catalogues.steps.items())
            print(  # noqa: T201 - what this is run for
                f"seed {seed}: {deeds}; at most {changes} changes; agreed after {settled:.1f} s"
                f" ({seconds:.0f} s in all)"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
