"""Empty databases to measure on, one of each engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from tests import postgres


@contextmanager
def sqlite() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/bench.db"


@contextmanager
def postgresql() -> Iterator[str]:
    with postgres.server() as server, postgres.database(server) as address:
        yield address.render_as_string(hide_password=False)


ENGINES = (("SQLite", sqlite), ("PostgreSQL", postgresql))
