"""The JSON Schema never refuses what the rules accept, and agrees with them wherever it can."""

import base64
import json
import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.publiccode import validate
from app.publiccode.schema import json_schema
from app.publiccode.versions import EDITIONS
from tests.publiccode.plain_values import plain_values

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("SAMKOD_SHARED", ROOT.parent / "shared")) / "corpus"
OURS = [
    ROOT / "publiccode.yml",
    *sorted((ROOT / "app" / "sample").glob("*.yml")),
    *sorted((ROOT / "tests" / "conformance").glob("valid*/*.yml")),
]
FULL: dict[str, Any] = plain_values(Path(__file__).with_name("full.yml").read_bytes())
"""A valid file with every key but `it`, which may not stand beside `IT`."""

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here")

SCHEMA = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)

REMOVED = object()
OTHER_VALUES: dict[str, object] = {
    "removed": REMOVED,
    "null": None,
    "empty-text": "",
    "text": "x",
    "number": 5,
    "flag": True,
    "empty-list": [],
    "list-of-nulls": [None],
    "nested-list": [["x"]],
    "empty-mapping": {},
    "unknown-key": {"x": 1},
}
BEYOND_A_SCHEMA = {("legal", "license"), ("IT", "riuso", "codiceIPA")}
"""A grammar, and a list of 23,735 codes."""


def accepts(values: object) -> bool:
    return bool(VALIDATOR.is_valid(values))


def is_valid(values: object) -> bool:
    """By the rules. JSON is YAML."""
    return validate(json.dumps(values).encode()).valid


@pytest.mark.parametrize("major", EDITIONS)
def test_schema_is_a_schema(major: int) -> None:
    Draft202012Validator.check_schema(json_schema(major))


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.stem)
def test_our_own_files_are_judged_alike(file: Path) -> None:
    data = file.read_bytes()
    assert accepts(plain_values(data)) is validate(data).valid


@needs_corpus
def test_valid_files_of_the_corpus_are_accepted() -> None:
    files = {file.name: file.read_bytes() for file in (CORPUS / "real").iterdir()}
    valid = {name: data for name, data in files.items() if validate(data).valid}
    assert valid
    assert [name for name, data in valid.items() if not accepts(plain_values(data))] == []


@needs_corpus
def test_valid_probes_are_accepted() -> None:
    valid = {name: data for name, data in probes() if validate(data).valid}
    assert valid
    assert [name for name, data in valid.items() if not accepts(plain_values(data))] == []


def probes() -> Iterator[tuple[str, bytes]]:
    for line in (CORPUS / "probes.jsonl").read_bytes().splitlines():
        probe = json.loads(line)
        encoded = probe.get("input_base64")
        yield probe["id"], base64.b64decode(encoded) if encoded else probe["input"].encode()


def test_the_full_file_is_accepted_and_full() -> None:
    assert is_valid(FULL)
    assert accepts(FULL)
    assert {*names_in(SCHEMA)} - {*keys_in(FULL)} == {"it"}


@pytest.mark.parametrize("other", OTHER_VALUES)
def test_schema_and_rules_agree_on(other: str) -> None:
    """Whichever key, item or section of the full file holds another value, or is removed."""
    disagreed = []
    for path in paths_in(FULL):
        changed = with_change(FULL, path, OTHER_VALUES[other])
        refused, invalid = not accepts(changed), not is_valid(changed)
        if refused != invalid and (refused or path not in BEYOND_A_SCHEMA):
            disagreed.append((path, "refused" if refused else "accepted"))
    assert disagreed == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("developmentStatus",), "finished"),
        (("softwareType",), "standalone"),
        (("categories", 0), "cats"),
        (("intendedAudience", "scope", 0), "everybody"),
        (("intendedAudience", "countries", 0), "It"),
        (("maintenance", "type"), "commercial"),
        (("maintenance", "type"), "internal"),
        (("supports", 0, "id"), "alias:spids"),
        (("publiccodeYmlVersion",), "0.6"),
        (("IT", "countryExtensionVersion"), 1.0),
        (("landingURL",), "almanacco.example.org"),
        (("releaseDate",), "2026-2-3"),
        (("legal", "license"), "EUPL, version 1.2"),
        (("logo",), "/logo.svg"),
        (("localisation", "availableLanguages", 0), "italiano"),
        (("it",), {}),
    ],
    ids=str,
)
def test_clear_fault_is_refused(path: tuple[str | int, ...], value: object) -> None:
    changed = with_change(FULL, path, value)
    assert not is_valid(changed)
    assert not accepts(changed)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("IT", "countryExtensionVersion"), 0.2),
        (("intendedAudience", "countries", 0), "it"),
        (("softwareVersion",), 1.1),
        (("platforms", 0), "toaster"),
        (("isBasedOn",), "https://git.example.org/altrove/calendario"),
        (("legal", "license"), "EUPL-1.2 OR (MIT AND Apache-2.0)"),
        (("description",), {"zh-Hant-TW": FULL["description"]["en"]}),
    ],
    ids=str,
)
def test_odd_but_valid_value_is_accepted(path: tuple[str | int, ...], value: object) -> None:
    changed = with_change(FULL, path, value)
    assert is_valid(changed)
    assert accepts(changed)


LETTERS = "a ß\u00ad\u0301é©®\u200d👩👨🏽🇮🇹ｶ각क्षẋ\u0345ЀϿ҃\r\n"


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.text(LETTERS, min_size=145, max_size=160))
def test_no_text_is_refused_that_a_reader_finds_short_enough(text: str) -> None:
    changed = with_change(FULL, ("description", "en", "shortDescription"), text)
    assert accepts(changed) or not is_valid(changed)


def test_text_of_one_letter_too_many_is_refused() -> None:
    path = ("description", "en", "shortDescription")
    assert accepts(with_change(FULL, path, "è" * 150))
    assert not accepts(with_change(FULL, path, "è" * 151))


def test_every_key_is_explained() -> None:
    for name, schema in properties_in(SCHEMA):
        assert schema["title"], name
        assert schema["description"].endswith("."), name


def test_deprecated_keys_are_marked() -> None:
    assert {name for name, schema in properties_in(SCHEMA) if schema.get("deprecated")} == {
        *("monochromeLogo", "inputTypes", "outputTypes", "IT", "it", "conforme", "codiceIPA"),
        *("genericName", "repoOwner", "authorsFile"),
    }


def test_version_1_has_none_of_the_removed_keys() -> None:
    names = {*names_in(json_schema(1))}
    assert names.isdisjoint({"IT", "it", "codiceIPA", "monochromeLogo", "genericName"})
    assert json_schema(1)["properties"]["publiccodeYmlVersion"]["enum"] == ["1", "1.0", "1.0.0"]


def names_in(schema: dict[str, Any]) -> Iterator[str]:
    return (name for name, _ in properties_in(schema))


def properties_in(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for section in (schema, *schema["$defs"].values()):
        yield from section.get("properties", {}).items()


def keys_in(values: object) -> Iterator[str]:
    return (path[-1] for path in paths_in(values) if isinstance(path[-1], str))


def paths_in(values: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inside: dict[Any, object] = {}
    if isinstance(values, dict):
        inside = values
    elif isinstance(values, list):
        inside = dict(enumerate(values))
    for part, value in inside.items():
        yield (*path, part)
        yield from paths_in(value, (*path, part))


def with_change(
    values: dict[str, Any], path: tuple[str | int, ...], value: object
) -> dict[str, Any]:
    changed = deepcopy(values)
    at: Any = changed
    for part in path[:-1]:
        at = at[part]
    if value is REMOVED:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return changed
