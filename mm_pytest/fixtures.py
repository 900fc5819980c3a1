"""The fixtures, each small, so that a project can put its own in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.project import Project
    from mm_pytest.databases.place import Place
    from mm_pytest.migrator import TestMigrator


@pytest.fixture(scope="session")
def mm_project(pytestconfig: pytest.Config) -> Project:
    """The project: its schema files, migrations and settings."""
    from mm_engine.errors import MMError
    from mm_pytest.opened import opened

    try:
        return opened(pytestconfig).project
    except MMError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def mm_server(request: pytest.FixtureRequest) -> Place:
    """Where databases are made: once for each database that tests run on.

    Skips with the reason of every way where none leads to a server; ``--mm-require``
    makes a failure of it.
    """
    from mm_pytest import outcomes
    from mm_pytest.opened import opened

    found = opened(request.config)
    kind = getattr(request, "param", None) or found.databases[0]
    return outcomes.place(found, str(kind))


@pytest.fixture
def mm_database(mm_server: Place, pytestconfig: pytest.Config) -> Iterator[str]:
    """The URL of a fresh database with every migration applied; the test's own."""
    from mm_pytest import outcomes
    from mm_pytest.opened import opened

    found = opened(pytestconfig)
    url = outcomes.migrated(lambda: found.migrated(mm_server.kind))
    yield url
    mm_server.drop(url)


@pytest.fixture
def mm_sqlalchemy(mm_database: str) -> Iterator[sa.Engine]:
    """An engine of SQLAlchemy on ``mm_database``."""
    from mm_pytest.engines import users_engine

    with users_engine(mm_database) as engine:
        yield engine


@pytest.fixture
def mm_connection(
    mm_server: Place, pytestconfig: pytest.Config
) -> Iterator[sa.Connection]:
    """A connection in a transaction that is rolled back after the test.

    The database has every migration applied and serves one test after the other. An
    ORM session joins with ``join_transaction_mode="create_savepoint"``.
    """
    from mm_pytest import outcomes
    from mm_pytest.opened import opened

    found = opened(pytestconfig)
    engine = outcomes.migrated(lambda: found.shared(mm_server.kind))
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        is_ours = transaction.is_active and not transaction.connection.closed
        connection.close()
    if not is_ours:
        found.spoiled(mm_server.kind)
        pytest.fail(
            "the test ended the transaction of mm_connection; mm_sqlalchemy gives it a"
            " database of its own, in which it may commit",
            pytrace=False,
        )


@pytest.fixture
def mm_migrator(mm_server: Place, mm_project: Project) -> Iterator[TestMigrator]:
    """An empty database that the test takes up and down itself."""
    from mm_pytest.engines import users_engine
    from mm_pytest.migrator import TestMigrator

    url = mm_server.empty()
    try:
        with users_engine(url) as engine:
            yield TestMigrator(mm_project, url, engine)
    finally:
        mm_server.drop(url)
