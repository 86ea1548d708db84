"""CKAN's own reader and writer of DCAT (ckanext-dcat), in an environment of its own, without a running CKAN."""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2

from app.federation.driver import HarvestedRecord, Source, Task
from app.federation.drivers import dcat
from app.remote.client import open_client
from tests.interop.findings import Line
from tests.remote.servers import reply, serving

READER = Path(__file__).with_name("ckanext_dcat_reader.py")
WRITER = Path(__file__).with_name("ckanext_dcat_writer.py")
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
    done = _run(READER, f"{address}/catalog.ttl?limit=20")
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


def read_back(address: str) -> Iterator[Line]:
    """What CKAN passes on, our own driver takes for what it was: the same software and files."""
    done, found = asyncio.run(_passed_on(address))
    if done.returncode:
        yield Line(f"ckan, passed on: {done.stderr}", wrong=True)
        return
    expected = {uri for uri, _ in described(address)}
    yield Line(f"ckan, passed on: {len(found)} records")
    if {record.source_id for record in found} != expected:
        yield Line(f"  of {len(expected)}", wrong=True)
    for what, those in {
        "name": [record for record in found if record.known or record.text],
        "file": [record for record in found if record.text],
        "origin": [record for record in found if record.origin],
    }.items():
        yield Line(f"  {what}: {len(those)}", wrong=len(those) < len(expected))


async def _passed_on(
    address: str,
) -> tuple["subprocess.CompletedProcess[str]", list[HarvestedRecord]]:
    async with serving({}) as portal:
        done = await asyncio.to_thread(
            _run, WRITER, f"{address}/catalog.ttl?limit=20", portal.url("")
        )
        pages = json.loads(done.stdout) if not done.returncode else []
        for number, page in enumerate(pages):
            portal.answers[f"/{number}"] = reply(
                body=page.encode(), content_type="application/rdf+xml"
            )
        async with open_client(allow_private_hosts=frozenset({"127.0.0.1"})) as client:
            harvest = dcat.DRIVER.harvest(Source(url=portal.url("/0")), client, Task())
            found = [record async for page in harvest for record in page.records] if pages else []
    return done, found


def _run(script: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    uv = os.environ.get("UV", "uv")
    packages = [word for package in PACKAGES for word in ("--with", package)]
    python = ("python", "-W", "ignore")  # they warn of what they import themselves
    return subprocess.run(
        [uv, "run", "--quiet", "--no-project", *packages, *python, str(script), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


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
