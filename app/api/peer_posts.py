"""What an administrator sends who wants a peer to be followed, and what may not be in it."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field

from app.api.bodies import (
    Body,
    PlainText,
    RequiredLongAddress,
    RequiredText,
    one_of,
    sized,
    within,
)
from app.api.refusals import BrokenRule, FieldsInvalid
from app.federation import inbox
from app.federation.drivers import DRIVERS
from app.federation.names import LONGEST_NAME
from app.federation.peers import KEEP, PeerDraft, Trust
from app.publiccode import urls

SHORTEST_SCHEDULE, LONGEST_SCHEDULE = 60, 30 * 24 * 3600
HIGHEST_PRIORITY = 1000


class PeerSource(Body):
    """A source of one of our catalogues: its address, and the catalogue."""

    catalog_id: RequiredText
    url: RequiredText


class PeerPost(Body):
    """A peer: of which `kind` it is and where, or the `source` of a catalogue that it is made from.

    Without a `uri` it is known by its `url`; without `catalogId` a catalogue is made for it. Secrets
    are kept sealed and never shown; one that is left out stays, and an empty one goes.
    """

    name: Annotated[RequiredText, sized(1, 255)] | None = Field(
        None, description="What it is called; by default its host."
    )
    kind: Annotated[str, one_of(*sorted(DRIVERS))] | None = Field(
        None, description="How it is read. Required without a `source`."
    )
    url: Annotated[RequiredLongAddress, sized(1, 2048)] | None = Field(
        None, description="Where it is read. Required without a `source`."
    )
    source: PeerSource | None = None
    uri: Annotated[RequiredLongAddress, sized(1, LONGEST_NAME)] | None = Field(
        None,
        description="Its name for good, as its `/.well-known/oss-catalog` says, if it has one.",
    )
    catalog_id: PlainText | None = Field(
        None, description="The catalogue of ours that holds what it says itself."
    )
    args: Annotated[list[Annotated[PlainText, sized(1, 2048)]], sized(0, 100)] | None = Field(
        None,
        description="For its driver: organisations of `github`, the JSONPath of `json`, the set of "
        "`oai-pmh`.",
    )
    trust: Annotated[str, one_of(*Trust)] | None = Field(
        None, description="Who is trusted more is heard first; by default it is `curated`."
    )
    priority: Annotated[int, within(-HIGHEST_PRIORITY, HIGHEST_PRIORITY)] | None = Field(
        None, description="Of two that are trusted alike, the higher is heard first."
    )
    schedule: Annotated[int, within(SHORTEST_SCHEDULE, LONGEST_SCHEDULE)] | None = Field(
        None, description="Seconds from one harvest to the next; an hour by default."
    )
    enabled: bool | None = Field(None, description="Whether it is harvested by itself.")
    live: bool | None = Field(
        None, description="Whether it is asked to tell of news; by default, if its kind can."
    )
    secret: Annotated[PlainText, sized(0, 4096)] | None = Field(
        None, description="What it wants to be shown: a token or a key."
    )
    webhook_secret: Annotated[PlainText, sized(0, 256)] | None = Field(
        None,
        description="What its webhooks are signed with: 16 characters or more, or `whsec_` and at "
        "least 24 bytes in Base64.",
    )

    def draft(self) -> PeerDraft:
        """The same, as the catalogue wants it. Raises FieldsInvalid."""
        missing = [name for name in ("kind", "url") if getattr(self, name) is None]
        if missing:
            raise FieldsInvalid(
                [BrokenRule(name, "required", f"{name} is required", value="") for name in missing]
            )
        url, kind = _web_address_of(self.url or ""), self.kind or ""
        _refuse_credentials("uri", self.uri or "")
        _refuse_weakness("webhookSecret", self.webhook_secret or "")
        plain = PeerDraft(name="", kind=kind, url=url)
        return PeerDraft(
            name=self.name or urlsplit(url).netloc,
            kind=kind,
            url=url,
            uri=self.uri,
            args=tuple(self.args or ()),
            trust=Trust(self.trust or plain.trust),
            priority=plain.priority if self.priority is None else self.priority,
            schedule=self.schedule or plain.schedule,
            enabled=self.enabled is not False,
            live=DRIVERS[kind].capabilities.live if self.live is None else self.live,
            catalog_id=self.catalog_id,
            secret=KEEP if self.secret is None else self.secret,
            webhook_secret=KEEP if self.webhook_secret is None else self.webhook_secret,
        )


def _web_address_of(url: str) -> str:
    if not urls.is_http_url(url):
        raise FieldsInvalid([BrokenRule("url", "http_url", "url is invalid", value=url)])
    _refuse_credentials("url", url)
    return url


def _refuse_credentials(name: str, address: str) -> None:
    """Everybody sees what a peer is called. Raises FieldsInvalid, which does not repeat them."""
    parts = urls.parse(address)
    if parts and parts.user:
        what = f"{name} holds credentials, which belong in secret"
        raise FieldsInvalid([BrokenRule(name, "no_credentials", what, value="")])


def _refuse_weakness(name: str, secret: str) -> None:
    """Whoever guesses it can make us ask the peer. Raises FieldsInvalid, which does not repeat it."""
    if secret and (weakness := inbox.weakness(secret)):
        raise FieldsInvalid([BrokenRule(name, "strength", f"{name} {weakness}", value="")])
