"""What a token may do, and in which catalogues.

A scope is `kind:write` or `kind:read`; writing a kind includes reading it. `admin` is all of them.
A token that names no scopes may do everything, one that names no catalogues may write to all:
tokens which were made before there were scopes keep their power.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

ADMIN = "admin"
WRITTEN = ("software", "publishers", "catalogs", "bundles", "logs", "webhooks", "analysis")
READ = ("events", "quarantine", "webhooks")
"""Kinds that are not open to all readers."""

SCOPES = (
    *(f"{kind}:write" for kind in WRITTEN),
    *(f"{kind}:read" for kind in READ),
    ADMIN,
)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who holds a valid token; `subject` is its `sub` claim, None the absence of a limit.

    `catalogs` are ids and alternativeIds, as they were given when the token was made.
    """

    subject: str | None
    scopes: frozenset[str] | None = None
    catalogs: frozenset[str] | None = None

    def may(self, scope: str) -> bool:
        """Whether the token has this scope, by name or by a larger one."""
        kind = scope.partition(":")[0]
        return self.scopes is None or not self.scopes.isdisjoint({scope, f"{kind}:write", ADMIN})


def writer_of(claims: Mapping[str, Any]) -> Writer:
    """Who the claims of a token speak of. Raises TypeError where they make no sense."""
    subject, scope, catalogs = (claims.get(name) for name in ("sub", "scope", "catalogs"))
    if not isinstance(subject, str | None):
        raise TypeError("`sub` is a text.")
    if not isinstance(scope, str | None):
        raise TypeError("`scope` is a text, its scopes separated by blanks.")
    if not isinstance(catalogs, list | None) or not all(
        isinstance(name, str) for name in catalogs or ()
    ):
        raise TypeError("`catalogs` is a list of texts.")
    return Writer(
        subject=subject,
        scopes=None if scope is None else frozenset(scope.split()),
        catalogs=None if catalogs is None else frozenset(catalogs),
    )


def claimed(scopes: Collection[str], catalogs: Collection[str]) -> dict[str, Any]:
    """The claims of a token with these limits; what is empty is no limit, and not claimed."""
    limits = {"scope": " ".join(scopes), "catalogs": list(catalogs)}
    return {name: limit for name, limit in limits.items() if limit}
