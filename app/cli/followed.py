"""What commands do with peers: each is named somehow, and what is refused is said in words."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from app.cli.exits import refuse

if TYPE_CHECKING:
    from app.database import Database
    from app.federation.vault import Vault
    from app.settings import Settings

T = TypeVar("T")


def run(work: "Callable[[Database, Settings], Awaitable[T]]") -> T:
    """Do it with the catalogue's database; what is refused ends the command in words."""
    from app.cli.environment import read_settings
    from app.cli.schema import current_database

    settings = read_settings()

    async def with_database() -> T:
        async with current_database(settings.database_url) as database:
            return await work(database, settings)

    with refusing():
        return asyncio.run(with_database())


@contextmanager
def refusing() -> Iterator[None]:
    """What is refused in the block ends the command, in words."""
    from app.catalogue.errors import CatalogueError
    from app.federation.errors import FederationError

    try:
        yield
    except (CatalogueError, FederationError) as error:
        refuse(str(error))


def vault_of(settings: "Settings") -> "Vault":
    """Where secrets are sealed: with our key, or that of `serve --demo`."""
    from app.cli import development_key
    from app.federation.vault import Vault

    return Vault(settings.paseto_key or development_key.kept(settings.data_dir))


async def named(database: "Database", name: str) -> str:
    """The id of the one peer that is called so. Raises PeerNotFound."""
    from app.database import reading
    from app.federation import peers as followed
    from app.federation.errors import PeerNotFound

    async with reading(database) as session:
        found = [
            peer.id
            for peer in await followed.everyone(session)
            if name in (peer.id, peer.uri, peer.name)
        ]
    if not found:
        raise PeerNotFound(name)
    if len(found) > 1:
        refuse(f"{len(found)} peers are called {name}: say the id or the uri of one.")
    return found[0]
