"""What `samkod serve --demo` adds for newcomers: a sample catalogue, a key, and a first token."""

from datetime import datetime, timedelta
from pathlib import Path

from app.api.security import create_token, make_key
from app.catalogue import changes
from app.cli import development_key
from app.database import Database, reading
from app.ingest import batch
from app.settings import Settings

SAMPLE = Path(__file__).parent.parent / "sample"
TOKEN_LIFETIME = timedelta(days=30)

GREETING = """
Samkod is ready, with a sample catalogue of invented software.

  every operation, to try out    {address}/docs
  the catalogue                  {address}/v1/software
  what other catalogues follow   {address}/v1/changes?since=0

A token for writing, good for 30 days; and the first steps, in another terminal:

  TOKEN={token}

  curl '{address}/v1/search?q=school'
  curl --data-binary @publiccode.yml {address}/v1/validate
  curl -H "Authorization: Bearer $TOKEN" {address}/v1/software --json \\
    '{{"url": "https://git.example.org/me/first", "publiccodeYml": "name: First"}}'

Ctrl+C stops it.
"""


async def load_sample(database: Database, *, max_bytes: int, now: datetime) -> None:
    """Fill an empty catalogue. One that has ever held anything is left as it is.

    So a newcomer's own deletions last, and a real catalogue never gets invented software.
    """
    async with reading(database) as session:
        if (await changes.head(session)).sequence > 0:
            return
    files = batch.files([SAMPLE])
    async for _ in batch.ingest(database, files, max_bytes=max_bytes, now=lambda: now):
        pass


def key_for(settings: Settings) -> str:
    """The key of these settings, or the one of earlier demos, or a new one, which is kept."""
    key = settings.paseto_key or development_key.kept(settings.data_dir)
    if key is None:
        key = make_key()
        development_key.keep(settings.data_dir, key)
    return key


def greeting(address: str, key: str, now: datetime) -> str:
    """Where to look, a token to write with, and what to try first."""
    token = create_token(key, subject="demo", expires_at=now + TOKEN_LIFETIME, now=now)
    return GREETING.format(address=address, token=token)
