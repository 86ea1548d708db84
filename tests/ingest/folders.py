"""Folders of generated files, which differ in what must differ."""

from pathlib import Path

SAMPLE = Path(__file__).parents[2] / "app" / "sample"
VALID = SAMPLE.joinpath("kerbside.yml").read_text(encoding="utf-8")
INVALID = SAMPLE.joinpath("unfinished.yml").read_text(encoding="utf-8")


def valid_text(number: int) -> str:
    """A valid description with an address and a name of its own."""
    return VALID.replace("weirford/kerbside", f"weirford/kerbside-{number}", 1).replace(
        "name: Kerbside", f"name: Kerbside {number}", 1
    )


def fill(folder: Path, count: int) -> Path:
    """Write `count` valid files, in folders of ten."""
    for number in range(count):
        file = folder / f"{number // 10:03d}" / f"{number:04d}.yml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(valid_text(number), encoding="utf-8")
    return folder
