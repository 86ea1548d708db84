"""The catalogue as an event stream, in parts that fit together while others write.

A member is the last change of a software, with the software as it is: nothing has happened to it
since, or a later change would have taken its place. So members never change. They only vanish, when
they are overtaken, which the stream's retention policy announces.

The stream is a chain of parts, the oldest first, and there is no other way through it. What is
overtaken while somebody reads comes again further on, so whoever has come to the end has missed
nothing. An index of all parts would be quicker, but its readers could be past the end by then.

A part ends at a fixed number of the log. Once the log is past it, no member comes to it any more, and
how many are left says which: so a `Sealed` part has an address for each of its states, whose bytes
never change, and may be kept for good. A part itself is an address that leads to the state of today,
and which is asked for again each time: it must not be older than what was read before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from app.catalogue import activities, profiles
from app.catalogue.activities import Activity
from app.catalogue.catalogs import ROOT_NAME
from app.catalogue.entry import ROOT_ID
from app.catalogue.profiles import Profile
from app.catalogue.sets import EVERYTHING, Kind, Set
from app.database import Session
from app.federation.formats import dcat_ap
from app.federation.formats.ldes import Deed, Member, Page
from app.federation.uris import Uris
from app.head import Head

PATH = "/ldes"
NUMBERS_PER_PART = 250


@dataclass(frozen=True, slots=True)
class Sealed:
    """The `left` members numbered above `after`, up to `last`, which the log is past."""

    after: int
    last: int
    left: int


@dataclass(frozen=True, slots=True)
class Open:
    """All members numbered above `after`, and those to come."""

    after: int


@dataclass(frozen=True, slots=True)
class OwnNames(Uris):
    """Software by our own names only.

    What a feed says is deleted must be called what it was called before, when nothing is left of it
    but its id. The name that another catalogue gave it first is another one here.
    """

    def subject(self, profile: Profile) -> str:
        return self.software(profile.id)


@dataclass(frozen=True, slots=True)
class Stream:
    """All software, or that of one catalogue, as the log with this epoch tells of it.

    Addresses of parts are those of one syntax, of which the `suffix` is: so each has one form.
    """

    uris: OwnNames
    epoch: str
    suffix: str
    catalog_id: str | None = None

    @property
    def among(self) -> Set:
        """The software that it is about."""
        return Set(Kind.CATALOG, self.catalog_id) if self.catalog_id else EVERYTHING

    @property
    def name(self) -> str:
        """The same in all syntaxes."""
        return f"{self.uris.base}{PATH}{self._query}"

    def address(self, part: Open | Sealed) -> str:
        """Of a part that is open, leads to where it is when it is sealed."""
        place = f"{part.after}"
        if isinstance(part, Sealed):
            place = f"{part.after}-{part.last}-{part.left}"
        return f"{self.uris.base}{PATH}/{self.epoch}/{place}.{self.suffix}{self._query}"

    def activity(self, sequence: int) -> str:
        """The change with this number, which another stream may tell of in another way."""
        return f"{self.name}#{self.epoch}-{sequence}"

    @property
    def _query(self) -> str:
        if self.catalog_id is None:
            return ""
        named = ROOT_NAME if self.catalog_id == ROOT_ID else self.catalog_id
        return "?" + urlencode({"catalog": named})


async def locate(session: Session, stream: Stream, after: int, head: Head) -> Open | Sealed:
    """The next part that has members above `after`; the open one if there is none before."""
    first = await activities.first(session, stream.among, after)
    if first is None:
        return Open(after)
    last = -(-first // NUMBERS_PER_PART) * NUMBERS_PER_PART
    if last > head.sequence:
        return Open(after)
    begin = max(after, last - NUMBERS_PER_PART)
    return Sealed(begin, last, await activities.count(session, stream.among, begin, last))


async def read_open(session: Session, stream: Stream, part: Open, head: Head) -> Page:
    """The part as it is now."""
    found = await activities.between(session, stream.among, part.after, head.sequence)
    return await _page(session, stream, part, found)


async def read_sealed(session: Session, stream: Stream, part: Sealed, head: Head) -> Page | None:
    """The part in this state; None if that is over, or has never been."""
    numbers = part.last - part.after
    if not 0 < numbers <= NUMBERS_PER_PART or part.last > head.sequence:
        return None
    found = await activities.between(session, stream.among, part.after, part.last)
    if not found or len(found) != part.left:
        return None
    return await _page(session, stream, part, found, following=stream.address(Open(part.last)))


async def _page(
    session: Session,
    stream: Stream,
    part: Open | Sealed,
    found: Sequence[Activity],
    following: str | None = None,
) -> Page:
    ids = [each.software_id for each in found if not each.gone]
    there = await profiles.some(session, ids, catalog_id=stream.catalog_id)
    return Page(
        stream=stream.name,
        address=stream.address(part),
        members=[_member(stream, each, there.get(each.software_id)) for each in found],
        following=following,
    )


def _member(stream: Stream, activity: Activity, profile: Profile | None) -> Member:
    return Member(
        name=stream.activity(activity.sequence),
        deed=_deed(activity),
        entity=stream.uris.software(activity.software_id),
        published=activity.at,
        said=dcat_ap.software(profile, stream.uris) if profile else (),
    )


def _deed(activity: Activity) -> Deed:
    if activity.gone:
        return Deed.DELETE
    return Deed.CREATE if activity.new else Deed.UPDATE
