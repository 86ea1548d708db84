"""`samkod export`: one document of everything."""

import csv
import json
from pathlib import Path

import rdflib
from rdflib.namespace import DCAT, RDF

from tests.cli.conftest import Samkod
from tests.ingest.folders import fill

FILES = 3


def test_a_whole_catalogue_becomes_one_document(samkod: Samkod, database_url: str) -> None:
    command = samkod.having(DATABASE_URL=database_url, SAMKOD_PUBLIC_URL="https://samkod.test")
    fill(samkod.folder / "files", FILES)
    assert command("ingest", "files").returncode == 0

    turtle = command("export")
    xml = command("export", "--format=rdf", "--output=all.rdf")
    codemeta = command("export", "--format=codemeta")

    assert (turtle.stderr, xml.stderr, xml.stdout) == ("", "", "")
    graph = rdflib.Graph().parse(data=turtle.stdout, format="turtle")
    same = rdflib.Graph().parse(samkod.folder / "all.rdf", format="xml")
    assert set(graph) == set(same)
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == FILES
    assert len(json.loads(codemeta.stdout)["@graph"]) == FILES


def test_a_whole_catalogue_becomes_lines(samkod: Samkod, database_url: str) -> None:
    command = samkod.having(DATABASE_URL=database_url)
    fill(samkod.folder / "files", FILES)
    assert command("ingest", "files").returncode == 0

    lines = command("export", "--format=jsonl")
    table = command("export", "--format=csv", "--catalog=∅", "--output=all.csv")

    assert (lines.stderr, table.stderr, table.stdout) == ("", "", "")
    things = [json.loads(line) for line in lines.stdout.splitlines()]
    assert [thing["entity"] for thing in things] == ["software"] * FILES
    with (samkod.folder / "all.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["url"] for row in rows] == [thing["software"]["url"] for thing in things]


def test_what_cannot_be_written_leaves_nothing_behind(samkod: Samkod, tmp_path: Path) -> None:
    command = samkod.having(DATABASE_URL=f"sqlite:///{tmp_path / 'empty.db'}")

    unknown = command("export", "--catalog=unknown", "--output=all.ttl")
    nowhere = command("export", "--output=nowhere/all.ttl")

    assert (unknown.returncode, nowhere.returncode) == (2, 2)
    assert "unknown" in unknown.stderr
    assert "nowhere" in nowhere.stderr
    assert "SAMKOD_PUBLIC_URL" in unknown.stderr
    assert not list(samkod.folder.glob("all.ttl*"))
