"""What the network says of the addresses in files: what `--external-checks` adds to a verdict."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from app.cli.environment import read_settings
from app.cli.inputs import is_address
from app.ingest.external_checks import Checked, Outside, as_json, check_addresses
from app.ingest.linkcheck import LinkCache
from app.publiccode import Report
from app.publiccode.formats import Verdict
from app.remote.client import open_client


class AddressChecks:
    """Asks for the addresses of one file after another, for each address once."""

    def __init__(self, allow_private_hosts: Iterable[str]) -> None:
        settings = read_settings()
        self.allow_private_hosts = settings.allow_private_hosts | {*allow_private_hosts}
        self.seconds = settings.link_check_seconds
        self.cache = LinkCache()

    def add_to(self, verdict: Verdict, data: bytes) -> Verdict:
        """The verdict on `data`, and what the network says."""
        if verdict.report is None:
            return verdict
        checked = asyncio.run(self._ask(verdict.file, data, verdict.report))
        checks = [as_json(result) for result in checked.results]
        return replace(verdict, report=checked.report, external_checks=checks)

    async def _ask(self, file: str, data: bytes, report: Report) -> Checked:
        async with open_client(allow_private_hosts=self.allow_private_hosts) as client:
            outside = Outside(client, self.cache, self.seconds)
            base = file if is_address(file) else None
            return await check_addresses(outside, data, report, now=datetime.now(UTC), base=base)
