"""The whole search interface as one model."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from app.catalogue.entry import Tier

LONGEST_QUERY = 1000
LONGEST_VALUE = 500
MOST_VALUES = 50
LARGEST_PAGE = 100


def _given(values: list[str]) -> list[str]:
    """Forms send what was left blank as well."""
    if any(len(value) > LONGEST_VALUE for value in values):
        raise ValueError(f"a value has at most {LONGEST_VALUE} characters")
    return [value for value in values if value]


def _capitals(values: list[str]) -> list[str]:
    return [value.upper() for value in values]


Values = Annotated[
    list[str], AfterValidator(_given), Field(default_factory=list, max_length=MOST_VALUES)
]
Countries = Annotated[Values, AfterValidator(_capitals)]
"""As the catalogue has them: in capitals."""

MEMBERS = (
    "id",
    "url",
    "catalogId",
    "tier",
    "valid",
    "stale",
    "name",
    "shortDescription",
    "language",
    "categories",
    "developmentStatus",
    "softwareType",
    "license",
    "organisation",
    "updatedAt",
    "highlights",
    "highlightsLanguage",
    "score",
    "explanation",
)
"""What a result can have."""


class Sort(StrEnum):
    """The order of results; best, newest and highest first, names from A."""

    RELEVANCE = "relevance"
    NAME = "name"
    UPDATED = "updated"
    RELEASED = "released"
    VITALITY = "vitality"


def _aware(moment: datetime) -> datetime:
    """A day, or a time without an offset, is meant in UTC."""
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError("is outside of the calendar") from error


def _members(text: str) -> str:
    if unknown := set(filter(None, text.split(","))) - set(MEMBERS):
        raise ValueError(f"results have no {', '.join(sorted(unknown))}")
    return text


def _tiers(given: list[str]) -> list[str]:
    return [*Tier] if "all" in given else given


Moment = Annotated[datetime, AfterValidator(_aware)]


class SearchQuery(BaseModel):
    """Words that must all occur, and filters that must all hold; of a repeated filter, one."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)

    q: Annotated[
        str,
        Field(
            max_length=LONGEST_QUERY,
            description='Words to look for, in any language; case and accents do not matter. `"A phrase"` '
            "stands as it is, `-word` must not occur, `begin*` is the beginning of a word.",
            examples=["felanmälan", '"case management" -legacy', "biblio*"],
        ),
    ] = ""
    catalog: Annotated[
        Values,
        Field(description="In one of these catalogues: id or alternativeId, `∅` for the root."),
    ]
    category: Annotated[Values, Field(description="One of these categories.")]
    scope: Annotated[Values, Field(description="Meant for one of these fields.")]
    license: Annotated[
        Values,
        Field(
            description="Names one of these SPDX licences, or one of a family: `copyleft`, "
            "`strong-copyleft`, `weak-copyleft`, `network-copyleft`, `permissive`, `public-domain`."
        ),
    ]
    platform: Annotated[Values, Field(description="Runs on one of these platforms.")]
    development_status: Annotated[Values, Field(description="One of these statuses.")]
    software_type: Annotated[Values, Field(description="One of these types.")]
    maintenance_type: Annotated[Values, Field(description="Maintained in one of these ways.")]
    country: Annotated[
        Countries, Field(description="Made for one of these countries (ISO 3166-1).")
    ]
    unsupported_country: Annotated[
        Countries, Field(description="Said not to fit one of these countries.")
    ]
    language: Annotated[
        Values,
        Field(
            description="Available in one of these languages; `pt` is also what there is in `pt-BR`."
        ),
    ]
    organisation: Annotated[
        Values, Field(description="Of one of these: a URI, or words of the name.")
    ]
    used_by: Annotated[Values, Field(description="Used by one of these: words of the name.")]
    supports: Annotated[
        Values, Field(description="Supports one of these; `gdpr` is short for `alias:gdpr`.")
    ]
    depends_on: Annotated[Values, Field(description="Needs one of these: words of the name.")]
    publisher: Annotated[
        Values, Field(description="Where one of these publishers hosts code; id or alternativeId.")
    ]
    valid: Annotated[
        bool | None, Field(description="Whether publiccode.yml keeps to the standard.")
    ] = None
    has_release_since: Annotated[
        date | None, Field(description="Released on this day or later.", examples=["2026-01-01"])
    ] = None
    updated_from: Annotated[
        Moment | None, Field(description="Changed here at this time or later.")
    ] = None
    updated_to: Annotated[
        Moment | None, Field(description="Changed here at this time or earlier.")
    ] = None
    tier: Annotated[
        Values,
        AfterValidator(_tiers),
        Field(
            description="`published` by a publiccode.yml, or `index`: only known from its forge. "
            "Feeds leave the latter out unless asked for it, or for `all`."
        ),
    ]
    sort: Annotated[Sort, Field(description="Best, newest and highest first; names from A.")] = (
        Sort.RELEVANCE
    )
    lang: Annotated[
        str | None,
        Field(
            max_length=100,
            description="The languages to show results in, as in `Accept-Language`, which it replaces.",
            examples=["sv", "nl, en;q=0.5"],
        ),
    ] = None
    fields: Annotated[
        str,
        AfterValidator(_members),
        Field(
            max_length=LONGEST_VALUE,
            description="Members of a result that are wanted, with commas between; all by default.",
            examples=["name,url"],
        ),
    ] = ""
    explain: Annotated[bool, Field(description="Show what each score is made of.")] = False
    page_size: Annotated[
        int,
        Field(
            alias="page[size]",
            ge=1,
            description=f"Results per page; over {LARGEST_PAGE} is {LARGEST_PAGE}.",
        ),
    ] = 25
    page_after: Annotated[
        str | None, Field(alias="page[after]", max_length=1000, description="From `links.next`.")
    ] = None
    page_before: Annotated[
        str | None, Field(alias="page[before]", max_length=1000, description="From `links.prev`.")
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: object) -> object:
        """What a form leaves blank is as if it were not there."""
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if value != ""}

    def wanted(self) -> list[str]:
        """The members that are asked for; empty means all."""
        return [name for name in self.fields.split(",") if name]
