"""What is known of software without a publiccode.yml, as something that can be submitted."""

import orjson

from app.catalogue.entry import Tier
from app.ingest.submission import Source, Submission
from app.publiccode.known import Known, described


def submission(source: Source, known: Known, url: str | None) -> Submission:
    """An entry of the index tier, under this address; its text is what is known, as JSON."""
    told = known.tidied()
    raw = orjson.dumps(told.to_json())
    return Submission(source, raw, described(told, url), url, tier=Tier.INDEX)
