"""Queries that are made to hurt: for the tests, which ask only for an answer, and for the bench."""

FIELDS = ("q", "organisation", "usedBy", "license", "lang", "fields")
"""The parameters of a search that take a text."""

HOSTILE = {
    "10,000 words": "word " * 10_000,
    "a thousand letters": "a" * 1000,
    "500 words": "a " * 500,
    "250 different words": " ".join(f"w{number}" for number in range(250))[:1000],
    "words nearly known": "felanmlan anmälna gatlykter snörojning" * 25,
    "quotes": '"' * 999,
    "unbalanced quotes": '"a ' * 333,
    "minus signs": "-" * 999,
    "exclusions": "-a " * 333,
    "different exclusions": " ".join(f"-w{number}" for number in range(200))[:1000],
    "beginnings": "ab* " * 250,
    "different beginnings": " ".join(f"a{number}*" for number in range(200))[:1000],
    "long phrase": '"' + "a b " * 249 + '"',
    "FTS5 syntax": 'name : (a OR b) NOT c NEAR(d e, 2) ^f "g" + h {i j}: k*',
    "tsquery syntax": "a:* & !b | (c <-> d) <2> 'e':A \\ '' :*",
    "SQL": "'; DROP TABLE software; -- %_\\",
    "NUL": "a\0b",
    "regex bomb": "(a+)+$" * 100,
    "wildcards": "%" * 999,
    "combining marks": "e" + "\u0301" * 998,
    "ligatures that grow": "\ufdfa" * 999,
    "emoji": "😀" * 500,
    "direction": "\u202e" * 999,
    "beyond every letter": "\U0010ffff" * 999,
}
"""Values of one parameter."""

PARAMETERS: dict[str, dict[str, str | list[str]]] = {
    "nothing at all, to compare with": {},
    "a thousand repeated facets": {"category": ["crm"] * 1000},
    "fifty of every filter": {
        name: [f"{name}{number}" for number in range(50)]
        for name in ("category", "license", "organisation", "usedBy", "dependsOn", "publisher")
    },
    "fifty long names": {"usedBy": [f"{number}" + " a" * 240 for number in range(50)]},
    "every licence family": {
        "license": ["copyleft", "permissive", "weak-copyleft", "public-domain"] * 12
    },
    "a cursor of our own making": {"page[after]": "WyJyZWxldmFuY2UiLDEsIngiXQ=="},
    "a page as large as they come": {"page[size]": "9" * 18},
    "a number too long to read": {"page[size]": "9" * 5000},
}
"""Parameters of a search together."""
