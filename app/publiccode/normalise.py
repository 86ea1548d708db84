"""A description as canonical YAML: the standard's order, quotes only where needed, nothing invented."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.publiccode.model import Description
from app.publiccode.scalars import Sort, sort_of

_PLAIN = re.compile(
    r"[^\s\x00-\x1f\x7f-\x9f\-?:,\[\]{}#&*!|>'\"%@`=~<\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]"
    r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]*\Z"
)
_UNSAFE_INSIDE = re.compile(r": |:\Z| #|\s\Z")
_YAML_1_1 = frozenset(["y", "n", "yes", "no", "on", "off"])
"""Texts which older parsers take for truth values; quoted, they are read alike by all."""
_BLOCK = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]*\Z")


def to_yaml(description: Description) -> str:
    """The description as a file that says the same."""
    ordered = description.to_json()
    if "description" in ordered:
        ordered["description"] = dict(sorted(ordered["description"].items()))
    return "".join(mapping(ordered, ""))


def mapping(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    """Plain JSON values as YAML, behind `indent`."""
    for key, one in value.items():
        yield f"{indent}{scalar(key)}:"
        yield from _value(one, indent)


def _value(value: object, indent: str) -> Iterator[str]:
    """What follows a key, from the space or line break on."""
    if isinstance(value, dict) and value:
        yield "\n"
        yield from mapping(value, indent + "  ")
    elif isinstance(value, list) and value:
        yield "\n"
        for one in value:
            yield from _item(one, indent)
    else:
        yield f" {scalar(value, indent)}\n"


def _item(value: object, indent: str) -> Iterator[str]:
    """A list item; dashes stand in the column of the list's key."""
    if not isinstance(value, dict) or not value:
        yield f"{indent}- {scalar(value, indent)}\n"
        return
    lines = "".join(mapping(value, indent + "  "))
    yield f"{indent}- {lines[len(indent) + 2 :]}"


def scalar(value: object, indent: str = "") -> str:
    """A value that holds no other ones, as it stands behind a key with this indentation."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, list):
        return "[]"
    text = str(value)
    if is_plain(text):
        return text
    if "\n" in text and _is_block(text):
        return _block(text, indent + "  ")
    return quoted(text)


def is_plain(text: str) -> bool:
    """Does every YAML parser read it as this text, without quotes, outside braces and brackets?"""
    return (
        _PLAIN.match(text) is not None
        and not _UNSAFE_INSIDE.search(text)
        and not text.startswith(("---", "..."))
        and sort_of(text) is Sort.TEXT
        and text.lower() not in _YAML_1_1
    )


def _is_block(text: str) -> bool:
    return bool(_BLOCK.match(text)) and not text.startswith((" ", "\n")) and bool(text.strip())


def _block(text: str, indent: str) -> str:
    lines = text.rstrip("\n").split("\n")
    tail = len(text) - len(text.rstrip("\n"))
    chomping = {0: "-", 1: ""}.get(tail, "+")
    body = "\n".join(indent + line if line else "" for line in lines)
    return f"|{chomping}\n{body}" + "\n" * max(tail - 1, 0)


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_TO_ESCAPE = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]')


def quoted(text: str) -> str:
    """In double quotes, on one line."""

    def escaped(found: re.Match[str]) -> str:
        character = found[0]
        return _ESCAPES.get(character) or f"\\u{ord(character):04x}"

    return f'"{_TO_ESCAPE.sub(escaped, text)}"'
