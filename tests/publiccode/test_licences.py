"""SPDX expressions, read as the reference reads them."""

import pytest

from app.publiccode import licences


@pytest.mark.parametrize(
    "text",
    [
        *("mit", "EUPL-1.2", "eupl-1.2", "EUPL-1.2+", "MIT+", "MIT-only", "MIT-or-later"),
        *("GPL-3.0", "GPL-2.0-only+", "LGPL-3.0+", "AGPL-3.0+", "GPL-2.0-with-classpath-exception"),
        *("MIT OR Apache-2.0", "MIT AND ISC OR 0BSD", "MIT OR(ISC)", "MIT ORISC", "((MIT))"),
        *("MIT with Classpath-exception-2.0", "GPL-3.0+ WITH GCC-exception-3.1", "GPL-3.0++"),
        *("MIT WITH Classpath-exception-2.0", "mit WITH classpath-exception-2.0"),
        *(
            "LicenseRef-a.b-c",
            "DocumentRef-a:LicenseRef-b",
            "LicenseRef-a OR MIT",
            " MIT ",
            "\tMIT\n",
        ),
    ],
)
def test_expressions_are_read(text: str) -> None:
    assert licences.read(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "()",
            "(MIT",
            "MIT)",
            "MIT MIT",
            "MIT AND AND MIT",
            "MIT +",
            "MIT++",
            "OR",
            "MIT OR",
        ),
        *(
            "MIT or Apache-2.0",
            "MIT/Apache-2.0",
            "MIT, Apache-2.0",
            "Apache 2.0",
            "EUPL 1.2",
            "BSD",
        ),
        *("NONE", "NOASSERTION", "ORACLE", "ANDFOO", "WITHOUT", "foo-or-later", "MIT-OR-LATER"),
        *("(MIT) WITH Classpath-exception-2.0", "LicenseRef-a WITH Classpath-exception-2.0"),
        *("MIT+ WITH Classpath-exception-2.0", "MIT-only WITH Classpath-exception-2.0", "\x1fMIT"),
        *("MIT OR Classpath-exception-2.0", "MIT WITH MIT", "LicenseRef-", "LicenseRef-a_b"),
        *("licenseref-foo", "DocumentRef-a", "DocumentRef-a:MIT", "MIT\nOR ISC", "MIT\tOR ISC"),
        "(" * 10_000 + "MIT" + ")" * 10_000,
    ],
)
def test_other_texts_are_not(text: str) -> None:
    assert licences.read(text) is None


def test_an_expression_tells_what_it_mentions() -> None:
    expression = licences.read("eupl-1.2 OR GPL-3.0 OR LicenseRef-own")
    assert expression == licences.Expression(
        ("EUPL-1.2", "GPL-3.0"), ("GPL-3.0",), ("LicenseRef-own",)
    )
