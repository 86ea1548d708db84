"""Harvesters that others wrote miss nothing of a catalogue that changes while they read it.

`make interop` does the same with a thousand records.
"""

from random import Random

from oaipmh_scythe import Scythe
from oaipmh_scythe.config import HTTPConfig
from oaipmh_scythe.models import Header, MetadataFormat, Record, Set

from tests.federation.harvesters import Proof
from tests.services import serving

NUMBER = 110
"""Two pages."""


def test_copies_are_exact_whoever_writes_meanwhile(database_url: str) -> None:
    with serving(database_url, SAMKOD_OPERATOR="Storabro") as service:
        proof = Proof.of(service.address, NUMBER, pause=0.02)
        proof.run(10, Random(6))
        assert proof.writer.deleted
        for name, copy in proof.copies.items():
            assert copy.known == proof.expected(), name
        _ask_the_rest(f"{service.address}/oai")


def _ask_the_rest(address: str) -> None:
    """Those verbs that nothing is copied by, with POST."""
    with Scythe(address, http_config=HTTPConfig(http_method="POST")) as client:
        assert client.identify().repositoryName == "Storabro"
        specs = [each.setSpec for each in client.list_sets() if isinstance(each, Set)]
        assert "lang:it" in specs
        formats = [
            each for each in client.list_metadata_formats() if isinstance(each, MetadataFormat)
        ]
        assert len(formats) == 3
        header = next(iter(client.list_identifiers(set_="status:stable", ignore_deleted=True)))
        assert isinstance(header, Header)
        for each in formats:
            record = client.get_record(header.identifier or "", each.metadataPrefix or "")
            assert isinstance(record, Record)
            assert record.header.identifier == header.identifier
