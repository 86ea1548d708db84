"""Four rounds of a crawler that knows nothing of us: see `tests.contract.crawler`."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from tests.api.files import publiccode_yml
from tests.contract.conftest import Service, token
from tests.contract.crawler import Crawler, Repository


@pytest.fixture
def crawler(service: Service) -> Crawler:
    address = urlsplit(service.address)
    assert address.hostname
    assert address.port
    return Crawler(address.hostname, address.port, token("crawler"))


def repositories(owner: str) -> Iterator[Repository]:
    """Three with a clone URL and its alias, one that is not valid, and one that cannot be read."""
    for name in ("one", "two", "three"):
        url = f"https://git.example.org/{owner}/{name}"
        text = publiccode_yml(url, name.capitalize())
        yield Repository(url, f"{url}.git", text, aliases=(url,))
    url = f"https://git.example.org/{owner}/faulty"
    yield Repository(url, f"{url}.git", "name: Faulty\n", valid=False)
    url = f"https://git.example.org/{owner}/unreadable"
    yield Repository(url, f"{url}.git", "", valid=False)


def everything(service: Service, path: str) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    following = "?all=true&page[size]=100"
    while following:
        page = service.get(path + following)
        found |= {each["id"]: each for each in page["data"]}
        following = page["links"]["next"]
    return found


@pytest.mark.parametrize("name", [None, "cantone dei grigioni", "∅"])
def test_four_rounds(service: Service, crawler: Crawler, name: str | None) -> None:
    catalog = None
    if name == "∅":
        catalog = service.post("/v1/catalogs", {"name": "All the rest", "alternativeId": name})
    elif name:
        sources = [{"driver": "gitea", "url": service.url()}]
        catalog = service.post(
            "/v1/catalogs", {"name": name, "alternativeId": name, "sources": sources}
        )
    found = list(repositories(service.name("owner")))
    path = f"/v1/catalogs/{catalog['id']}/software" if catalog else "/v1/software"
    before = set(everything(service, path))

    def round_of(visited: list[Repository]) -> list[str]:
        return [crawler.crawl(repository, catalog) for repository in visited]

    assert round_of(found) == ["created"] * 4 + ["failed"], "an empty file is never created"
    first = {id: each for id, each in everything(service, path).items() if id not in before}
    assert [each["active"] for each in first.values()] == [True, True, True, False]
    assert [each["url"] for each in first.values()] == [each.clone_url for each in found[:4]]
    assert all(each["createdAt"] == each["updatedAt"] for each in first.values())

    edited = [
        replace(each, publiccode_yml=each.publiccode_yml.replace("Analisi", "Nuova analisi"))
        for each in found
    ]
    assert round_of(edited) == ["updated"] * 3 + ["created", "failed"]
    second = {id: each for id, each in everything(service, path).items() if id not in before}
    assert second.keys() == first.keys(), "nothing is duplicated"
    assert [first[id] == second[id] for id in first] == [False, False, False, True]

    sequence = service.reader.head(path).headers["samkod-sequence"]
    assert round_of(edited) == ["updated"] * 3 + ["created", "failed"]
    assert {id: each for id, each in everything(service, path).items() if id in first} == second
    assert service.reader.head(path).headers["samkod-sequence"] == sequence, "nothing has changed"

    faulty = found[3]
    repaired = replace(faulty, publiccode_yml=publiccode_yml(faulty.html_url), valid=True)
    assert crawler.crawl(repaired, catalog) == "created"
    fourth = {id: each for id, each in everything(service, path).items() if id not in before}
    assert fourth.keys() == first.keys()
    assert all(each["active"] for each in fourth.values())
    by_alias = service.get(f"{path}?url={found[0].html_url}")["data"]
    assert [each["url"] for each in by_alias] == [found[0].clone_url]

    assert max(status for _, status in crawler.calls) < 500
    assert {status for method, status in crawler.calls if method == "GET"} == {200}
    refused = [status for method, status in crawler.calls if method == "POST" and status != 200]
    assert refused == [422] * 3, "only the unreadable file, once a round"


def test_what_was_disabled_by_hand_stays_so(service: Service, crawler: Crawler) -> None:
    (repository, *_) = repositories(service.name("owner"))
    crawler.crawl(repository)
    (known,) = service.get(f"/v1/software?url={repository.html_url}")["data"]
    service.writer.patch(f"/v1/software/{known['id']}", json={"active": False})

    assert crawler.crawl(repository) == "failed"

    assert service.get(f"/v1/software/{known['id']}")["active"] is False
    assert ("POST", 409) in crawler.calls


def test_a_faulty_file_that_gets_faulty_in_another_way_is_still_new(
    service: Service, crawler: Crawler
) -> None:
    repository = list(repositories(service.name("owner")))[3]
    for text in ("name: Faulty\n", "name: Still faulty\n", "name: Faulty again\n"):
        assert crawler.crawl(replace(repository, publiccode_yml=text)) == "created"
    repaired = replace(repository, publiccode_yml=publiccode_yml(repository.html_url), valid=True)

    assert crawler.crawl(repaired) == "created"

    (known,) = service.get(f"/v1/software?url={repository.clone_url}")["data"]
    assert known["active"] is True
    versions = service.get(f"/v1/software/{known['id']}/versions")["data"]
    assert [each["valid"] for each in versions] == [False, False, False, True]


def test_pages_of_catalogs_are_followed_as_they_are_glued(
    service: Service, crawler: Crawler
) -> None:
    for _ in range(30):
        service.post(
            "/v1/catalogs",
            {
                "name": service.name("Region"),
                "active": False,
                "sources": [{"url": service.url()}],
            },
        )

    found = crawler.catalogs()

    assert len(found) >= 30, "inactive ones on the second page as well"
    assert len({each["id"] for each in found}) == len(found)
    assert crawler.publishers() == []
