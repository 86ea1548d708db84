"""Software as CodeMeta, expanded by somebody else's processor with CodeMeta's own context."""

import csv
import json
from typing import Any

import pytest
from pyld import jsonld

from app.catalogue.profiles import Profile
from app.federation.formats import codemeta
from app.publiccode import Description
from app.publiccode.model import Contact, Maintenance
from tests.builders import a_file, texts
from tests.federation.profiles import FULL, SHARED, URIS, a_profile, corpus, described, needs_shared

FILES = SHARED / "interop" / "codemeta"
TERMS = "https://w3id.org/codemeta/terms/"
SCHEMA = "http://schema.org/"

PROMISED = {
    "codeRepository": "https://git.example.org/valchiara/almanacco",
    "targetProduct": "linux",
    "applicationCategory": "Calendar",
    "applicationSubCategory": "appointment-scheduling",
    "operatingSystem": "linux",
    "softwareRequirements": "Kiosk",
    "softwareVersion": "1.10",
    "copyrightHolder": "Comune di Valchiara",
    "dateModified": "2026-05-04",
    "datePublished": "2026-05-04",
    "keywords": "Appointments without an account",
    "license": "https://spdx.org/licenses/EUPL-1.2",
    "version": "1.10",
    "isPartOf": "Suite dei Comuni",
    "description": "Almanac shows citizens",
    "name": "Almanacco",
    "maintainer": "Bottega del Software",
    "developmentStatus": "https://www.repostatus.org/#active",
}
"""For each row of the official crosswalk, something that our full example must say there."""


def expanded(profile: Profile) -> dict[str, Any]:
    """The one thing that a document describes, in full addresses."""
    context = json.loads((FILES / "codemeta.jsonld").read_text(encoding="utf-8"))

    def load(url: str, _options: object) -> dict[str, Any]:
        assert url == codemeta.CONTEXT
        return {"contextUrl": None, "documentUrl": url, "document": context}

    document = json.loads(codemeta.document(profile, URIS))
    (thing,) = jsonld.expand(document, {"documentLoader": load})
    assert isinstance(thing, dict)
    return thing


@needs_shared
def test_the_official_crosswalk_is_kept_row_by_row() -> None:
    with (FILES / "publiccode.csv").open(encoding="utf-8", newline="") as rows:
        mapped = {row["Property"] for row in csv.DictReader(rows) if row["publiccode"]}
    thing = expanded(a_profile(described(FULL.read_bytes())))

    assert set(PROMISED) == mapped
    for name, value in PROMISED.items():
        found = thing.get(SCHEMA + name) or thing.get(TERMS + name)
        assert value in json.dumps(found), name


@needs_shared
def test_every_valid_file_of_the_corpus_is_expanded_without_loss() -> None:
    for profile in corpus():
        thing = expanded(profile)
        assert thing["@id"] == URIS.subject(profile)
        assert thing["@type"] == [f"{SCHEMA}SoftwareSourceCode"]
        written = json.loads(codemeta.document(profile, URIS))
        plain = {name for name in written if name not in ("@context", "id", "type")}
        full = {name.removeprefix(SCHEMA).removeprefix(TERMS) for name in thing}
        assert {name.removeprefix("schema:") for name in plain} == full - {"@id", "@type"}


@pytest.mark.parametrize(
    ("language", "said"), [("en", "street"), ("sv", "gatlykta"), ("fi", "street")]
)
def test_the_description_is_in_the_readers_language(language: str, said: str) -> None:
    swedish = texts(longDescription=None, shortDescription="Anmäl en trasig gatlykta")
    file = a_file(description={"en": texts(longDescription=None), "sv": swedish})

    document = json.loads(codemeta.document(a_profile(described(file)), URIS, language))

    assert said in document["description"]


def test_nothing_is_made_up() -> None:
    nothing = a_profile(Description(), urls=("https://git.example.org/nobody/nothing",))

    assert set(json.loads(codemeta.document(nothing, URIS))) == {
        "@context", "type", "id", "identifier", "codeRepository", "name",
        "schema:includedInDataCatalog", "schema:sdDatePublished",
    }  # fmt: skip


def test_licences_that_are_no_single_one_are_a_text() -> None:
    document = json.loads(
        codemeta.document(a_profile(described(a_file(legal={"license": "MIT OR EUPL-1.2"}))), URIS)
    )

    assert "license" not in document
    assert document["schema:license"] == "MIT OR EUPL-1.2"


def test_people_without_a_name_are_left_out() -> None:
    silent = Description(maintenance=Maintenance(contacts=(Contact(),)))

    assert "maintainer" not in json.loads(codemeta.document(a_profile(silent), URIS))


def test_many_are_one_document() -> None:
    profiles = [a_profile(number=number) for number in range(3)]

    document = json.loads(b"".join(codemeta.pieces(profiles, URIS)))

    assert [each["id"] for each in document["@graph"]] == [URIS.subject(each) for each in profiles]
