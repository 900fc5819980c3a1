"""The fixtures, each small, so that a project can put its own in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.ext.asyncio import AsyncEngine
    from sqlalchemy.orm import Session

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
def mm_database(mm_server: Place, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a fresh database with every migration applied; the test's own.

    The mark ``mm`` may name the last migration: ``to="0007_orders"``.
    """
    from mm_pytest import outcomes
    from mm_pytest.opened import opened

    found = opened(request.config)
    stand = outcomes.stand(found, mm_server.kind, request.node)
    url = outcomes.migrated(lambda: found.migrated(stand))
    yield url
    mm_server.let_go(url)


@pytest.fixture
def mm_sqlalchemy(mm_database: str) -> Iterator[sa.Engine]:
    """An engine of SQLAlchemy on ``mm_database``."""
    from mm_pytest.engines import users_engine

    with users_engine(mm_database) as engine:
        yield engine


@pytest.fixture
def mm_async_engine(mm_database: str) -> Iterator[AsyncEngine]:
    """An asynchronous engine on ``mm_database``, for any event loop of the test's.

    It keeps no connections, since those of one loop are of no use in another.
    """
    from mm_pytest.asynchronous import NoDriverError, async_engine

    try:
        engine = async_engine(mm_database)
    except NoDriverError as error:
        told = str(error)
    else:
        yield engine
        return
    pytest.fail(told, pytrace=False)


@pytest.fixture
def mm_connection(
    mm_server: Place, request: pytest.FixtureRequest
) -> Iterator[sa.Connection]:
    """A connection in a transaction that is rolled back after the test.

    The database has every migration applied, or those up to the one that the mark
    ``mm`` names, and serves one test after the other.
    """
    from mm_pytest import outcomes
    from mm_pytest.opened import opened

    if not mm_server.rolls_back:
        pytest.fail(
            f"{mm_server.kind} takes nothing back, which mm_connection lives on;"
            " mm_sqlalchemy gives the test a database of its own",
            pytrace=False,
        )
    found = opened(request.config)
    stand = outcomes.stand(found, mm_server.kind, request.node)
    engine = outcomes.migrated(lambda: found.shared(stand))
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        is_ours = transaction.is_active and not transaction.connection.closed
        connection.close()
    if not is_ours:
        found.spoiled(stand)
        pytest.fail(
            "the test ended the transaction of mm_connection; mm_sqlalchemy gives it a"
            " database of its own, in which it may commit",
            pytrace=False,
        )


@pytest.fixture
def mm_session(mm_connection: sa.Connection) -> Iterator[Session]:
    """A session of SQLAlchemy's ORM on ``mm_connection``.

    It may commit and roll back: what is committed is a savepoint's, and goes with the
    transaction around it.
    """
    from sqlalchemy.orm import Session

    joined = Session(mm_connection, join_transaction_mode="create_savepoint")
    with joined as session:
        yield session


@pytest.fixture
def mm_migrator(
    mm_server: Place, mm_project: Project, request: pytest.FixtureRequest
) -> Iterator[TestMigrator]:
    """A database that the test takes up and down itself.

    It is empty, or has what the migration needs that the mark ``mm`` names, and that.
    """
    from mm_pytest import outcomes
    from mm_pytest.engines import users_engine
    from mm_pytest.migrator import TestMigrator
    from mm_pytest.opened import opened

    found, kind = opened(request.config), mm_server.kind
    stand = outcomes.stand(found, kind, request.node)
    is_empty = stand.to is None
    url = (
        mm_server.empty()
        if is_empty
        else outcomes.migrated(lambda: found.migrated(stand))
    )
    try:
        with users_engine(url) as engine:
            yield TestMigrator(mm_project, url, kind, engine)
    finally:
        mm_server.let_go(url)
