"""`samkod schema`: printed, written and compared."""

import json

from jsonschema import Draft202012Validator

from tests.cli.conftest import Samkod


def test_schema_is_printed(samkod: Samkod) -> None:
    done = samkod("schema")
    assert done.returncode == 0
    schema = json.loads(done.stdout)
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["publiccodeYmlVersion"]["enum"][0] == "0"


def test_schema_of_the_next_version_is_printed(samkod: Samkod) -> None:
    assert "IT" not in json.loads(samkod("schema", "--major=1").stdout)["properties"]
    assert samkod("schema", "--major=2").returncode == 2


def test_written_schema_is_up_to_date(samkod: Samkod) -> None:
    assert samkod("schema", "--write=publiccode-0.json").returncode == 0
    assert samkod("schema", "--check=publiccode-0.json").returncode == 0
