"""What the columns hold, read from the tables: for any number of software in two statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CTE, CompoundSelect, Select, String, literal, select, union_all
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
from app.search.columns import NUMBERS, ONE, WORDS_ID, Facts, microseconds

OWN_ORGANISATION = "organisation"
"""The role of whoever a software belongs to."""

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


async def read(session: AsyncSession, ids: Sequence[str]) -> list[Facts]:
    """The facts of those of these that are active, in the order of their words."""
    active = (
        select(col(Software.id))
        .where(col(Software.id).in_(ids), col(Software.active).is_(True))
        .cte("active_software")
    )
    many: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for software_id, text, name in await session.execute(_terms(active)):
        many[software_id][name].append(text)
    return [_facts(row._asdict(), many[row.id]) for row in await session.execute(_software(active))]


def _software(active: CTE) -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(getattr(Software, name) for name in ONE),
            *(getattr(Software, name) for name in NUMBERS if name != WORDS_ID),
            col(SoftwareWords.id).label(WORDS_ID),
            *(getattr(SoftwareWords, column).label(name) for name, column in NAMES.items()),
        )
        .join(active, active.c.id == Software.id)
        .join(SoftwareWords, col(SoftwareWords.software_id) == Software.id)
        .order_by(col(SoftwareWords.id))
    )


def _terms(active: CTE) -> CompoundSelect[*tuple[Any, ...]]:
    """Rows (id of a software, text, name of the column)."""
    country, supported = col(SoftwareCountry.country), col(SoftwareCountry.supported)
    record = col(Record.software_id)
    selects = [
        *(
            (name, select(col(table.software_id), col(table.value)))
            for name, table in TERMS.items()
        ),
        ("country", select(col(SoftwareCountry.software_id), country).where(supported.is_(True))),
        (
            "unsupported_country",
            select(col(SoftwareCountry.software_id), country).where(supported.is_(False)),
        ),
        (
            "organisation",
            select(col(SoftwareOrganisation.software_id), col(SoftwareOrganisation.uri)).where(
                col(SoftwareOrganisation.role) == OWN_ORGANISATION
            ),
        ),
        ("described_in", select(col(SoftwareText.software_id), col(SoftwareText.language))),
        ("catalog", select(record, col(Record.catalog_id)).where(col(Record.active).is_(True))),
        (
            "url",
            select(record, col(SoftwareUrl.url)).join(
                SoftwareUrl, col(SoftwareUrl.record_id) == Record.id
            ),
        ),
    ]
    return union_all(
        *(
            rows.add_columns(literal(name, String).label("column")).join(
                active, active.c.id == rows.selected_columns[0]
            )
            for name, rows in selects
        )
    )


def _facts(row: Mapping[str, Any], many: Mapping[str, list[str]]) -> Facts:
    vitality = row["vitality"]
    numbers = {
        **row,
        "vitality": -1 if vitality is None else vitality,
        "updated_at": microseconds(row["updated_at"]),
    }
    return Facts(
        ones=tuple(row[name] or None for name in ONE),
        numbers=tuple(int(numbers[name]) for name in NUMBERS),
        many={name: dict.fromkeys(texts) for name, texts in many.items()}
        | {name: dict.fromkeys(_names(row[name])) for name in NAMES},
    )


def _names(listed: str) -> list[str]:
    """The names in what `app.words.listed` gives, without the signs around them."""
    return listed.removeprefix("| ").removesuffix(" |").split(_BETWEEN) if listed else []
