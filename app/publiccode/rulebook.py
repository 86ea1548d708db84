"""The rules as a document: what each code means, what to do, and an example, in Markdown."""

import re
from collections.abc import Iterator

from app.publiccode.codes import CODES, GROUPS, Code
from app.publiccode.examples import EXAMPLES
from app.publiccode.messages import keys_of, text

_PLACEHOLDER = re.compile(r"\{\w+\}")

_OPENING = """\
# Rules

What Samkod can find in a publiccode.yml. Each finding carries one of these codes, which never
change their meaning. `samkod rules CODE` prints one of these chapters, and a running service has
them at `/docs/rules/CODE`.

**Errors** make a file invalid, **warnings** do not. Findings **beyond the reference** are ours
alone: they are marked as `extra` and never decide whether a file is valid. The others are also
those of the [reference validator](https://github.com/italia/publiccode-parser-go); where it stops
at the first fault and we go on, ours are marked as `extra` too.

A message completes the sentence that begins with the path of the key, and exists in several
languages. Here, “…” stands for what it takes from the file.

This page is made of `app/publiccode/codes.py`, `app/publiccode/messages.py` and
`app/publiccode/examples.py` by `make fix`.
"""


def to_markdown(language: str = "en") -> str:
    """The whole document, with messages in a language."""
    return "\n".join([_OPENING, *_contents(), *_chapters(language)])


def chapter(code: str, language: str = "en") -> str:
    """What is to be known about one code, with its messages in a language."""
    about = CODES[code]
    parts = [
        f"### {code}",
        f"{standing(about).capitalize()}. [Source]({about.source})",
        *(f"> {message}" for message in messages(code, language)),
        about.explanation,
        f"**To put it right:** {about.remedy}",
    ]
    if code in EXAMPLES:
        bad, good = EXAMPLES[code]
        parts += ["Instead of", _fenced(bad), "write", _fenced(good)]
    return "\n\n".join(parts) + "\n"


def standing(about: Code) -> str:
    """Its severity, and whether only we say it."""
    return f"{about.severity}, beyond the reference" if about.beyond_reference else about.severity


def messages(code: str, language: str = "en") -> list[str]:
    """All texts that the code can have, the plainest first, with … for what comes from the file."""
    return [_PLACEHOLDER.sub("…", text(key, language)) for key in reversed(keys_of(code))]


def _contents() -> Iterator[str]:
    yield "| code | severity | meaning |\n|---|---|---|"
    for code, about in CODES.items():
        yield f"| [{code}](#{code}) | {standing(about)} | {_first_sentence(about.explanation)} |"
    yield ""


def _chapters(language: str) -> Iterator[str]:
    for title, group in GROUPS.items():
        yield f"## {title}\n"
        for code in group:
            yield chapter(code, language)


def _first_sentence(explanation: str) -> str:
    return explanation.partition(". ")[0].rstrip(".")


def _fenced(yaml: str) -> str:
    return f"```yaml\n{yaml}```"
