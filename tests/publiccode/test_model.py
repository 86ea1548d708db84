"""The typed description: what it keeps, and how it is written."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.publiccode import Description, validate
from app.publiccode.model import Contact, IntendedAudience, Legal, Maintenance, Organisation, Texts
from app.publiccode.normalise import to_yaml

CONFORMANCE = Path(__file__).parents[1] / "conformance"
FULL = (CONFORMANCE / "valid" / "full.yml").read_bytes()
MINIMAL = (CONFORMANCE / "valid" / "minimal.yml").read_text(encoding="utf-8")


def described(text: str | bytes) -> Description:
    report = validate(text.encode() if isinstance(text, str) else text)
    assert report.description is not None
    return report.description


def test_a_full_description_is_read() -> None:
    description = described(FULL)
    assert description.version == "0"
    assert description.is_based_on == ("https://code.harbour.example/old/tidal",)
    assert description.software_version == "2.10"
    assert description.release_date == "2026-03-31"
    assert description.organisation == Organisation(
        "Harbour Board of Westerstrand", "https://westerstrand.example/"
    )
    assert description.intended_audience == IntendedAudience(
        ("local-authorities",), ("SE",), ("NO",)
    )
    assert list(description.description) == ["en", "sv"]
    assert description.description["sv"].localised_name == "Tidvatten"
    assert description.maintenance.contractors
    assert description.maintenance.contractors[0].until == "2099-12-31"
    assert description.localisation.ready is True
    assert description.depends_on.proprietary[0].optional is True
    assert description.italy is None


@pytest.mark.parametrize("file", sorted(CONFORMANCE.glob("*/*.yml")), ids=lambda file: file.stem)
def test_json_and_yaml_say_the_same(file: Path) -> None:
    description = validate(file.read_bytes()).description
    if description is None:
        return
    assert Description.from_json(description.to_json()) == description
    again = validate(to_yaml(description).encode())
    assert again.description == description
    assert again.valid or file.parent.name == "invalid"


def test_nothing_is_invented() -> None:
    written = to_yaml(described(MINIMAL))
    assert written.split("\n")[:3] == [
        'publiccodeYmlVersion: "0"',
        "name: Tidal",
        "url: https://code.harbour.example/tidal/tidal",
    ]
    for word in ("null", "genericName", "releaseDate", '""', "[]", "{}"):
        assert word not in written


def test_canonical_form_keeps_the_order_of_the_standard() -> None:
    keys = [
        line.partition(":")[0]
        for line in to_yaml(described(FULL)).split("\n")
        if line[:1].isalpha()
    ]
    assert keys[:4] == ["publiccodeYmlVersion", "name", "applicationSuite", "url"]
    assert keys[-5:] == ["description", "legal", "maintenance", "localisation", "dependsOn"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "yes",
            "null",
            "~",
            "1.10",
            "0x1F",
            "- a",
            "a: b",
            "a #b",
            "#a",
            "*a",
            "&a",
            "!a",
            "'a'",
            '"a"',
        ),
        *(
            "a\n",
            "a\nb",
            "\na",
            " a",
            "a ",
            "a\n\n",
            "\ta",
            "a\tb",
            "a\\b",
            "%a",
            "@a",
            "`a`",
            "{a}",
        ),
        *(
            "[a]",
            "---",
            "...",
            "a:",
            "?",
            "-",
            "|",
            ">",
            "=",
            "<<",
            "a\x00b",
            "a\u2028b",
            "\ufeffa",
        ),
        *(
            "e\u0301",
            "🏴",
            "a\r\nb",
            "x" * 3000,
            "line one\n  indented\n\nlast",
            "true",
            "a,b",
            "\n",
            " \n ",
        ),
    ],
)
def test_any_text_survives_being_written(text: str) -> None:
    description = Description(
        version="0",
        name=text,
        used_by=(text, "x"),
        description={"en": Texts(short_description=text)},
        maintenance=Maintenance(type="internal", contacts=(Contact(name=text),)),
    )
    again = described(to_yaml(description))
    assert again == description


def test_faulty_values_are_left_out_and_the_rest_kept() -> None:
    text = MINIMAL.replace("- web", "- web\n  - [x]").replace("stable", "done") + (
        "categories: [blog, tides, workflow-management]\n"
        "isBasedOn: [https://a.example/, no url, https://b.example/]\n"
        "landingURL: nowhere\n"
    )
    description = described(text)
    assert description.platforms == ("web",)
    assert description.categories == ("blog", "workflow-management")
    assert description.is_based_on == ("https://a.example/", "https://b.example/")
    assert description.landing_url is None
    assert description.development_status is None
    assert description.name == "Tidal"


def test_texts_of_the_wrong_length_are_kept_so_that_they_can_be_found() -> None:
    description = described(MINIMAL.replace("Berths", "Berths " * 30))
    assert description.description["en"].short_description
    assert description.description["en"].short_description.startswith("Berths Berths")


def test_languages_that_are_none_are_left_out() -> None:
    text = MINIMAL.replace("legal:", "  english:\n    shortDescription: x\nlegal:")
    assert list(described(text).description) == ["en"]


def test_old_keys_are_read_as_new_ones() -> None:
    description = described(
        MINIMAL.replace("license: EUPL-1.2", "license: EUPL-1.2\n  repoOwner: Comune di Portomare")
        + "it:\n  riuso:\n    codiceIPA: pcm\nintendedAudience:\n  countries: [it]\n"
    )
    assert description.italy is not None
    assert description.italy_lowercase is None
    assert description.organisation == Organisation("Comune di Portomare", "urn:x-italian-pa:pcm")
    assert description.intended_audience.countries == ("IT",)


def test_an_unsupported_version_is_described_all_the_same() -> None:
    report = validate(MINIMAL.replace('"0"', '"2.4.0"').encode())
    assert not report.valid
    assert report.version == "2.4.0"
    assert report.description is not None
    assert report.description.legal == Legal(license="EUPL-1.2")


@pytest.mark.parametrize("data", [b"", b"- a", b"a: [", b"\xff"])
def test_without_a_mapping_there_is_no_description(data: bytes) -> None:
    assert validate(data).description is None


def test_importing_the_core_is_quick_and_brings_no_web_or_database() -> None:
    program = (
        "import sys, time; begin = time.perf_counter(); import app.publiccode; "
        "took = time.perf_counter() - begin; "
        "print(took, *{name.partition('.')[0] for name in sys.modules})"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    took, *modules = done.stdout.split()
    assert float(took) < 1.5  # ten times what `make bench` shows
    assert not {"fastapi", "starlette", "pydantic", "sqlalchemy", "sqlmodel", "asyncio"} & set(
        modules
    )
