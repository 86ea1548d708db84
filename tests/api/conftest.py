"""The application over HTTP: in this process, or served from a process of its own."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from app.main import create_app
from app.settings import Settings
from tests.services import AUTHORIZATION, KEY, Service, serving


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Without a worker, which has tests of its own."""
    return Settings(
        database_url=database_url,
        paseto_key=KEY,
        log_level="error",
        data_dir=tmp_path / "data",
        worker=False,
    )


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody without a token."""
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://samkod.test") as client:
        yield client


@pytest.fixture
async def writer(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody with a valid token."""
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://samkod.test", headers=AUTHORIZATION
    ) as client:
        yield client


@pytest.fixture
def served(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Service]:
    """The application on a real socket, in a process of its own, on SQLite."""
    database = shutil.copy(migrated_sqlite, tmp_path / "served.db")
    with serving(f"sqlite:///{database}", SAMKOD_DATA_DIR=str(tmp_path / "data")) as service:
        yield service
