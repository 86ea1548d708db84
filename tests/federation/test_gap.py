"""Followers of a catalogue to which many write at once miss nothing; more often in CI, and in
`make faults`.
"""

import os

import pytest

from tests.federation.gap import WRITERS, follow_writers
from tests.services import serving

pytestmark = [pytest.mark.anyio, pytest.mark.long]

WRITES = int(os.environ.get("GAP_WRITES", "320"))


async def test_each_follower_ends_with_the_exact_state(database_url: str) -> None:
    with serving(database_url) as service:
        gap = await follow_writers(service.address, WRITES)

    assert gap.head == WRITES // WRITERS * WRITERS
    for name, copy in gap.copies.items():
        assert copy.seen == list(range(1, gap.head + 1)), name
        assert copy.software == gap.software, name
