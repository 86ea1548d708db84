"""Every filter on its own, on both engines; `catalog` and `publisher` over HTTP."""

from datetime import UTC, datetime

import pytest

from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database
from app.ingest.submission import Source, prepare, submit
from app.search.facets import MOST_VALUES
from app.search.find import SearchResult
from tests.builders import a_file, texts
from tests.search import asking

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROUTES = "https://git.example.org/granmora/snoroj"
LOANS = "https://git.example.org/skovby/udlaan"


@pytest.fixture
async def filled(database: Database) -> Database:
    """Two that differ in everything one can filter by."""
    ploughing = a_file(
        ROUTES,
        name="Snöröj",
        categories=["fleet-management"],
        platforms=["android"],
        developmentStatus="beta",
        softwareType="standalone/mobile",
        releaseDate="2026-09-14",
        organisation={"name": "Granmora kommun", "uri": "https://granmora.example.org/"},
        usedBy=["Älvsunda kommun", "Storåbro kommun"],
        supports=[{"id": "alias:gdpr"}],
        intendedAudience={
            "scope": ["transportation"],
            "countries": ["SE", "FI"],
            "unsupportedCountries": ["IT"],
        },
        description={
            "sv": texts(shortDescription="Planerar snöröjning & sandning", features=["Plogbilar"]),
            "en": texts(shortDescription="Plans snow ploughing", localisedName="Plough"),
        },
        legal={"license": "AGPL-3.0-or-later"},
        maintenance={"type": "internal", "contacts": [{"name": "Gatukontoret"}]},
        localisation={"localisationReady": True, "availableLanguages": ["sv", "fi"]},
        dependsOn={"open": [{"name": "PostGIS"}]},
    )
    loans = a_file(
        LOANS,
        name="Udlån",
        description={"da": texts(shortDescription="Udlån af bøger")},
        legal={"license": "MIT"},
        developmentStatus="wrong",
    )
    async with transaction(database) as session:
        for number, data in enumerate([ploughing, loans]):
            source = Source(ROOT_ID, f"{number}.yml")
            await submit(
                session, source, data, await prepare(data), now=NOON.replace(day=1 + number)
            )
    return database


async def search(database: Database, **query: object) -> SearchResult:
    return await asking.search(database, NOON, **query)


@pytest.mark.parametrize(
    "query",
    [
        {"category": ["fleet-management", "crm"]},
        {"scope": ["transportation"]},
        {"license": ["copyleft"]},
        {"license": ["network-copyleft"]},
        {"license": ["agpl-3.0-or-later"]},
        {"platform": ["android"]},
        {"developmentStatus": ["beta"]},
        {"softwareType": ["standalone/mobile"]},
        {"maintenanceType": ["internal", "contract"]},
        {"country": ["se"]},
        {"unsupportedCountry": ["IT"]},
        {"language": ["fi"]},
        {"organisation": ["https://granmora.example.org/"]},
        {"organisation": ["granmora"]},
        {"usedBy": ["alvsunda"]},
        {"usedBy": ["Storåbro kommun", "Nowhere"]},
        {"supports": ["gdpr"]},
        {"supports": ["alias:gdpr"]},
        {"dependsOn": ["postgis"]},
        {"catalog": ["∅"], "valid": True},
        {"catalog": ["∅", "nobody"], "platform": ["Android"]},
        {"category": ["Fleet-Management"]},
        {"developmentStatus": ["BETA"]},
        {"supports": ["GDPR"]},
        {"language": ["FI"]},
        {"valid": True},
        {"hasReleaseSince": "2026-09-14"},
        {"updatedTo": "2026-11-01T23:00:00Z"},
        {"updatedFrom": "2026-11-01", "updatedTo": "2026-11-02"},
        {"tier": ["published"], "platform": ["android"]},
    ],
    ids=str,
)
async def test_filter_finds_the_one_it_is_about(filled: Database, query: dict[str, object]) -> None:
    assert [item["url"] for item in (await search(filled, **query)).items] == [ROUTES]


@pytest.mark.parametrize(
    "query",
    [
        {"country": ["IT"]},
        {"unsupportedCountry": ["SE"]},
        {"license": ["public-domain"]},
        {"usedBy": ["bro kommun"]},
        {"organisation": ["https://granmora.example.org"]},
        {"publisher": ["nobody"]},
        {"catalog": ["nobody"]},
        {"usedBy": ["!!!"]},
        {"dependsOn": ["-", ""]},
        {"organisation": ["!!!"]},
        {"hasReleaseSince": "2026-09-15"},
        {"updatedFrom": "2026-11-03T00:00:00Z"},
        {"platform": ["android"], "license": ["MIT"]},
    ],
    ids=str,
)
async def test_filter_finds_nothing_else(filled: Database, query: dict[str, object]) -> None:
    assert (await search(filled, **query)).total == 0


async def test_every_facet_counts(filled: Database) -> None:
    facets = (await search(filled)).facets

    counted = {name: {each.value: each.count for each in values} for name, values in facets.items()}
    assert counted == {
        "category": {"fleet-management": 1},
        "developmentStatus": {"beta": 1},
        "softwareType": {"standalone/mobile": 1, "standalone/web": 1},
        "license": {"AGPL-3.0-or-later": 1, "MIT": 1},
        "platform": {"android": 1, "web": 1},
        "language": {"fi": 1, "sv": 2},
        "scope": {"transportation": 1},
        "country": {"FI": 1, "SE": 1},
        "unsupportedCountry": {"IT": 1},
        "maintenanceType": {"internal": 1, "none": 1},
        "organisation": {"https://granmora.example.org/": 1},
    }
    [organisation] = facets["organisation"]
    assert organisation.name == "Granmora kommun"


async def test_what_is_written_otherwise_is_counted_and_found_as_one(database: Database) -> None:
    written = [
        ("pt-BR", "GPL-3.0", "Windows"),
        ("pt", "GPL-3.0-only", "windows"),
        ("sv", "MIT", "web"),
    ]
    files = {
        f"{number}.yml": a_file(
            f"https://git.example.org/{number}",
            platforms=[platform],
            legal={"license": licence},
            localisation={"localisationReady": True, "availableLanguages": [language]},
        )
        for number, (language, licence, platform) in enumerate(written)
    }
    await asking.store(database, files, NOON)

    facets = (await search(database)).facets

    for name, counts in (
        ("language", {"pt": 2, "pt-BR": 1, "sv": 1}),
        ("license", {"GPL-3.0-only": 2, "MIT": 1}),
        ("platform", {"windows": 2, "web": 1}),
    ):
        assert {each.value: each.count for each in facets[name]} == counts
        for value, count in counts.items():
            assert (await search(database, **{name: [value.upper()]})).total == count
    assert (await search(database, license=["GPL-3.0"])).total == 2


async def test_family_selects_its_members(filled: Database) -> None:
    values = (await search(filled, license=["copyleft"])).facets["license"]

    assert {each.value: each.selected for each in values if each.count} == {
        "AGPL-3.0-or-later": True,
        "MIT": False,
    }


@pytest.mark.parametrize(
    ("facet", "asked", "selected"),
    [
        ("organisation", "granmora", {"https://granmora.example.org/": 1}),
        ("organisation", "https://granmora.example.org/", {"https://granmora.example.org/": 1}),
        ("organisation", "nowhere", {"nowhere": 0}),
        ("license", "agpl-3.0-or-later", {"AGPL-3.0-or-later": 1}),
        ("license", "AGPL-3.0+", {"AGPL-3.0-or-later": 1}),
        ("license", "copyleft", {"AGPL-3.0-or-later": 1}),
        ("license", "public-domain", {"public-domain": 0}),
        ("country", "se", {"SE": 1}),
        ("country", "is", {"IS": 0}),
        ("category", "crm", {"crm": 0}),
    ],
)
async def test_a_choice_is_shown_by_the_values_it_stands_for(
    filled: Database, facet: str, asked: str, selected: dict[str, int]
) -> None:
    values = (await search(filled, **{facet: [asked]})).facets[facet]

    assert {each.value: each.count for each in values if each.selected} == selected


async def test_a_rare_choice_is_counted_among_many_values(database: Database) -> None:
    """Of a facet only the most frequent values are shown, but what was chosen is always there."""
    async with transaction(database) as session:
        for number in range(MOST_VALUES + 2):
            url = f"https://git.example.org/many/{number:03}"
            data = a_file(url, organisation={"uri": f"https://{number:03}.example.org/"})
            await submit(session, Source(ROOT_ID, url), data, await prepare(data), now=NOON)
    last = f"https://{MOST_VALUES + 1:03}.example.org/"

    values = (await search(database, organisation=[last])).facets["organisation"]

    assert len(values) == MOST_VALUES + 1
    assert [(each.value, each.count) for each in values if each.selected] == [(last, 1)]


async def test_what_a_form_leaves_blank_is_not_asked_for(filled: Database) -> None:
    blank = dict.fromkeys(["q", "valid", "hasReleaseSince", "updatedFrom", "sort", "lang"], "")
    assert (await search(filled, **blank, category=[""], **{"page[size]": ""})).total == 2
