"""Reads a catalogue as CKAN does, page after page, and prints what has arrived as JSON.

Runs in an environment with ckanext-dcat: see `ckanext_dcat.py`.
"""

import json
import sys
from typing import Any

import requests
from ckanext.dcat.processors import RDFParser

SECONDS = 60


def main(address: str | None) -> None:
    pages = []
    while address:
        parser = RDFParser(profiles=["euro_dcat_ap_3"])
        parser.parse(requests.get(address, timeout=SECONDS).content, _format="turtle")
        pages.append([arrived(dataset) for dataset in parser.datasets()])
        address = parser.next_page()
    json.dump(pages, sys.stdout)


def arrived(dataset: dict[str, Any]) -> dict[str, Any]:
    """The fields that `ckanext_dcat.py` asks for."""
    extras = {extra["key"]: extra["value"] for extra in dataset["extras"]}
    return {
        "uri": extras.get("uri"),
        "title": dataset.get("title"),
        "notes": dataset.get("notes"),
        "publisher": extras.get("publisher_name"),
        "contact": extras.get("contact_name") or extras.get("contact_email"),
        "licence": [each["license"] for each in dataset["resources"] if each.get("license")],
        "language": extras.get("language"),
    }


if __name__ == "__main__":
    main(sys.argv[1])
