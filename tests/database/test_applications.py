"""Migrations inside of an application: in its event loop, its threads, its logging."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from command_line import SCHEMA, SETTINGS, Line
from mm_engine.project import Project
from mm_engine.runner.url import Url
from postgresql_runs import database, names, rows

pytestmark = pytest.mark.database("postgresql")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with a migration."""
    line = Line(tmp_path)
    line.schema(SETTINGS, "migrations/makemigrations.config.yaml")
    line.schema(SCHEMA)
    line.fine("makemigrations")
    return Project.find(tmp_path, environment={})


@pytest.mark.parametrize("is_begun", [True, False])
def test_an_event_loop_migrates_on_its_own_connection(
    project: Project,
    url: str,
    is_begun: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    async def start() -> None:
        engine = create_async_engine(
            Url.of(url).sqlalchemy().set(drivername="postgresql+psycopg")
        )
        try:
            async with engine.connect() as connection:
                if is_begun:
                    await connection.begin()
                await connection.run_sync(project.migrate)
                if is_begun:
                    await connection.commit()
        finally:
            await engine.dispose()

    asyncio.run(start())
    assert names(url) == ("0001_initial",)


def test_an_event_loop_rebuilds_a_table_of_sqlite_on_its_own_connection(
    project: Project, tmp_path: Path
) -> None:
    file = tmp_path / "app.db"
    Line(tmp_path).edit("length: 255", "length: 300", "schema/schema.yaml")
    Line(tmp_path).fine("makemigrations", "--yes")

    async def start() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
        try:
            async with engine.connect() as connection:
                await connection.run_sync(project.migrate)
        finally:
            await engine.dispose()

    asyncio.run(start())
    with closing(sqlite3.connect(file)) as connection:
        columns = connection.execute("SELECT type FROM pragma_table_info('users')")
        assert ("VARCHAR(300)",) in columns.fetchall()


def test_threads_migrate_databases_of_their_own(
    project: Project, postgresql_url: str
) -> None:
    with database(postgresql_url) as one, database(postgresql_url) as other:
        failed: list[BaseException] = []

        def migrate(url: str) -> None:
            engine = sa.create_engine(
                Url.of(url).sqlalchemy(), poolclass=sa.pool.NullPool
            )
            try:
                project.migrate(engine)
            except BaseException as error:  # noqa: BLE001 - told by the test
                failed.append(error)

        threads = [threading.Thread(target=migrate, args=(u,)) for u in (one, other)]
        threads += [threading.Thread(target=migrate, args=(one,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        assert names(one) == names(other) == ("0001_initial",)


def test_logging_is_left_alone(
    project: Project, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    def settings() -> list[object]:
        root = logging.getLogger()
        return [root.level, [*root.handlers], logging.root.manager.disable]

    before = settings()
    engine = sa.create_engine(Url.of(url).sqlalchemy(), poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        project.migrate(connection)
        connection.rollback()
    assert settings() == before
    assert caplog.records == []
    assert rows(url, "SELECT to_regclass('users')") == [(None,)]
