"""Who answers harvesters, and what its records are called."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from app.catalogue.sets import EVERYTHING, Set
from app.federation.uris import Uris

_DOMAIN = re.compile(r"[A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z][A-Za-z0-9-]*)+")
_LOCAL = "-_.!~*'();/?:@&=+$,"
_SAMPLE = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """All that is here, or (`among`) one catalogue; `public_url` is where others know the service.

    A reply brings up to `page` records, and more where they are only listed.
    """

    name: str
    base_url: str
    public_url: str
    admin_email: str | None = None
    among: Set = EVERYTHING
    page: int = 100

    @property
    def uris(self) -> Uris:
        """What our things are called on the web."""
        return Uris(self.public_url)

    @property
    def catalog_id(self) -> str | None:
        """The id of the catalogue, if it is one."""
        return None if self.among == EVERYTHING else self.among.value

    @property
    def admin(self) -> str:
        """Whom to write to: by RFC 5321 every domain with mail has a postmaster."""
        return self.admin_email or f"postmaster@{self._host}"

    @property
    def domain(self) -> str | None:
        """What identifiers begin with, where that is a name in the sense of the schema.

        http://www.openarchives.org/OAI/2.0/guidelines-oai-identifier.htm
        """
        return self._host if _DOMAIN.fullmatch(self._host) else None

    @property
    def sample(self) -> str:
        """What an identifier looks like."""
        return self.identifier(_SAMPLE)

    def identifier(self, id: str) -> str:
        """The same for a software in each of our catalogues, as it is the same software."""
        return f"oai:{self._host}:{quote(id, safe=_LOCAL)}"

    def id_of(self, identifier: str) -> str | None:
        """The software with this identifier; None for those of others, and other spellings."""
        id = unquote(identifier.removeprefix(f"oai:{self._host}:"))
        return id if self.identifier(id) == identifier and "\0" not in id else None

    @property
    def _host(self) -> str:
        return urlsplit(self.public_url).hostname or "localhost"
