"""Measure, and print: `python -m tests.bench [SUBJECT …]`. Nothing is asserted.

A subject is a module beside this one whose `run()` returns rows of (label, figure). Machines are
noisy: what is compared is measured in turns within one run, and only the ratio is quoted.
"""

import sys
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

SUBJECTS = sorted(
    file.stem for file in Path(__file__).parent.glob("*.py") if not file.stem.startswith("_")
)


def main() -> int:
    """Measure the subjects named on the command line, by default all."""
    wanted = sys.argv[1:] or SUBJECTS
    if unknown := sorted(set(wanted) - set(SUBJECTS)):
        Console(stderr=True).print(f"No such subject: {', '.join(unknown)}. There are {SUBJECTS}.")
        return 2
    for subject in wanted:
        table = Table("", "figure", title=subject, title_justify="left", title_style="bold")
        for label, figure in import_module(f"tests.bench.{subject}").run():
            table.add_row(label, figure)
        Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
