"""What the description of the service shows of patches is taken as it stands."""

from typing import Any

import pytest

from tests.api.files import publiccode_yml
from tests.contract.conftest import Service


def software(service: Service) -> dict[str, Any]:
    url = service.url()
    return {"url": url, "publiccodeYml": publiccode_yml(url)}


def catalog(service: Service) -> dict[str, Any]:
    source = {"driver": "json", "url": "https://forge.example.org/list.json", "args": ["$..url"]}
    return {"name": service.name(), "sources": [source]}


def publisher(service: Service) -> dict[str, Any]:
    return {"description": service.name(), "codeHosting": [{"url": service.url()}]}


def bundle(service: Service) -> dict[str, Any]:
    made = service.post("/v1/software", software(service))
    return {"name": service.name(), "softwareIds": [made["id"]]}


def peer(service: Service) -> dict[str, Any]:
    return {"kind": "json", "url": service.url(), "enabled": False}


@pytest.mark.parametrize(
    ("path", "described"),
    [
        ("/v1/software", software),
        ("/v1/catalogs", catalog),
        ("/v1/publishers", publisher),
        ("/v1/bundles", bundle),
        ("/v1/peers", peer),
    ],
)
def test_every_example_of_a_patch_is_taken(service: Service, path: str, described: Any) -> None:
    made = service.post(path, described(service))
    operation = service.get("/openapi.json")["paths"][f"{path}/{{id}}"]["patch"]
    taken = [
        (media_type, example["value"])
        for media_type, body in operation["requestBody"]["content"].items()
        for example in body["examples"].values()
    ]

    assert len(taken) > 2
    for media_type, value in taken:
        response = service.writer.patch(
            f"{path}/{made['id']}", json=value, headers={"Content-Type": media_type}
        )
        assert response.status_code == 200, (media_type, response.text)
