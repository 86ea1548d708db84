"""What the YAML parser complains of, sorted by what its author can do about it."""

_KINDS = {
    "character": ("found character that cannot start any token",),
    "tab": (
        "found a tab character that violates indentation",
        "found a tab character where an indentation space is expected",
    ),
    "colon": ("mapping values are not allowed in this context",),
    "no-colon": ("could not find expected ':'",),
    "quote": ("found unexpected end of stream", "found unexpected document indicator"),
    "escape": ("found unknown escape character", "did not find expected hexdecimal number"),
    "indentation": (
        "did not find expected key",
        "did not find expected '-' indicator",
        "block sequence entries are not allowed in this context",
        "mapping keys are not allowed in this context",
    ),
    "bracket": (
        "did not find expected ',' or ']'",
        "did not find expected ',' or '}'",
        "did not find expected node content",
    ),
    "sign": (
        "did not find expected alphabetic or numeric character",
        "did not find the expected '>'",
        "did not find expected whitespace or line break",
        "found undefined tag handle",
    ),
    "block": ("did not find expected comment or line break",),
}
_KIND_OF = {problem: kind for kind, problems in _KINDS.items() for problem in problems}


def kind_of(problem: str | None) -> str:
    """The kind of a problem in libyaml's words; `other` for those that hardly anybody meets."""
    return _KIND_OF.get(problem or "", "other")
