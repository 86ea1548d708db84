"""What people decide about software: what a field says, and which records are not the same.

Both stay whatever is harvested, and both can be taken back; followers see either as a change.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue import documents, evidence, holdings, identity, overrides, tombstones
from app.catalogue.errors import (
    OverrideMisplaced,
    OverrideNotFound,
    OverrideRefused,
    RecordsInseparable,
    SoftwareNotFound,
)
from app.catalogue.holdings import Holdings
from app.catalogue.overrides import Decision
from app.catalogue.remake import describe
from app.catalogue.settle import settle
from app.publiccode import Description, Finding, Report, Severity
from app.publiccode.shape import Kind, shape_of

FIXED = frozenset({"publiccodeYmlVersion", "url", "it"})
"""Fields that nobody can override: addresses are those of the records, by which they are found, and
`it` is `IT`."""

Validate: TypeAlias = Callable[[bytes], Report]


async def decide(
    session: AsyncSession, software_id: str, decision: Decision, validate: Validate
) -> Decision:
    """Give a field of a software a value, in place of what its records say; returns it as it is kept.

    That is how a file with this value would be read: of `name: 1`, the name is a text. Raises SoftwareNotFound, OverrideMisplaced where there is no such field, and OverrideRefused
    with what `validate` newly has against the description.
    """
    id, known = await _known(session, software_id)
    path = decision.path.split(".")
    if path[0] in FIXED or not _is_field(path, Description):
        raise OverrideMisplaced(decision.path)
    records = [holding.record for holding in known.held.values()]
    wire = describe(records, known.overrides.get(id)).to_json()
    before = {(fault.code, fault.path) for fault in _faults(_read(validate, wire))}
    read = _read(validate, overrides.changed(wire, {decision.path: decision.value}))
    if faults := [fault for fault in _faults(read) if (fault.code, fault.path) not in before]:
        raise OverrideRefused(decision.path, faults)
    decision = replace(decision, value=_value(read.description, path))
    await overrides.keep(session, id, decision)
    await _settle_anew(session, known, decision.at)
    return decision


async def retract(session: AsyncSession, software_id: str, path: str, *, now: datetime) -> None:
    """Let the records say again what a field is. Raises SoftwareNotFound and OverrideNotFound."""
    id, known = await _known(session, software_id)
    if not await overrides.forget(session, id, path):
        raise OverrideNotFound(path)
    await _settle_anew(session, known, now)


async def expire(session: AsyncSession, *, now: datetime) -> None:
    """Let the records say again what was decided until now."""
    if ids := await overrides.forget_ended(session, now):
        await settle(session, await holdings.load(session, ids), now=now)


async def split(
    session: AsyncSession, software_id: str, record_ids: Collection[str], *, now: datetime
) -> list[str]:
    """Set records of a software apart: what they share with the others is disputed from now on.

    Returns the ids of the software that they are, of each once. Raises SoftwareNotFound, and
    RecordsInseparable unless the records are some but not all of the software's.
    """
    _, known = await _known(session, software_id)
    leaving = set(record_ids)
    rest = [holding for id, holding in known.held.items() if id not in leaving]
    if not leaving or not rest or leaving - known.held.keys():
        raise RecordsInseparable(software_id)
    claimed = {key for holding in rest for key in holding.keys}
    mark = identity.new_id()
    for id in leaving:
        holding = known.held[id]
        disputed = {key: mark for key in holding.evidence if holding.spoken(key) in claimed}
        holding.record.disputed = holding.record.disputed | disputed
    await settle(session, known, now=now)
    return list(dict.fromkeys(known.held[id].record.software_id for id in sorted(leaving)))


async def rejoin(session: AsyncSession, software_id: str, *, now: datetime) -> None:
    """Take all as evidence again that was disputed about this software. Raises SoftwareNotFound."""
    _, known = await _known(session, software_id)
    keys = {key for holding in known.held.values() for key in holding.evidence}
    around = await holdings.load(session, await evidence.owners(session, keys))
    for holding in around.held.values():
        disputed = holding.record.disputed
        holding.record.disputed = {key: mark for key, mark in disputed.items() if key not in keys}
    await settle(session, around, now=now)


async def _known(session: AsyncSession, software_id: str) -> tuple[str, Holdings]:
    """The id of the software that is meant, and all that is said about it."""
    id = await tombstones.survivor(session, software_id)
    known = await holdings.load(session, [id])
    if id not in known.software:
        raise SoftwareNotFound(software_id)
    return id, known


async def _settle_anew(session: AsyncSession, known: Holdings, now: datetime) -> None:
    known.overrides = await overrides.values(session, known.software)
    await settle(session, known, now=now)


def _read(validate: Validate, wire: dict[str, Any]) -> Report:
    return validate(documents.json_text({"publiccodeYmlVersion": "0"} | wire).encode())


def _faults(report: Report) -> list[Finding]:
    return [each for each in report.findings if each.severity is Severity.ERROR]


def _value(description: Description | None, path: list[str]) -> object:
    """What the description says there, as JSON; None if nothing."""
    found: object = description.to_json() if description else None
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _is_field(path: list[str], section: type) -> bool:
    """Whether a single value of this section is called so: `legal.license`, `description.en.features`."""
    name, *rest = path
    field = next((each for each in shape_of(section) if each.name == name), None)
    if field is None:
        return False
    if field.of is None or field.kind is Kind.SECTIONS:
        return not rest
    inner = rest[1:] if field.kind is Kind.LANGUAGES else rest
    return bool(inner) and _is_field(inner, field.of)
