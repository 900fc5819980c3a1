"""The checks that pytest-alembic has, on a long history, beside ours of the same.

One end of the history, every migration up, the same as the models say, and every
migration down again. Each a whole process, from an empty database.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import attrs

from benchmarks.jobs import Job, Sample, timed
from benchmarks.ours import Ours
from benchmarks.peers.alembic import settled as alembic_project
from benchmarks.projects import written
from benchmarks.servers import PostgreSQL
from benchmarks.tasks import HISTORY

CHECKS = ("one_leaf", "schema_matches", "no_drift", "no_trace")
"""Ours that say what the four of pytest-alembic do."""

ROUNDS = 3
ENOUGH = 15_000
"""The milliseconds after which checks are not repeated."""

THEIR_FILE = "test_migrations.py"
THEIR_CHECKS = """\
from pytest_alembic.tests import (
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)
"""
INI = "[pytest]\npythonpath = .\n"
IN_MEMORY = """\
import pytest
import sqlalchemy as sa


@pytest.fixture
def alembic_engine():
    engine = sa.create_engine("sqlite://")
    yield engine
    engine.dispose()
"""
ON_SERVER = """\
import pytest
import sqlalchemy as sa

URL = "postgresql+psycopg://postgres@127.0.0.1:{port}"


@pytest.fixture
def alembic_engine():
    postgres = sa.create_engine(URL + "/postgres", isolation_level="AUTOCOMMIT")
    with postgres.connect() as server:
        server.execute(sa.text("CREATE DATABASE alembic_checks"))
        engine = sa.create_engine(URL + "/alembic_checks")
        yield engine
        engine.dispose()
        server.execute(sa.text("DROP DATABASE alembic_checks WITH (FORCE)"))
    postgres.dispose()
"""
ENV = """\
from alembic import context

from models import Base

engine = context.config.attributes["connection"]
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
"""


@attrs.frozen
class Checked:
    """What the four checks took, in milliseconds: the least of some runs."""

    name: str
    database: str
    wall: float
    cpu: float
    runs: int


def checked(
    folder: Path, ours: Ours, server: PostgreSQL | None, say: Callable[[str], None]
) -> Sequence[Checked]:
    """Ours and theirs on each database that is here."""
    return [
        _checked(name, database, job, say)
        for name, database, job in _jobs(folder, ours, server)
    ]


def _checked(name: str, database: str, job: Job, say: Callable[[str], None]) -> Checked:
    samples: list[Sample] = []
    while len(samples) < ROUNDS and sum(one.wall for one in samples) < ENOUGH:
        say(f"four checks of {HISTORY}: {name}, {database}")
        samples.append(timed(job))
    return Checked(
        name=name,
        database=database,
        wall=min(sample.wall for sample in samples),
        cpu=min(sample.cpu for sample in samples),
        runs=len(samples),
    )


def _jobs(
    folder: Path, ours: Ours, server: PostgreSQL | None
) -> Iterator[tuple[str, str, Job]]:
    (folder / "alembic-checks").mkdir()
    theirs = alembic_project(folder / "alembic-checks", HISTORY)
    files = {"pytest.ini": INI, "migrations/env.py": ENV, THEIR_FILE: THEIR_CHECKS}
    written(theirs, files)
    written(ours.settled(HISTORY), {"pytest.ini": INI})
    yield "`pytest --mm-checks`", "SQLite", _ours(ours, "sqlite", {})
    yield "pytest-alembic", "SQLite", _theirs(theirs, IN_MEMORY)
    if server is None:
        return
    settings = {"MAKEMIGRATIONS_TEST_URL_POSTGRESQL": server.url}
    yield "`pytest --mm-checks`", "PostgreSQL", _ours(ours, "postgresql", settings)
    on_server = ON_SERVER.format(port=server.port)
    yield "pytest-alembic", "PostgreSQL", _theirs(theirs, on_server)


def _ours(ours: Ours, database: str, settings: dict[str, str]) -> Job:
    words = ("--mm-checks", f"--mm-databases={database}", "-k", " or ".join(CHECKS))
    folder = ours.settled(HISTORY)
    return Job(_pytest(*words), folder, settings={**settings, **_only("mm_pytest")})


def _theirs(project: Path, conftest: str) -> Job:
    return Job(
        _pytest(THEIR_FILE),
        project,
        before=partial(written, project, {"conftest.py": conftest}),
        settings=_only("pytest_alembic"),
    )


def _pytest(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words)


def _only(package: str) -> dict[str, str]:
    """The settings for a run with the plugin of this package and no other."""
    return {
        "PYTEST_PLUGINS": f"{package}.plugin",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
