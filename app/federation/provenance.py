"""Where software comes from: which record won each field, what made them one, what people decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.catalogue import overrides, sources
from app.catalogue.merge import winners
from app.catalogue.overrides import Decision
from app.catalogue.sources import Source
from app.database import Session
from app.publiccode import Description
from app.publiccode.shape import shape_of


@dataclass(frozen=True, slots=True)
class Provenance:
    """All that is known of the origin of a software; sources are meant by the ids of their records.

    Sources come from the most to the least trusted, fields in the order of the standard.
    """

    id: str
    sources: Sequence[Source]
    fields: Mapping[str, Sequence[str]]
    united_by: Mapping[str, Sequence[str]]
    overrides: Sequence[Decision]


async def explain(session: Session, software_id: str) -> Provenance:
    """Why this software is as it is. Raises SoftwareGone and SoftwareNotFound."""
    id, records = await sources.of(session, software_id)
    return Provenance(
        id, records, _fields(records), _united_by(records), await overrides.of(session, id)
    )


def _fields(records: Sequence[Source]) -> dict[str, list[str]]:
    """`{field: records that it is from}`, under the standard's names."""
    told = [each for each in records if each.tier == records[0].tier]
    heard = [(each.id, each.description) for each in told if each.description is not None]
    if not heard:
        return {}
    won = winners([description for _, description in heard])
    return {
        field.name: [heard[at][0] for at in won[field.attribute]]
        for field in shape_of(Description)
        if field.attribute in won
    }


def _united_by(records: Sequence[Source]) -> dict[str, list[str]]:
    """`{evidence: records that share it}`."""
    claims: dict[str, list[str]] = {}
    for record in records:
        for key in sorted(record.keys):
            claims.setdefault(key, []).append(record.id)
    return {key: ids for key, ids in sorted(claims.items()) if len(ids) > 1}
