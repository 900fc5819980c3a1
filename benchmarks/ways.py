"""The ways to a database in a test: ours, other plugins of pytest, and by hand.

Each test makes one insert and one count, on a schema of fifty tables. All of one
database's ways use one server, which runs already; projects, and what tests make on
SQLite, lie where the benchmarks lie.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from statistics import median

import attrs

from benchmarks.jobs import Job, Sample, timed
from benchmarks.ours import Ours
from benchmarks.peers.alembic import settled as alembic_project
from benchmarks.peers.django import settled as django_project
from benchmarks.projects import written
from benchmarks.servers import PostgreSQL
from benchmarks.tasks import Shape

SHAPE = Shape(50)
FILE = "test_bench.py"
TIMES = "times.json"
OURS = "mm_"
ALEMBIC = "Alembic, upgraded for each test"

CONFTEST = """\
import json

TIMES = {{}}


def pytest_generate_tests(metafunc):
    metafunc.parametrize("number", range({tests}))


def pytest_runtest_logreport(report):
    TIMES[report.nodeid] = TIMES.get(report.nodeid, 0) + report.duration * 1000
    assert report.passed, report.longreprtext


def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):
        with open("{times}", "w", encoding="utf-8") as file:
            json.dump(list(TIMES.values()), file)
"""
INSERT = "INSERT INTO t0000 (code, quantity, active) VALUES ('a', 1, true)"
COUNT = "SELECT count(*) FROM t0000"

ENGINE = f"""\
import sqlalchemy as sa


def test_it(mm_sqlalchemy, number):
    with mm_sqlalchemy.begin() as connection:
        connection.execute(sa.text("{INSERT}"))
        assert connection.scalar(sa.text("{COUNT}")) == 1
"""
CONNECTION = f"""\
import sqlalchemy as sa


def test_it(mm_connection, number):
    mm_connection.execute(sa.text("{INSERT}"))
    assert mm_connection.scalar(sa.text("{COUNT}")) == 1
"""
DJANGO = """\
import pytest

from shop.models import t0000


@pytest.mark.django_db(transaction={transaction})
def test_it(number):
    t0000.objects.create(code="a", quantity=1, active=True)
    assert t0000.objects.count() == 1
"""
LOADED = f"""\
from pathlib import Path

from pytest_postgresql import factories

server = factories.postgresql_noproc(
    host="127.0.0.1", port={{port}}, user="postgres", load=[Path("all.sql").resolve()]
)
database = factories.postgresql("server")


def test_it(database, number):
    database.execute("{INSERT}")
    assert database.execute("{COUNT}").fetchone() == (1,)
"""
UPGRADED = f"""\
import os
from argparse import Namespace
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

NAME = "bench_" + os.environ.get("PYTEST_XDIST_WORKER", "alone")
{{database}}

@pytest.fixture
def engine(place):
    given = Namespace(x=[f"url={{{{place}}}}"])
    command.upgrade(Config("alembic.ini", cmd_opts=given), "head")
    engine = sa.create_engine(place)
    yield engine
    engine.dispose()


def test_it(engine, number):
    with engine.begin() as connection:
        connection.execute(sa.text("{INSERT}"))
        assert connection.scalar(sa.text("{COUNT}")) == 1
"""
UPGRADED_FILE = """

@pytest.fixture
def place():
    file = Path(f"{NAME}.sqlite3")
    file.unlink(missing_ok=True)
    yield f"sqlite:///{file}"
    file.unlink()
"""
UPGRADED_DATABASE = """\
SERVER = "postgresql+psycopg://postgres@127.0.0.1:PORT"


@pytest.fixture(scope="session")
def server():
    url = f"{SERVER}/postgres"
    with sa.create_engine(url, isolation_level="AUTOCOMMIT").connect() as server:
        yield server


@pytest.fixture
def place(server):
    server.execute(sa.text(f"CREATE DATABASE {NAME}"))
    yield f"{SERVER}/{NAME}"
    server.execute(sa.text(f"DROP DATABASE {NAME} WITH (FORCE)"))
"""
ON_SQLITE = """\
from settings import *
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
"""
ON_POSTGRESQL = """\
from settings import *
DATABASES = {{
    "default": {{
        "ENGINE": "django.db.backends.postgresql", "NAME": "bench_django",
        "USER": "postgres", "HOST": "127.0.0.1", "PORT": {port},
    }}
}}
"""


@attrs.frozen
class Way:
    """One way to a database in a test: a project, a file of tests, what pytest is told.

    ``plugins`` are the only ones that are loaded, ``settings`` variables of pytest's.
    """

    name: str
    database: str
    folder: Path
    test: str
    plugins: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    settings: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def is_ours(self) -> bool:
        """Whether it is a fixture of this project's plugin."""
        return self.name.startswith(OURS)

    def job(self, tests: int, workers: int = 1) -> Job:
        """A run of that many tests; with one worker without pytest-xdist.

        The part of it that counts is what a test takes: the median of set-up, call and
        tear-down together, without the first test, which makes the template.
        """
        conftest = CONFTEST.format(tests=tests, times=TIMES)
        ini = "[pytest]\npythonpath = .\n"
        files = {"conftest.py": conftest, FILE: self.test, "pytest.ini": ini}
        several = workers > 1
        plugins = (*self.plugins, *(["xdist.plugin"] if several else []))
        more = ("-n", str(workers)) if several else ()
        words = ("-q", "-p", "no:cacheprovider", *self.words, *more, FILE)
        return Job(
            (sys.executable, "-m", "pytest", *words),
            self.folder,
            before=partial(written, self.folder, files),
            act=self._of_a_test,
            settings={
                **self.settings,
                # Unlike what "-p" names, these are there before a worker begins.
                "PYTEST_PLUGINS": ",".join(plugins),
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            },
        )

    def ran(self, tests: int, workers: int = 1) -> Sample:
        """What one run took; ``act`` is there, and a test's."""
        return timed(self.job(tests, workers))

    def _of_a_test(self, wall: float, printed: str) -> float:
        del wall, printed
        text = (self.folder / TIMES).read_text(encoding="utf-8")
        return float(median(json.loads(text)[1:]))


def plugins(folder: Path, ours: Ours, server: PostgreSQL | None) -> Iterator[Way]:
    """The ways of plugins, ours first, those to SQLite before the others."""
    django = django_project(folder / "django-tests", SHAPE)
    written(django, {"on_sqlite.py": ON_SQLITE})
    yield from _ours("SQLite", ours, {})
    yield from _django("SQLite", django)
    if server is None:
        return
    written(django, {"on_postgresql.py": ON_POSTGRESQL.format(port=server.port)})
    loaded = folder / "loaded"
    written(loaded, {"all.sql": ours.sql(SHAPE, server.url)})
    settings = {"MAKEMIGRATIONS_TEST_URL_POSTGRESQL": server.url}
    yield from _ours("PostgreSQL", ours, settings)
    yield from _django("PostgreSQL", django)
    test = LOADED.format(port=server.port)
    loading = ("pytest_postgresql.plugin",)
    yield Way("pytest-postgresql, its template", "PostgreSQL", loaded, test, loading)


def by_hand(folder: Path, server: PostgreSQL | None) -> Iterator[Way]:
    """What is done without a plugin: Alembic upgrades a new database for each test."""
    (folder / "alembic-tests").mkdir()
    project = alembic_project(folder / "alembic-tests", SHAPE)
    test = UPGRADED.format(database=UPGRADED_FILE)
    yield Way(ALEMBIC, "SQLite", project, test)
    if server is not None:
        place = UPGRADED_DATABASE.replace("PORT", str(server.port))
        yield Way(ALEMBIC, "PostgreSQL", project, UPGRADED.format(database=place))


def _ours(database: str, ours: Ours, settings: Mapping[str, str]) -> Iterator[Way]:
    for name, test, isolation in (
        ("mm_sqlalchemy", ENGINE, "clone"),
        ("mm_sqlalchemy, truncate", ENGINE, "truncate"),
        ("mm_sqlalchemy, rollback", ENGINE, "rollback"),
        ("mm_connection", CONNECTION, "clone"),
    ):
        yield Way(
            name,
            database,
            ours.settled(SHAPE),
            test,
            plugins=("mm_pytest.plugin",),
            words=(f"--mm-databases={database.lower()}", f"--mm-isolation={isolation}"),
            settings=settings,
        )


def _django(database: str, project: Path) -> Iterator[Way]:
    words = (f"--ds=on_{database.lower()}", "--create-db")
    for name, transaction in (("TransactionTestCase", True), ("TestCase", False)):
        test = DJANGO.format(transaction=transaction)
        yield Way(
            f"pytest-django, {name}",
            database,
            project,
            test,
            plugins=("pytest_django.plugin",),
            words=words,
        )
