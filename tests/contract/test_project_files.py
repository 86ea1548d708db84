"""What the documents, the sample and our own publiccode.yml promise is true of the tree."""

import re
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name

import pytest
from pydantic import AliasChoices

from app.publiccode import validate
from app.settings import Settings

ROOT = Path(__file__).parents[2]
SAMPLE = sorted((ROOT / "app" / "sample").glob("*.yml"))
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
WITH_WARNINGS = {"gullywatch", "leihladen"}
INVALID = {"unfinished"}

PATH = re.compile(r"`((?:app|docs|migrations|openapi|tests)/[\w./-]+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
FUNCTION = re.compile(r"`(app(?:\.\w+)+)`")


def test_our_own_description_is_faultless() -> None:
    report = validate((ROOT / "publiccode.yml").read_bytes())
    assert [finding.code for finding in report.findings] == []


@pytest.mark.parametrize("file", SAMPLE, ids=lambda file: file.stem)
def test_sample_files_are_as_good_as_they_say(file: Path) -> None:
    report = validate(file.read_bytes())
    assert report.valid is (file.stem not in INVALID), report.findings
    assert bool(report.findings) is (file.stem in WITH_WARNINGS | INVALID), report.findings


def test_sample_addresses_are_reserved_ones() -> None:
    """Nobody's repository, site or mailbox: RFC 2606 keeps example.org free."""
    text = "\n".join(file.read_text("utf-8") for file in SAMPLE)
    hosts = re.findall(r"(?:https?://|@)([\w.-]+)", text)
    assert [host for host in hosts if not re.fullmatch(r"(.+\.)?example\.org", host)] == []


def test_the_readme_lists_every_setting_with_its_default() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = {
        name: default
        for names, default in re.findall(
            r"^\| ((?:`[A-Z_]+`(?:, )?)+) \| (.+?) \|", readme, re.MULTILINE
        )
        for name in re.findall(r"`(\w+)`", names)
    }
    assert rows == dict(_settings())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_documents_name_what_exists(document: Path) -> None:
    text = document.read_text("utf-8")
    paths = [ROOT / path for path in PATH.findall(text)]
    links = [document.parent / path for path in LINK.findall(text)]
    assert [path for path in paths + links if not path.exists()] == []
    assert [name for name in FUNCTION.findall(text) if not _exists(name)] == []


def _settings() -> Iterator[tuple[str, str]]:
    """Each name in the environment, and its default as the README writes it."""
    for field_name, field in Settings.model_fields.items():
        alias = field.validation_alias
        if isinstance(alias, AliasChoices):
            names = [str(choice) for choice in alias.choices]
        else:
            names = [str(alias or f"SAMKOD_{field_name.upper()}")]
        default = f"`{field.default}`" if field.default not in (None, frozenset()) else "none"
        yield from ((name, default) for name in names)


def _exists(dotted: str) -> bool:
    """Whether `app.package.module.function` can be imported, down to its last part."""
    try:
        resolve_name(dotted)
    except AttributeError:
        return False
    return True
