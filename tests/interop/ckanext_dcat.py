"""CKAN's own reader of DCAT (ckanext-dcat), in an environment of its own and without a running CKAN."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2

from tests.interop.findings import Line

READER = Path(__file__).with_name("ckanext_dcat_reader.py")
PACKAGES = (
    "ckan", "ckanext-dcat==2.4.4", "ckanext-harvest", "sqlalchemy<2.1",
    # What they import without saying so.
    "alembic", "dominate", "file-keeper", "flask", "flask-babel", "flask-login", "markdown",
    "msgspec", "nh3", "packaging", "passlib", "polib", "pyjwt", "pysolr", "rq", "simplejson",
    "typing-extensions", "tzlocal", "webassets",
)  # fmt: skip
FIELDS = ("title", "notes", "publisher", "contact", "licence", "language")


def read(address: str) -> Iterator[Line]:
    """Every software arrives once, with all of `FIELDS` that its file has."""
    uv = os.environ.get("UV", "uv")
    packages = [word for package in PACKAGES for word in ("--with", package)]
    done = subprocess.run(  # noqa: S603 - uv and our own script
        [
            uv,
            "run",
            "--quiet",
            "--no-project",
            *packages,
            str(READER),
            f"{address}/catalog.ttl?limit=20",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        yield Line(f"ckan: {done.stderr}", wrong=True)
        return
    pages: list[list[dict[str, Any]]] = json.loads(done.stdout)
    found = {dataset["uri"]: dataset for page in pages for dataset in page}
    expected = dict(described(address))
    yield Line(f"ckan: {len(found)} datasets on {len(pages)} pages")
    if sum(map(len, pages)) != len(found) or found.keys() != expected.keys():
        yield Line(f"  of {len(expected)}", wrong=True)
    for field in FIELDS:
        wanted = {uri for uri, fields in expected.items() if field in fields}
        missing = {uri for uri in wanted if not found[uri][field]}
        yield Line(f"  {field}: {len(wanted - missing)} of {len(wanted)}", wrong=bool(missing))


def described(address: str) -> Iterator[tuple[str, set[str]]]:
    """The URI of each software, and which of `FIELDS` its description has."""
    query = "?page[size]=100"
    while query:
        page = httpx2.get(f"{address}/v1/software{query}", timeout=60).raise_for_status().json()
        for software in page["data"]:
            at = f"{address}/v1/software/{software['id']}/publiccode"
            answer = httpx2.get(at, timeout=60)
            said = answer.json() if answer.is_success else {}
            yield f"{address}/id/software/{software['id']}", {"title", "notes", *given(said)}
        query = page["links"]["next"]


def given(description: dict[str, Any]) -> Iterator[str]:
    """What the description has of the fields that are not always there."""
    legal, maintenance = description.get("legal", {}), description.get("maintenance", {})
    organisation = description.get("organisation", {})
    if any(organisation.values()) or legal.get("repoOwner") or legal.get("mainCopyrightOwner"):
        yield "publisher"
    people = (*maintenance.get("contacts", ()), *maintenance.get("contractors", ()))
    if any(person.get("name") or person.get("email") for person in people):
        yield "contact"
    if legal.get("license"):
        yield "licence"
    if description.get("localisation", {}).get("availableLanguages"):
        yield "language"
