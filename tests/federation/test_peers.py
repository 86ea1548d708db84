"""Whom we harvest: kept with their secrets sealed, and forgotten with what they told us."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.api.security import make_key
from app.catalogue import catalogs
from app.catalogue.errors import AlreadyExists, CatalogInUse, CatalogNotFound
from app.catalogue.transaction import transaction
from app.database import Database, reading
from app.federation import peers, removal, runs
from app.federation.driver import Mode
from app.federation.errors import PeerNotFound, SecretLost, SecretsRefused
from app.federation.peers import Followed, PeerDraft
from app.federation.runs import RunState
from app.federation.vault import Vault
from app.pagination import PageRequest

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 23, tzinfo=UTC)
VAULT = Vault(make_key())
SECRET = make_key()
DRAFT = PeerDraft(name="Denmark", kind="changes", url="https://catalogue.example.dk/v1")


async def follow(database: Database, draft: PeerDraft = DRAFT) -> Followed:
    async with transaction(database) as session:
        return await peers.create(session, draft, VAULT, now=NOW)


async def test_peer_gets_a_catalogue_and_is_due_at_once(database: Database) -> None:
    made = await follow(database)

    async with reading(database) as session:
        assert await peers.get(session, made.id) == made
        assert await peers.everyone(session) == [made]
        assert (await peers.listing(session, PageRequest())).items == [made]
        assert await catalogs.title(session, made.catalog_id) == "Denmark"
    assert (made.uri, made.standing.due_at) == ("https://catalogue.example.dk/id/catalog", NOW)


async def test_name_for_good_is_given_once(database: Database) -> None:
    await follow(database)

    with pytest.raises(AlreadyExists):
        await follow(database)


async def test_secret_is_sealed_in_the_database(database: Database) -> None:
    made = await follow(
        database, PeerDraft(name="A", kind="gitlab", url="https://a", secret=SECRET)
    )

    async with reading(database) as session:
        assert made.has_secret
        assert not made.has_webhook_secret
        assert (await peers.source(session, made.id, VAULT)).secret == SECRET
        stored = (await session.execute(text("SELECT secret FROM peers"))).scalar_one()
        assert SECRET not in stored
        with pytest.raises(SecretLost):
            await peers.source(session, made.id, Vault(make_key()))


def test_keys_can_be_changed() -> None:
    old, new = make_key(), make_key()
    sealed = Vault(old).seal("secret")

    assert Vault(f"{new},{old}").open(sealed) == "secret"
    with pytest.raises(SecretsRefused):
        Vault(None).seal("secret")


async def test_edit_keeps_secrets_that_it_does_not_name(database: Database) -> None:
    made = await follow(
        database, PeerDraft(name="A", kind="gitlab", url="https://a", secret=SECRET)
    )

    async with transaction(database) as session:
        kept = await peers.revise(session, made.id, made.draft(), VAULT, now=NOW)
        draft = PeerDraft(name="B", kind="gitlab", url="https://b", secret=None)
        changed = await peers.revise(session, made.id, draft, VAULT, now=NOW)

    assert kept.has_secret
    assert (changed.name, changed.uri, changed.has_secret) == ("B", "https://a", False)


async def test_catalogue_of_a_peer_is_in_use(database: Database) -> None:
    made = await follow(database)

    with pytest.raises(CatalogInUse):
        async with transaction(database) as session:
            await catalogs.remove(session, made.catalog_id, now=NOW)


async def test_removed_peer_leaves_no_empty_catalogue(database: Database) -> None:
    made = await follow(database)
    async with transaction(database) as session:
        await runs.ask_for(session, made.id, Mode.FULL, now=NOW)

    await removal.remove(database, made.id, now=NOW)

    async with reading(database) as session:
        with pytest.raises(PeerNotFound):
            await peers.get(session, made.id)
        with pytest.raises(CatalogNotFound):
            await catalogs.title(session, made.catalog_id)
        assert (await session.execute(text("SELECT count(*) FROM harvest_runs"))).scalar_one() == 0


async def test_harvests_of_a_kind_are_lined_up_once(database: Database) -> None:
    made = await follow(database)

    async with transaction(database) as session:
        await runs.ask_for(session, made.id, Mode.TARGETED, targets=["b"], now=NOW)
        await runs.ask_for(session, made.id, Mode.TARGETED, targets=["a"], now=NOW)
        await runs.ask_for(session, made.id, Mode.FULL, now=NOW)

    async with reading(database) as session:
        lined_up = (await runs.listing(session, made.id, PageRequest())).items
        assert {(run.mode, run.targets, run.state) for run in lined_up} == {
            (Mode.TARGETED, ("a", "b"), RunState.QUEUED),
            (Mode.FULL, (), RunState.QUEUED),
        }
