"""What a plain scalar means: null, a truth value, a number or a text.

Neither YAML 1.1 nor quite 1.2: `yes`, `12:30` and `1e3` are texts, `017` is fifteen, `0.10` is a number.
Wherever the standard wants a text, a number is taken in its shortest spelling.
"""

import re
from decimal import Decimal
from enum import Enum, auto
from math import isinf


class Sort(Enum):
    """The sorts of plain scalars."""

    NULL = auto()
    FLAG = auto()
    NUMBER = auto()
    TEXT = auto()


NULLS = frozenset(("", "~", "null", "Null", "NULL"))
FLAGS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_NAMED_NUMBERS = {
    ".inf": "+Inf",
    ".Inf": "+Inf",
    ".INF": "+Inf",
    "-.inf": "-Inf",
    "-.Inf": "-Inf",
    "-.INF": "-Inf",
    ".nan": "NaN",
    ".NaN": "NaN",
    ".NAN": "NaN",
}
NUMBER_STARTS = frozenset("+-.0123456789")
OTHER_STARTS = frozenset(("", *"~nNtTfF", *NUMBER_STARTS))
"""How every scalar begins that is not a text; most texts do not."""
_LARGEST_INTEGER = 2**64 - 1
_SMALLEST_INTEGER = -(2**63)
_FLOAT = re.compile(r"(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)
_DIGITS = {
    2: re.compile(r"[01]+\Z"),
    8: re.compile(r"[0-7]+\Z"),
    10: re.compile(r"[0-9]+\Z"),
    16: re.compile(r"[0-9a-fA-F]+\Z"),
}


def sort_of(plain: str) -> Sort:
    if plain in NULLS:
        return Sort.NULL
    if plain in FLAGS:
        return Sort.FLAG
    return Sort.TEXT if number(plain) is None else Sort.NUMBER


def text_of(plain: str) -> str | None:
    """The text that a plain scalar stands for where a text is wanted; None for null."""
    if plain in NULLS:
        return None
    if plain[0] in NUMBER_STARTS:
        return number(plain) or plain
    if plain in FLAGS:
        return plain.lower()
    return plain


def number(plain: str) -> str | None:
    """The shortest spelling of the number, or None if it is not one."""
    if plain in _NAMED_NUMBERS:
        return _NAMED_NUMBERS[plain]
    if not plain or plain[0] not in NUMBER_STARTS:
        return None
    negative = plain[0] == "-"
    digits = plain.removeprefix("+").removeprefix("-").replace("_", "")
    if "." in digits:
        return _float(digits, negative) if _FLOAT.match(digits) else None
    base = 10
    for prefix, radix in (("0x", 16), ("0o", 8), ("0b", 2), ("0", 8)):
        if digits.startswith(prefix) and len(digits) > 1:
            digits, base = digits[len(prefix) :], radix
            break
    if not _DIGITS[base].match(digits) or len(digits) > 64:
        return None
    value = int(digits, base) * (-1 if negative else 1)
    return str(value) if _SMALLEST_INTEGER <= value <= _LARGEST_INTEGER else None


def _float(digits: str, negative: bool) -> str | None:
    """`5.10` -> `5.1`, `1.` -> `1`, `1000000.0` -> `1e+06`: the shortest form, as Go prints it."""
    value = float(digits)
    if isinf(value):
        return None
    sign = "-" if negative else ""
    if not value:
        return sign + "0"
    shortest = Decimal(repr(value)).normalize()
    power = shortest.adjusted()
    if -4 <= power < 6:
        return f"{sign}{shortest:f}"
    head, *tail = map(str, shortest.as_tuple().digits)
    fraction = "." + "".join(tail) if tail else ""
    return f"{sign}{head}{fraction}e{power:+03d}"
