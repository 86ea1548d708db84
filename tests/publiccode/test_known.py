"""What is known without a file: how far it describes software, and that it never is a valid file."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from app.publiccode.known import Known, described
from app.publiccode.model import Description, Legal, Texts

URL = "https://git.example.org/storabro/felanmalan"

KNOWN = Known(
    name="felanmalan",
    description="Rapportera trasig gatubelysning",
    license="EUPL-1.2",
    topics=("content-management", "street-light"),
    programming_language="Python",
    homepage="https://felanmalan.storabro.example/",
    organisation="Storabro kommun",
    language="sv",
    active_at=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
    archived=True,
)


def description(known: Known) -> Description:
    found = described(known, URL).description
    assert found is not None
    return found


def test_what_is_known_is_said_in_the_terms_of_the_standard() -> None:
    assert description(KNOWN) == Description(
        name="felanmalan",
        url=URL,
        landing_url="https://felanmalan.storabro.example/",
        categories=("content-management",),
        development_status="obsolete",
        description={"sv": Texts(short_description="Rapportera trasig gatubelysning")},
        legal=Legal(license="EUPL-1.2", repo_owner="Storabro kommun"),
    )


def test_findings_say_what_a_file_would_still_have_to_tell() -> None:
    report = described(KNOWN, URL)

    assert not report.valid
    assert {finding.path for finding in report.findings} == {
        "platforms",
        "softwareType",
        "description.sv.longDescription",
        "description.sv.features",
        "maintenance.type",
        "localisation.localisationReady",
        "localisation.availableLanguages",
    }


def test_what_the_standard_would_not_take_is_left_out() -> None:
    found = description(
        Known(
            name="x",
            description="Något",
            license="NOASSERTION",
            homepage="storabro",
            language="svenska",
        )
    )

    assert found.legal.license is None
    assert found.landing_url is None
    assert found.description == {"und": Texts(short_description="Något")}


def test_repository_is_not_its_own_home_page() -> None:
    assert description(Known(name="x", homepage=f"{URL}.git")).landing_url is None


def test_a_fork_says_what_it_is_based_on() -> None:
    upstream = "https://git.example.org/upstream/felanmalan"

    assert description(Known(name="x", based_on=upstream)).is_based_on == (upstream,)
    assert description(Known(name="x", based_on="upstream")).is_based_on == ()


def test_long_description_is_kept_beside_its_beginning() -> None:
    text = "Den som ser en trasig lampa talar om det för kommunen. " * 6

    [told] = description(Known(name="x", description=text).tidied()).description.values()

    assert told.long_description == text.strip()
    assert told.short_description is not None
    assert told.short_description.removesuffix("…") in text
    assert len(told.short_description) <= 150


def test_activity_counts_to_the_day() -> None:
    assert KNOWN.tidied().active_at == datetime(2026, 11, 20, tzinfo=UTC)


WORDS = st.text(st.characters(), max_size=200)
"""All that JSON can bring, lone halves of surrogate pairs too."""


@settings(derandomize=True, deadline=None)
@given(
    st.builds(
        Known,
        name=WORDS,
        description=st.none() | WORDS,
        license=st.none() | WORDS,
        topics=st.lists(WORDS, max_size=3).map(tuple),
        programming_language=st.none() | WORDS,
        homepage=st.none() | WORDS,
        organisation=st.none() | WORDS,
        language=st.none() | WORDS,
        active_at=st.none() | st.datetimes(timezones=st.just(UTC)),
        archived=st.booleans(),
        based_on=st.none() | WORDS,
    )
)
def test_whatever_a_forge_tells_is_no_valid_file(known: Known) -> None:
    told = known.tidied()

    report = described(told, URL)

    assert not report.valid
    assert report.description is not None
    assert report.description.url == URL
    assert (report.description.name or "") == told.name
    assert Known.from_json(told.to_json()) == told == told.tidied()
