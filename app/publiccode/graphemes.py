"""Lengths as readers count them: in extended grapheme clusters of UAX #29, without its rule GB9c.

Break properties (Unicode 15.0) come from the general categories that Python knows, and from a few
short lists of exceptions.
"""

import re
import unicodedata
from bisect import bisect_right
from enum import Enum, auto
from functools import lru_cache

_ALONE = re.compile(
    # Runs of characters that never join: Latin, Greek, Cyrillic, Armenian, quotes, kana, Han.
    "[\t\n\x0b\x0c\x0e-\x7e\xa0-\xa8\xaa-\xac\xaf-\u02ff\u0370-\u0482\u048a-\u058f"
    "\u2010-\u2027\u20a0-\u20cf\u3001-\u3029\u3041-\u3096\u309b-\u30ff\u4e00-\u9fff]*"
)


class Break(Enum):
    """Grapheme cluster break properties."""

    OTHER = auto()
    RETURN = auto()
    FEED = auto()
    CONTROL = auto()
    EXTEND = auto()
    JOINER = auto()
    FLAG = auto()
    PREPEND = auto()
    SPACING = auto()
    LEAD = auto()
    VOWEL = auto()
    TRAIL = auto()
    LEAD_VOWEL = auto()
    LEAD_VOWEL_TRAIL = auto()
    PICTOGRAPH = auto()


def _codes(text: str) -> frozenset[int]:
    """`"41-43 61"` -> {0x41, 0x42, 0x43, 0x61}"""
    found: set[int] = set()
    for part in text.split():
        first, _, last = part.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(found)


_EXTEND = _codes(
    "9BE 9D7 B3E B57 BBE BD7 CC2 CD5 CD6 D3E D57 DCF DDF 1B35 200C 302E 302F FF9E FF9F 1133E 11357 "
    "114B0 114BD 115AF 11930 1D165 1D16E-1D172 1F3FB-1F3FF E0020-E007F"
)
_PREPEND = _codes(
    "600-605 6DD 70F 890 891 8E2 D4E 110BD 110CD 111C2 111C3 1193F 11941 11A3A 11A84-11A89 11D46 11F02"
)
_SPACING = _codes("E33 EB3")
_NOT_SPACING = _codes(
    "102B 102C 1038 1062-1064 1067-106D 1083 1087-108C 108F 109A-109C 1A61 1A63 1A64 AA7B AA7D "
    "11720 11721"
)
_PICTOGRAPHS = [
    # Extended_Pictographic: the first and the last code of each run, in turn
    int(code, 16)
    for run in [
        "A9-A9",
        "AE-AE",
        "203C-203C",
        "2049-2049",
        "2122-2122",
        "2139-2139",
        "2194-2199",
        "21A9-21AA",
        "231A-231B",
        "2328-2328",
        "2388-2388",
        "23CF-23CF",
        "23E9-23F3",
        "23F8-23FA",
        "24C2-24C2",
        "25AA-25AB",
        "25B6-25B6",
        "25C0-25C0",
        "25FB-25FE",
        "2600-2605",
        "2607-2612",
        "2614-2685",
        "2690-2705",
        "2708-2712",
        "2714-2714",
        "2716-2716",
        "271D-271D",
        "2721-2721",
        "2728-2728",
        "2733-2734",
        "2744-2744",
        "2747-2747",
        "274C-274C",
        "274E-274E",
        "2753-2755",
        "2757-2757",
        "2763-2767",
        "2795-2797",
        "27A1-27A1",
        "27B0-27B0",
        "27BF-27BF",
        "2934-2935",
        "2B05-2B07",
        "2B1B-2B1C",
        "2B50-2B50",
        "2B55-2B55",
        "3030-3030",
        "303D-303D",
        "3297-3297",
        "3299-3299",
        "1F000-1F0FF",
        "1F10D-1F10F",
        "1F12F-1F12F",
        "1F16C-1F171",
        "1F17E-1F17F",
        "1F18E-1F18E",
        "1F191-1F19A",
        "1F1AD-1F1E5",
        "1F201-1F20F",
        "1F21A-1F21A",
        "1F22F-1F22F",
        "1F232-1F23A",
        "1F23C-1F23F",
        "1F249-1F3FA",
        "1F400-1F53D",
        "1F546-1F64F",
        "1F680-1F6FF",
        "1F774-1F77F",
        "1F7D5-1F7FF",
        "1F80C-1F80F",
        "1F848-1F84F",
        "1F85A-1F85F",
        "1F888-1F88F",
        "1F8AE-1F8FF",
        "1F90C-1F93A",
        "1F93C-1F945",
        "1F947-1FAFF",
        "1FC00-1FFFD",
    ]
    for code in run.split("-")
]
_HANGUL = (
    (_codes("1100-115F A960-A97C"), Break.LEAD),
    (_codes("1160-11A7 D7B0-D7C6"), Break.VOWEL),
    (_codes("11A8-11FF D7CB-D7FB"), Break.TRAIL),
)
_FIRST_SYLLABLE, _LAST_SYLLABLE, _TRAILS = 0xAC00, 0xD7A3, 28


def length(text: str, limit: int | None = None) -> int:
    """How many clusters a text has; counting may end behind `limit`."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return _clusters(text, len(text) if limit is None else limit)


def _clusters(text: str, limit: int) -> int:
    count = at = 0
    before = Break.CONTROL
    joins_pictograph = odd_flag = False
    while at < len(text) and count <= limit:
        run = _ALONE.match(text, at)
        if run and run.end() > at and before is not Break.PREPEND and before is not Break.RETURN:
            count += run.end() - at
            at = run.end()
            before = Break.CONTROL if text[at - 1] < " " else Break.OTHER
            joins_pictograph = odd_flag = False
            continue
        here = _property(text[at])
        if here is Break.FLAG:
            joined = odd_flag or before is Break.PREPEND
            odd_flag = not odd_flag
        else:
            joined = _joined(before, here) or (
                before is Break.JOINER and here is Break.PICTOGRAPH and joins_pictograph
            )
            odd_flag = False
        if here is Break.PICTOGRAPH:
            joins_pictograph = True
        elif before is Break.JOINER or here not in (Break.EXTEND, Break.JOINER):
            joins_pictograph = False
        count += not joined
        before = here
        at += 1
    return count


_SEPARATE = frozenset((Break.CONTROL, Break.RETURN, Break.FEED))
_ATTACHED = frozenset((Break.EXTEND, Break.JOINER, Break.SPACING))
_JAMO = {
    Break.LEAD: (Break.LEAD, Break.VOWEL, Break.LEAD_VOWEL, Break.LEAD_VOWEL_TRAIL),
    Break.VOWEL: (Break.VOWEL, Break.TRAIL),
    Break.LEAD_VOWEL: (Break.VOWEL, Break.TRAIL),
    Break.TRAIL: (Break.TRAIL,),
    Break.LEAD_VOWEL_TRAIL: (Break.TRAIL,),
}


def _joined(before: Break, here: Break) -> bool:
    """Are two neighbours one cluster, pictographs and flags apart?"""
    if before in _SEPARATE or here in _SEPARATE:
        return before is Break.RETURN and here is Break.FEED
    return here in _ATTACHED or before is Break.PREPEND or here in _JAMO.get(before, ())


@lru_cache(maxsize=4096)
def _property(character: str) -> Break:
    code = ord(character)
    if character == "\r":
        return Break.RETURN
    if character == "\n":
        return Break.FEED
    if character == "\u200d":
        return Break.JOINER
    if 0x1F1E6 <= code <= 0x1F1FF:
        return Break.FLAG
    if code in _PREPEND:
        return Break.PREPEND
    category = unicodedata.category(character)
    if category in ("Mn", "Me") or code in _EXTEND:
        return Break.EXTEND
    if code in _SPACING or (category == "Mc" and code not in _NOT_SPACING):
        return Break.SPACING
    if category in ("Cc", "Cf", "Zl", "Zp") or (category == "Cn" and _is_ignorable(code)):
        return Break.CONTROL
    if _FIRST_SYLLABLE <= code <= _LAST_SYLLABLE:
        whole = (code - _FIRST_SYLLABLE) % _TRAILS
        return Break.LEAD_VOWEL_TRAIL if whole else Break.LEAD_VOWEL
    for codes, jamo in _HANGUL:
        if code in codes:
            return jamo
    return Break.PICTOGRAPH if _is_pictograph(code) else Break.OTHER


def _is_pictograph(code: int) -> bool:
    at = bisect_right(_PICTOGRAPHS, code)
    return at % 2 == 1 or (at > 0 and _PICTOGRAPHS[at - 1] == code)


def _is_ignorable(code: int) -> bool:
    return code == 0x2065 or 0xFFF0 <= code <= 0xFFF8 or 0xE0000 <= code <= 0xE0FFF
