"""/v1/validate answers in the language that the request asks for."""

import httpx2
import pytest

from tests.api.files import publiccode_yml

pytestmark = pytest.mark.anyio

FILE = publiccode_yml("https://git.example.org/valchiara/acqua-chiara").replace(
    "EUPL-1.2", "EUPL1.2"
)


@pytest.mark.parametrize(
    ("asked", "language", "said"),
    [
        ("it-IT, it;q=0.9, en;q=0.8", "it", "si intendeva “EUPL-1.2”?"),
        ("nl", "nl", "bedoelde u “EUPL-1.2”?"),
        ("fi", "en", "did you mean “EUPL-1.2”?"),
        ("*", "en", "did you mean “EUPL-1.2”?"),
    ],
)
async def test_findings_are_told_in_the_language_of_the_reader(
    client: httpx2.AsyncClient, asked: str, language: str, said: str
) -> None:
    response = await client.post("/v1/validate", content=FILE, headers={"Accept-Language": asked})

    assert response.headers["content-language"] == language
    assert "Accept-Language" in response.headers["vary"]
    assert any(each["description"].endswith(said) for each in response.json()["results"])
