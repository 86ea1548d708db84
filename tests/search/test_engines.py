"""What one engine finds the other finds, also of words that no language has."""

from datetime import UTC, datetime

import pytest

from app.catalogue.entry import ROOT_ID
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.ingest.submission import Source, prepare, submit
from app.search.find import find
from app.search.mirror import Mirror
from app.search.query import SearchQuery
from tests.builders import a_file, texts

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ODD = (
    "1e5 12ab 2g 5e 0x1f v2 3d 4 007 1 e5 a1b2 12e 1e 1e-5 3.14 1.2.3 10th h2o"
    " ３６５ ² ½ Ⅷ x² 東京都 日本 ภาษาไทย ελληνικά ΆΛΦΑ кириллица ё ħello ŋ ǆ ßen ﬁsk İstanbul ǅ ꙮ"
    " עברית ‏العربية مُحَمَّد हिन्दी বাংলা 한국어 c++ c# .net node.js a_b co-op o'brien l’eau d'or"
    " foo@bar.example https://example.org/a/b?c=d /etc/passwd C:\\temp AT&T R&D 50% &amp; <b>x</b> a-1b"
    " ªº ᵃ ꟸ ൠ ٣٤ ᛗ 𝔘𝔫𝔦 𐍈 ʻokina nǃxau aː"
)


async def test_every_odd_word_is_found_by_itself_on_both_engines(both: list[Database]) -> None:
    data = a_file(name="Odd", description={"en": texts(shortDescription=ODD)})
    missed = {}
    for database in both:
        async with transaction(database) as session:
            await submit(session, Source(ROOT_ID, "a"), data, await prepare(data), now=NOON)
        async with reading(database) as session:
            engine = session.get_bind().dialect.name
            missed[engine] = [
                word
                for word in ODD.split()
                if (
                    await find(
                        session,
                        Mirror(),
                        SearchQuery(q=word),
                        choose=lambda tags: tags[0],
                        now=NOON,
                    )
                ).total
                != 1
            ]
        await database.close()

    assert missed == {"sqlite": [], "postgresql": []}
