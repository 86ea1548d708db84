"""Language tags, as strict as the reference."""

import pytest

from app.publiccode.languages import is_language

GOOD = """
    en EN En en-US EN-us qaa und mul zxx iw sh in jw mo x-private zh-Hans-CN zh-hans ca-valencia
    de-1996 de-1996-1996 en-nedis sl-IT-nedis de-DE-u-co-phonebk art-lojban i-klingon no-bok es-419
    en-001 zh-cmn zh-yue hy-arevela aa-AA en-ZZ en-x-foo en-x-a-b en-a-bbb en-u-co en-t-ja
    sr-Cyrl-RS fur fil en-u-k0 en-t-k0 en-t-ja-jp-k0-abc en-a-bb-x-c
"""
BAD = """
    eng ita xx zz xyz english root e en- -en en--US en_US en-USA ca@valencia en-1234 en-abcde
    x x- x-a-b x-abcdefghi en-t-jp en-u-zz-zz en-a-b en-a en-x zh-foo en-GB-Latn fr-zh-cmn
    dé i-none de-cmn en-a-bb-b-cc en-t-ja-k0-abc en-u-co-abc-co-def en-t-en-1996-1996
"""


@pytest.mark.parametrize("tag", GOOD.split())
def test_registered_tags_are_languages(tag: str) -> None:
    assert is_language(tag)


@pytest.mark.parametrize("tag", [*BAD.split(), "", " en", "en ", "en\n", "en-" * 200 + "en"])
def test_other_texts_are_not(tag: str) -> None:
    assert not is_language(tag)
