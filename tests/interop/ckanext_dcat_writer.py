"""Reads a catalogue as CKAN does, and prints it as CKAN would pass it on: pages of RDF/XML, as JSON.

Its Turtle may have a name of a licence for a subject, which only rdflib reads.

Runs in an environment with ckanext-dcat: see `ckanext_dcat.py`.
"""

import json
import sys

import requests
from ckan.common import config
from ckanext.dcat.processors import RDFParser, RDFSerializer

SECONDS = 60
PROFILES = ["euro_dcat_ap_3"]


def main(address: str | None, portal: str) -> None:
    """`portal` is where the pages will be."""
    config["ckan.site_url"] = config["ckanext.dcat.base_uri"] = portal
    pages: list[str] = []
    while address:
        parser = RDFParser(profiles=PROFILES)
        parser.parse(requests.get(address, timeout=SECONDS).content, _format="turtle")
        address = parser.next_page()
        writer = RDFSerializer(profiles=PROFILES)
        for number, dataset in enumerate(parser.datasets()):
            dataset["id"] = f"{len(pages)}-{number}"
            for at, resource in enumerate(dataset["resources"]):
                resource |= {"id": f"{dataset['id']}-{at}", "package_id": dataset["id"]}
            writer.graph_from_dataset(dataset)
        here = f"{portal}/{len(pages)}"
        links = {"current": here, "first": f"{portal}/0", "items_per_page": 20, "count": 20}
        if address:
            links["next"] = f"{portal}/{len(pages) + 1}"
        writer._add_pagination_triples(links)
        pages.append(writer.g.serialize(format="xml"))
    json.dump(pages, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
