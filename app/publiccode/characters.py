"""Characters that YAML forbids but the reference accepts, such as NUL, carried past the parser unharmed.

One of them is a percent sign at the beginning of a text.

Each is replaced by a private character which the text does not use, so that no column moves, and is
put back into the values read.
"""

import re
from typing import NamedTuple

BYTE_ORDER_MARK = "\ufeff"

_CONTROL_BYTES = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_UNWELCOME = re.compile(
    # Not printable by YAML's rules, or a line break to the parser but not to anybody else.
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]"
)
_LEADING_PERCENT = re.compile("(?:^|[:-]) +%", re.MULTILINE)
_DIRECTIVE = re.compile("^%", re.MULTILINE)
_PRIVATE = range(0xF0000, 0xFFFFE)


class Disguise(NamedTuple):
    """The characters replaced, both ways."""

    hide: dict[int, int]
    show: dict[int, int]


def disguise_for(data: bytes, text: str) -> Disguise | None:
    """What has to be replaced in a text, which `data` holds as UTF-8; None for nearly every text."""
    percent = "%" in text and _LEADING_PERCENT.search(text) and not _DIRECTIVE.search(text)
    if text.isascii():
        if not percent and len(data.translate(None, _CONTROL_BYTES)) == len(data):
            return None
    elif not percent and not _UNWELCOME.search(text):
        return None
    used = set(text)
    unwelcome = sorted(ord(one) for one in used if _UNWELCOME.match(one))
    if percent:
        unwelcome.append(ord("%"))
    private = (code for code in _PRIVATE if chr(code) not in used)
    hide = dict(zip(unwelcome, private, strict=False))
    return Disguise(hide, {private: hidden for hidden, private in hide.items()})
