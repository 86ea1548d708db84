"""From what a file says to what a catalogue keeps: without faulty values, in one form for all versions."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar, cast

from app.publiccode import values
from app.publiccode.findings import Fault, Path
from app.publiccode.model import Description, IntendedAudience, Organisation
from app.publiccode.shape import shape_of

T = TypeVar("T")
Branches: TypeAlias = dict[str | int, "Branches"]

_VALUE_STANDS = frozenset(
    # errors which leave a value that means what it says
    (
        "key-unknown",
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
        description = without(description, spoilt)
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


def without(description: Description, paths: Iterable[Path]) -> Description:
    """The description without what is at these paths."""
    return _without(description, _branches(paths))


def _spoilt(fault: Fault) -> Iterable[Path]:
    """The paths whose values a fault makes worthless."""
    if fault.code in _VALUE_STANDS:
        return ()
    if fault.path == ("description",) and fault.code == "language-invalid":
        tags = fault.params["tags"]
        return [("description", tag) for tag in tags] if isinstance(tags, tuple) else ()
    return (fault.path,)


def _branches(paths: Iterable[Path]) -> Branches:
    """`[("a", 0), ("b",)]` -> `{"a": {0: {}}, "b": {}}`"""
    root: Branches = {}
    for path in paths:
        branch = root
        for part in path:
            branch = branch.setdefault(part, {})
    return root


def _without(value: T, branches: Branches) -> T:
    """A section, list or mapping without what the branches end in."""
    if isinstance(value, tuple):
        items = (
            _without(one, branches[at]) if at in branches else one
            for at, one in enumerate(value)
            if branches.get(at, True)
        )
        return cast(T, tuple(items))
    if isinstance(value, Mapping):
        parts = {
            key: _without(one, branches[key]) if key in branches else one
            for key, one in value.items()
            if branches.get(key, True)
        }
        return cast(T, parts)
    changes: dict[str, object] = {}
    for name, attribute, _, _, default in shape_of(value.__class__):
        if name in branches:
            part, branch = getattr(value, attribute), branches[name]
            changes[attribute] = _without(part, branch) if branch and part is not None else default
    return cast(T, replace(cast(Any, value), **changes))
