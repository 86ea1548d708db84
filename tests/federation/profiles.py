"""Software in full, as the catalogue hands it to the formats; and foreign files to hold them to."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.catalogue.entry import ROOT_ID, Tier
from app.catalogue.profiles import Profile, Source
from app.federation.uris import Uris
from app.publiccode import Description, validate
from tests.builders import a_file

FULL = Path(__file__).parents[1] / "publiccode" / "full.yml"
SHARED = (Path(__file__).parents[2] / os.environ.get("SAMKOD_SHARED", "../shared")).resolve()
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
URIS = Uris("https://samkod.test")
HERE = Source(ROOT_ID, None, None, NOW, NOW)

needs_shared = pytest.mark.skipif(
    not (SHARED / "interop").is_dir(), reason="the shared files of others are not here"
)


def described(data: bytes) -> Description:
    """What a file says, as well as it can be read."""
    description = validate(data).description
    assert description is not None
    return description


def a_profile(description: Description | None = None, number: int = 1, **changes: Any) -> Profile:
    """A software of which one file is known, given to us directly."""
    description = description or described(a_file())
    profile = Profile(
        id=f"00000000-0000-4000-8000-{number:012d}",
        urls=(description.url or "https://git.example.org/nobody/nothing",),
        description=description,
        sources=(HERE,),
        tier=Tier.PUBLISHED,
        active=True,
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(profile, **changes)


def corpus() -> list[Profile]:
    """Every valid file of the corpus."""
    reports = [validate(file.read_bytes()) for file in sorted((SHARED / "corpus/real").iterdir())]
    return [
        a_profile(report.description, number)
        for number, report in enumerate(reports)
        if report.valid and report.description
    ]
