"""A file's whole way: bytes, tree, version, description, rules, report."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from app.publiccode.advice import ADVICE, contracts_run
from app.publiccode.canonical import canonical
from app.publiccode.codes import CODES, Severity
from app.publiccode.decode import Decoded, decode
from app.publiccode.findings import Fault, Finding, Notation, Report, spell
from app.publiccode.model import Description
from app.publiccode.places import place
from app.publiccode.reference_lines import counted, doubled_lines
from app.publiccode.tree import MappingNode, Tree, is_null, read, span_of
from app.publiccode.versions import KEY, Edition, Verdict, judge

MAX_FINDINGS = 1000

_MAY_FOLLOW = frozenset(
    (
        "required",
        "too-few-items",
        "contacts-missing",
        "contractors-missing",
        "contractors-unexpected",
    )
)
"""What only seems to be wrong with a value, or beside one, that could not be read."""


class Remark(NamedTuple):
    """A fault on its way into the report."""

    fault: Fault
    extra: bool = False
    notation: Notation = Notation.DOTTED


def validate(data: bytes, *, major: int = 0, today: date | None = None) -> Report:
    """All that is to be said about a file; never raises, whatever the bytes.

    `major` is the highest major version which a file may declare. With `today`, contracts that have
    ended are reported.
    """
    tree = read(data)
    root = tree.root
    if not isinstance(root, MappingNode):
        unreadable = tree.faults if root is None or not is_null(root) else []
        fault = unreadable[0] if unreadable else Fault("version-missing", (KEY,))
        return Report(_findings(tree, [Remark(fault)]))
    verdict = judge(root, major)
    decoded = decode(root, verdict.edition.removed)
    heard = list(islice(_remarks(tree, root, verdict, decoded, today), MAX_FINDINGS + 1))
    errors = [one.fault for one in heard if CODES[one.fault.code].severity is Severity.ERROR]
    if len(heard) > MAX_FINDINGS:
        heard[MAX_FINDINGS] = Remark(
            Fault("findings-too-many", params={"most": MAX_FINDINGS}), True
        )
    return Report(
        findings=_findings(tree, heard),
        version=verdict.version,
        description=canonical(decoded.description, errors),
    )


def _remarks(
    tree: Tree, root: MappingNode, verdict: Verdict, decoded: Decoded, today: date | None
) -> Iterator[Remark]:
    """In the reference's order, what it does not say marked as extra.

    It stops at the first fault of the text or the version; of faults in keys and types it reports
    one, and forgets the whole section.
    """
    marks, unknown = _byte_order_mark(tree, root)
    stops = [*marks, *tree.faults, *([verdict.refusal] if verdict.refusal else [])]
    unread = [*decoded.faults, *unknown]
    stopped = bool(stops)
    for at, fault in enumerate(stops):
        yield Remark(fault, extra=at > 0)
    if verdict.warning:
        yield Remark(verdict.warning, extra=stopped)
    for at, fault in enumerate(unread):
        yield Remark(fault, extra=stopped or at > 0)
    for remark in _judged(decoded.description, verdict.edition):
        if not (stops or unread):
            yield remark
        elif not _follows(remark.fault, [*stops, *unread]):
            yield remark._replace(extra=stopped or _is_forgotten(remark.fault, unread))
    for fault in decoded.hints:
        yield Remark(fault, extra=True)
    if tree.byte_order_mark:
        yield Remark(Fault("byte-order-mark", at=(next(iter(root.entries), ""),)), extra=True)
    for fault in _advice(decoded.description, today):
        if not _follows(fault, unread):
            yield Remark(fault, extra=True)


def _judged(description: Description, edition: Edition) -> Iterator[Remark]:
    for rule in edition.field_rules:
        for fault in rule(description):
            yield Remark(fault, notation=Notation.BRACKETED)
    for rule in edition.closing_rules:
        for fault in rule(description):
            yield Remark(fault)


def _advice(description: Description, today: date | None) -> Iterator[Fault]:
    for advice in ADVICE:
        yield from advice(description)
    if today is not None:
        yield from contracts_run(description, today)


def _byte_order_mark(tree: Tree, root: MappingNode) -> tuple[list[Fault], list[Fault]]:
    """The mark is part of the first key: the version then is missing, any other key unknown."""
    if not tree.byte_order_mark or not root.entries:
        return [], []
    name, (key, _) = next(iter(root.entries.items()))
    if name == KEY:
        return [Fault("version-missing", (KEY,))], []
    return [], [Fault("key-unknown", ("\ufeff" + name,), {"near": name}, span_of(key))]


def _follows(fault: Fault, causes: list[Fault]) -> bool:
    """Is it only there because something else could not be read?"""
    return any(_causes(cause, fault) for cause in causes)


def _causes(cause: Fault, fault: Fault) -> bool:
    may_follow = fault.code in _MAY_FOLLOW
    if cause.code == "key-unknown":
        near = cause.params.get("near")
        return may_follow and fault.path == (*cause.path[:-1], near)
    place = cause.path[:-1] if cause.path[-1:] == ("<<",) else cause.path
    if place and fault.path[: len(place)] == place:
        return True
    beside = place == ("maintenance", "type") and fault.path[:1] == ("maintenance",)
    return may_follow and (beside or place[: len(fault.path)] == fault.path)


def _is_forgotten(fault: Fault, unread: list[Fault]) -> bool:
    """Does the reference not look at it, since something in its section could not be read?"""
    return any(
        cause.code == "alias-unresolved"
        or (
            cause.path[:1] == fault.path[:1]
            and (len(cause.path) > 1 or cause.code != "key-unknown")
        )
        for cause in unread
    )


def _findings(tree: Tree, remarks: list[Remark]) -> tuple[Finding, ...]:
    """The remarks with their places, which are only looked up for what is said."""
    doubled = doubled_lines(tree.text, tree.root) if remarks else []
    found = []
    for fault, extra, notation in remarks:
        span = fault.span or place(tree, fault.at or fault.path)
        line = 0 if extra or not doubled else counted(span.line, doubled)
        found.append(
            Finding(
                fault.code,
                spell(fault.path, notation),
                fault.params,
                span,
                extra,
                reference_line=line if line != span.line else 0,
            )
        )
    return tuple(found)
