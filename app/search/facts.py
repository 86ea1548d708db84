"""What the columns hold, read from the tables: for any number of software in two statements."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    RowMapping,
    Select,
    String,
    and_,
    bindparam,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.catalogue.tables import (
    Record,
    Software,
    SoftwareCategory,
    SoftwareCountry,
    SoftwareLanguage,
    SoftwareLicence,
    SoftwareOrganisation,
    SoftwarePlatform,
    SoftwareScope,
    SoftwareSupport,
    SoftwareText,
    SoftwareUrl,
    SoftwareWords,
)
from app.publiccode import vocabulary
from app.search import licences
from app.search.columns import NUMBERS, ONE, WORDS_ID, Facts, microseconds

OWN_ORGANISATION = "organisation"
"""The role of whoever a software belongs to."""

ORGANISATION = "organisation"
"""The one column that comes from another table than all others of its kind."""

TERMS = {
    "category": SoftwareCategory,
    "scope": SoftwareScope,
    "license": SoftwareLicence,
    "platform": SoftwarePlatform,
    "language": SoftwareLanguage,
    "supports": SoftwareSupport,
}
NAMES = {
    "title": "titles",
    "organisation_name": "organisations",
    "used_by": "users",
    "depends_on": "dependencies",
}
"""Columns that are lists of names among the words of a software, as `app.words.listed` gives them."""

_BETWEEN = " || "
_IDS: BindParameter[str] = bindparam("ids", expanding=True)


async def read(session: AsyncSession, ids: Sequence[str]) -> list[Facts]:
    """The facts of those of these that are active, in the order of their words."""
    asked = {"ids": ids}
    many: dict[str, dict[str, dict[str, None]]] = {id: {} for id in ids}
    for software_id, text, name in (await session.execute(_TERMS, asked)).all():
        many[software_id].setdefault(name, {}).update(dict.fromkeys(_meant(name, text)))
    rows = (await session.execute(_ROWS, asked)).mappings()
    # Not in the statement: without statistics, SQLite would walk through all that is active instead.
    active = sorted((row for row in rows if row["active"]), key=itemgetter(WORDS_ID))
    return [_facts(row, many[row["id"]]) for row in active]


def _facts(row: RowMapping, many: Mapping[str, Collection[str]]) -> Facts:
    vitality = row["vitality"]
    numbers = {
        **{name: row[name] for name in NUMBERS},
        "vitality": -1 if vitality is None else vitality,
        "updated_at": microseconds(row["updated_at"]),
    }
    names = {name: dict.fromkeys(_names(row[name])) for name in NAMES if row[name]}
    return Facts(
        ones=tuple(row[name] or None for name in ONE),
        numbers=tuple(int(numbers[name]) for name in NUMBERS),
        many={**many, **names},
    )


def _meant(name: str, text: str) -> Iterator[str]:
    """What a text of this column is found by.

    Who reads `pt` can use what there is in `pt-BR` (RFC 4647, 3.3.1).
    """
    match name:
        case "license":
            yield licences.current(text)
        case "language":
            subtags = text.split("-")
            yield from ("-".join(subtags[:end]) for end in range(len(subtags), 0, -1))
        case "platform" if text.lower() in vocabulary.PLATFORMS:
            yield text.lower()
        case _:
            yield text


def _names(listed: str) -> list[str]:
    """The names in what `app.words.listed` gives, without the signs around them."""
    return listed.removeprefix("| ").removesuffix(" |").split(_BETWEEN)


def _rows() -> Select[*tuple[Any, ...]]:
    """What there is once of each software, and the lists of names."""
    return (
        select(
            *(getattr(Software, name) for name in ONE if name != ORGANISATION),
            col(Software.active),
            col(SoftwareOrganisation.uri).label(ORGANISATION),
            *(getattr(Software, name) for name in NUMBERS if name != WORDS_ID),
            col(SoftwareWords.id).label(WORDS_ID),
            *(getattr(SoftwareWords, column).label(name) for name, column in NAMES.items()),
        )
        .join(SoftwareWords, col(SoftwareWords.software_id) == Software.id)
        .outerjoin(
            SoftwareOrganisation,
            and_(
                col(SoftwareOrganisation.software_id) == Software.id,
                col(SoftwareOrganisation.role) == OWN_ORGANISATION,
            ),
        )
        .where(col(Software.id).in_(_IDS))
    )


def _terms() -> CompoundSelect[*tuple[Any, ...]]:
    """What there may be several times: rows (id of a software, text, name of the column)."""
    country, fits = col(SoftwareCountry.country), col(SoftwareCountry.supported)
    address, its_record = col(SoftwareUrl.url), col(SoftwareUrl.record_id) == Record.id
    selects = {
        **{name: select(col(table.software_id), col(table.value)) for name, table in TERMS.items()},
        "country": select(col(SoftwareCountry.software_id), country).where(fits.is_(True)),
        "unsupported_country": select(col(SoftwareCountry.software_id), country).where(
            fits.is_(False)
        ),
        "described_in": select(col(SoftwareText.software_id), col(SoftwareText.language)),
        "catalog": select(col(Record.software_id), col(Record.catalog_id)).where(
            col(Record.active).is_(True)
        ),
        "url": select(col(Record.software_id), address).join(SoftwareUrl, its_record),
    }
    return union_all(
        *(
            rows.add_columns(literal(name, String)).where(rows.selected_columns[0].in_(_IDS))
            for name, rows in selects.items()
        )
    )


_ROWS, _TERMS = _rows(), _terms()
