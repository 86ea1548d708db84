"""From what a file says to what a catalogue keeps: without faulty values, in one form for all versions."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.publiccode import values
from app.publiccode.findings import Fault, Path
from app.publiccode.model import Description, IntendedAudience, Organisation

_VALUE_STANDS = frozenset(
    # errors which leave a value that means what it says
    (
        "required",
        "too-few-items",
        "too-short",
        "too-long",
        "contacts-missing",
        "contractors-missing",
        "contractors-unexpected",
        "italy-twice",
        "version-unsupported",
        "version-not-text",
    )
)


def canonical(description: Description, errors: Iterable[Fault]) -> Description:
    """The description without the values that have errors, and with old keys read as new ones.

    `it` becomes `IT`, country codes are in capitals, and a `codiceIPA` names the organisation where
    nothing else does.
    """
    spoilt = [path for fault in errors for path in _spoilt(fault)]
    if spoilt:
        description = Description.from_json(_without(description.to_json(), spoilt))
    if description.italy_lowercase is not None:
        italy = description.italy or description.italy_lowercase
        description = replace(description, italy=italy, italy_lowercase=None)
    audience = description.intended_audience
    countries, unsupported = audience.countries, audience.unsupported_countries
    if any(map(str.islower, (*countries, *unsupported))):
        capitals = IntendedAudience(
            audience.scope, tuple(map(str.upper, countries)), tuple(map(str.upper, unsupported))
        )
        description = replace(description, intended_audience=capitals)
    code = description.italy.reuse.ipa_code if description.italy else None
    if code and description.organisation is None:
        owner = Organisation(description.legal.repo_owner, values.IPA_NAMESPACE + code)
        description = replace(description, organisation=owner)
    return description


def _spoilt(fault: Fault) -> Iterable[Path]:
    """The paths whose values a fault makes worthless."""
    if fault.code in _VALUE_STANDS:
        return ()
    if fault.path == ("description",) and fault.code == "language-invalid":
        tags = fault.params["tags"]
        return [("description", tag) for tag in tags] if isinstance(tags, tuple) else ()
    return (fault.path,)


def _without(value: dict[str, Any], paths: list[Path]) -> dict[str, Any]:
    """JSON without what stands at the paths; the last items of a list go first."""
    for path in sorted(paths, key=lambda path: [str(p).zfill(6) for p in path], reverse=True):
        parent: Any = value
        for part in path[:-1]:
            parent = _child(parent, part)
        if path and _child(parent, path[-1]) is not None:
            del parent[path[-1]]
    return value


def _child(parent: object, part: str | int) -> object:
    if isinstance(parent, Mapping):
        return parent.get(part)
    if isinstance(parent, list) and isinstance(part, int) and part < len(parent):
        return parent[part]
    return None
