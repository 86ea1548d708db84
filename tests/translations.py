"""Brings the catalogues of translations in line with the English texts; `make fix` runs it.

What is new is left for translators to fill in, what has changed is marked as fuzzy for them to
check, and what is gone goes. An empty file `app/publiccode/locale/<language>.po` begins a language.
"""

import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from app.publiccode.messages import ENGLISH
from app.publiccode.translations import LOCALE

HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"\
"""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*.po"))


def entries(catalogue: Path) -> dict[str, Message]:
    """What gettext's own rules read in a catalogue, by context and without the header."""
    with catalogue.open("rb") as opened:
        read = read_po(opened, locale=catalogue.stem, abort_invalid=True)
    return {message.context: message for message in read if message.context}


def brought_up_to_date(catalogue: Path) -> str:
    """The text that a catalogue should have: all English texts, in their order, each on one line."""
    known = entries(catalogue)
    renewed = Catalog(locale=catalogue.stem)
    for key, text in ENGLISH.items():
        old = known.get(key)
        fuzzy = old and old.string and (old.fuzzy or old.id != text)
        renewed.add(
            text,
            old.string if old else "",
            context=key,
            flags=["fuzzy"] if fuzzy else [],
            user_comments=old.user_comments if old else [],
        )
    written = BytesIO()
    write_po(written, renewed, width=0, omit_header=True)
    header = catalogue.read_text("utf-8").partition("\n\n")[0].strip()
    body = written.getvalue().decode().strip()
    return f"{header or HEADER.format(language=catalogue.stem)}\n\n{body}\n"


def placeholders(text: str) -> list[str]:
    """The names in braces, in alphabetical order: a translation may move them."""
    return sorted(_PLACEHOLDER.findall(text))


def main() -> None:
    for catalogue in catalogues():
        catalogue.write_text(brought_up_to_date(catalogue), "utf-8")


if __name__ == "__main__":
    main()
