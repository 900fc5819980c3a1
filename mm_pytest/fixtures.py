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
def mm_databases(pytestconfig: pytest.Config) -> tuple[str, ...]:
    """The names of the databases that tests run on: ``sqlite``, ``postgresql:16``.

    One in a ``conftest.py`` says so for the tests beneath it, before any runs; it may
    ask for this one, and for ``pytestconfig``.
    """
    from mm_pytest.opened import opened

    return tuple(map(str, opened(pytestconfig).databases))


@pytest.fixture(scope="session")
def mm_server(mm_databases: tuple[str, ...], request: pytest.FixtureRequest) -> Place:
    """Where databases are made: once for each database that tests run on.

    Skips with the reason of every way where none leads to a server; ``--mm-require``
    makes a failure of it.
    """
    from mm_pytest import outcomes
    from mm_pytest.chosen import first
    from mm_pytest.named import Named
    from mm_pytest.opened import opened

    given = getattr(request, "param", None)
    named = given if isinstance(given, Named) else first(mm_databases)
    return outcomes.place(opened(request.config), named)


@pytest.fixture
def mm_database(mm_server: Place, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database with every migration applied, as if the test were alone.

    A new copy, or with isolation ``truncate`` one whose rows go after the test. The
    mark ``mm`` may name the last migration: ``to="0007_orders"``.
    """
    from mm_pytest import outcomes
    from mm_pytest.opened import opened

    found = opened(request.config)
    stand = outcomes.stand(found, mm_server, request)
    isolation = outcomes.isolation(found, mm_server, request.node)
    if isolation == "truncate":
        with outcomes.emptied(found, stand) as shared:
            yield shared.url
        return
    if isolation == "rollback":
        pytest.fail(
            "isolation rollback is one connection's, and a URL makes others;"
            " mm_sqlalchemy, mm_connection and mm_session are on that one, and"
            ' @pytest.mark.mm(isolation="clone") gives the test a database of its own',
            pytrace=False,
        )
    url = outcomes.migrated(lambda: found.migrated(stand))
    yield url
    outcomes.let_go(found, mm_server, url)


@pytest.fixture
def mm_sqlalchemy(
    mm_server: Place, request: pytest.FixtureRequest
) -> Iterator[sa.Engine]:
    """An engine of SQLAlchemy on ``mm_database``.

    With isolation ``rollback`` it is on ``mm_connection``: its commits are savepoints.
    """
    from mm_pytest import outcomes
    from mm_pytest.engines import users_engine
    from mm_pytest.opened import opened

    found = opened(request.config)
    isolation = outcomes.isolation(found, mm_server, request.node)
    if isolation == "rollback":
        from mm_pytest.databases.place import CopyingPlace
        from mm_pytest.joined import engine_on

        if not isinstance(mm_server, CopyingPlace):
            pytest.fail(
                f"isolation rollback wants savepoints, which {mm_server.kind} is not"
                ' known to have; @pytest.mark.mm(isolation="clone") gives the test a'
                " database of its own",
                pytrace=False,
            )
        yield engine_on(request.getfixturevalue("mm_connection"))
        return
    url: str = request.getfixturevalue("mm_database")
    if isolation == "truncate":
        stand = outcomes.stand(found, mm_server, request)
        shared = found.shared(stand)
        if shared.url == url:
            yield shared.engine
            return
    with users_engine(url) as engine:
        yield engine
        found.accounts.of(found.named(mm_server)).looked_at(engine)


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
    ``mm`` names, and serves one test after the other. With isolation ``truncate`` it is
    on ``mm_database``, and the test may commit.
    """
    from mm_pytest import outcomes
    from mm_pytest.opened import opened

    found = opened(request.config)
    if outcomes.isolation(found, mm_server, request.node) == "truncate":
        engine: sa.Engine = request.getfixturevalue("mm_sqlalchemy")
        with engine.connect() as connection:
            yield connection
        return
    if not mm_server.rolls_back:
        pytest.fail(
            f"{mm_server.kind} takes nothing back, which mm_connection lives on;"
            " mm_sqlalchemy gives the test a database of its own",
            pytrace=False,
        )
    stand = outcomes.stand(found, mm_server, request)
    shared = outcomes.migrated(lambda: found.shared(stand))
    with shared.engine.connect() as connection:
        transaction = shared.begun(connection)
        yield connection
        is_ours = shared.is_open(transaction)
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

    found = opened(request.config)
    stand = outcomes.stand(found, mm_server, request)
    is_empty = stand.to is None
    if is_empty and stand.seed:
        pytest.fail(
            f"{request.node.nodeid}: the seed {stand.seed} wants tables, and"
            ' mm_migrator has none; to="…" of the mark mm says where it begins',
            pytrace=False,
        )
    url = (
        mm_server.empty()
        if is_empty
        else outcomes.migrated(lambda: found.migrated(stand))
    )
    try:
        with users_engine(url) as engine:
            yield TestMigrator(mm_project, url, mm_server.kind, engine)
    finally:
        outcomes.let_go(found, mm_server, url)
