"""URIs of our own things, and of those that others named first."""

from dataclasses import dataclass
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode

from app.catalogue.profiles import Profile, Source
from app.federation import rdf
from app.remote.forges import raw_file

CATALOG = "/id/catalog"


@dataclass(frozen=True, slots=True)
class Uris:
    """Our things under `base`, the address at which others know us, without a slash at the end."""

    base: str

    def software(self, id: str) -> str:
        return f"{self.base}/id/software/{id}"

    def software_id(self, uri: str) -> str | None:
        """The id of the software that we call so; None for names that are not ours."""
        begins = self.software("")
        return unquote(uri.removeprefix(begins)) or None if uri.startswith(begins) else None

    def catalog(self, id: str | None = None) -> str:
        """One catalogue; without an id, everything that we hold."""
        return f"{self.base}{CATALOG}/{id}" if id else f"{self.base}{CATALOG}"

    def scheme(self, name: str) -> str:
        """One of our lists of concepts."""
        return f"{self.base}/vocab/{name}"

    def concept(self, scheme: str, value: str) -> str:
        return f"{self.base}/vocab/{scheme}/{quote(value)}"

    def subject(self, profile: Profile) -> str:
        """What a software is called in RDF.

        That is ours where anybody told us directly. What came through other catalogues keeps the
        name that the first of them gave it, so that whoever follows us as well sees one thing.
        """
        return next(iter(self._given(profile)), self.software(profile.id))

    def others(self, profile: Profile) -> list[str]:
        """Further names of a software, besides its subject."""
        known = dict.fromkeys(
            [self.software(profile.id)]
            + [name for source in profile.sources if (name := origin(source))]
        )
        return [name for name in known if name != self.subject(profile)]

    def _given(self, profile: Profile) -> list[str]:
        origins = [origin(source) for source in profile.sources]
        return [] if None in origins else [name for name in origins if name]


def origin(source: Source) -> str | None:
    """What the catalogue that read the file first calls the software.

    None if that were we, or if it gave no name that can be written. A Samkod names the software that
    a record begins after the record.
    """
    if not source.origin_id:
        return None
    root = (source.origin_catalog or "").partition(CATALOG)[0].rstrip("/")
    found = rdf.iri(source.origin_id) or rdf.iri(
        f"{root}/id/software/{quote(source.origin_id, safe='')}"
    )
    return found.value if found else None


def file(profile: Profile, path: str | None) -> NamedNode | None:
    """Where a file is that the description names by its address, or by its path in the repository."""
    return rdf.iri(path) or rdf.iri(raw_file(profile.urls[0], path)) if path else None
