"""What a fresh database costs a test, beside what other plugins of pytest take.

Fifty tests of one insert and one count, on a schema of fifty tables. A test's figure is
the time of its set-up, call and tear-down together; the first one, which makes the
template, is left out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import attrs

from benchmarks.jobs import output
from benchmarks.ours import Ours
from benchmarks.peers.django import settled as django_project
from benchmarks.projects import written
from benchmarks.servers import PostgreSQL
from benchmarks.tasks import Shape

SHAPE = Shape(50)
TESTS = 50
ROUNDS = 5
FILE = "test_bench.py"
TIMES = "times.json"

CONFTEST = f"""\
import json

TIMES = {{}}


def pytest_runtest_logreport(report):
    TIMES[report.nodeid] = TIMES.get(report.nodeid, 0) + report.duration * 1000
    assert report.passed, report.longreprtext


def pytest_sessionfinish():
    with open("{TIMES}", "w", encoding="utf-8") as file:
        json.dump(list(TIMES.values()), file)
"""
INSERT = "INSERT INTO t0000 (code, quantity, active) VALUES ('a', 1, true)"
COUNT = "SELECT count(*) FROM t0000"
NUMBERS = f"@pytest.mark.parametrize('number', range({TESTS}))"
IMPORTS = "import pytest\n\n\n"

ENGINE = f"""\
import sqlalchemy as sa
{IMPORTS}{NUMBERS}
def test_it(mm_sqlalchemy, number):
    with mm_sqlalchemy.begin() as connection:
        connection.execute(sa.text("{INSERT}"))
        assert connection.scalar(sa.text("{COUNT}")) == 1
"""
CONNECTION = f"""\
import sqlalchemy as sa
{IMPORTS}{NUMBERS}
def test_it(mm_connection, number):
    mm_connection.execute(sa.text("{INSERT}"))
    assert mm_connection.scalar(sa.text("{COUNT}")) == 1
"""
DJANGO = f"""\
from shop.models import t0000
{IMPORTS}{NUMBERS}
@pytest.mark.django_db(transaction={{transaction}})
def test_it(number):
    t0000.objects.create(code="a", quantity=1, active=True)
    assert t0000.objects.count() == 1
"""
LOADED = f"""\
from pathlib import Path

from pytest_postgresql import factories
{IMPORTS}server = factories.postgresql_noproc(
    host="127.0.0.1", port={{port}}, user="postgres", load=[Path("all.sql").resolve()]
)
database = factories.postgresql("server")


{NUMBERS}
def test_it(database, number):
    database.execute("{INSERT}")
    assert database.execute("{COUNT}").fetchone() == (1,)
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
    """One way to a database in a test; a promise is the most a test may take."""

    name: str
    database: str
    words: tuple[str, ...]
    folder: Path
    test: str
    promise: float | None = None


@attrs.frozen
class Tested:
    """What a test took one way, in milliseconds: the median of its best run."""

    way: Way
    milliseconds: float

    @property
    def is_over(self) -> bool:
        """Whether it takes more than is promised."""
        return self.way.promise is not None and self.milliseconds > self.way.promise


def tested(folder: Path, ours: Ours, server: PostgreSQL | None) -> tuple[Tested, ...]:
    """What a test takes, every way that there is here, in turn.

    The least of its runs counts, since what disturbs one only adds to it: a promise
    that one run keeps is kept, and what breaks it is run again, some times.
    """
    found = [Tested(way, _milliseconds(way)) for way in _ways(folder, ours, server)]
    for _ in range(ROUNDS - 1):
        found = [_again(one) if one.is_over else one for one in found]
    return tuple(found)


def _again(one: Tested) -> Tested:
    return Tested(one.way, min(one.milliseconds, _milliseconds(one.way)))


def failures(found: Sequence[Tested]) -> Iterator[str]:
    """The promises about tests that were not kept, or not measured."""
    for one in found:
        if one.is_over:
            limit = one.way.promise or 0
            where = f"{one.way.name}, {one.way.database}"
            yield f"{where}: {one.milliseconds:.1f} ms a test, over {limit:.0f}"
    if all(one.way.database != "PostgreSQL" for one in found):
        yield "tests on PostgreSQL could not be measured"


def table(found: Sequence[Tested]) -> Iterator[str]:
    """The lines of the report."""
    yield "| a test with | database | milliseconds | promised |"
    yield "| --- | --- | ---: | ---: |"
    for one in found:
        limit = f"{one.way.promise:.0f}" if one.way.promise else ""
        figure = f"{one.milliseconds:.1f}"
        yield f"| {one.way.name} | {one.way.database} | {figure} | {limit} |"


def _ways(folder: Path, ours: Ours, server: PostgreSQL | None) -> Iterator[Way]:
    home = ours.settled(SHAPE)
    django = django_project(folder / "django-tests", SHAPE)
    written(django, {"on_sqlite.py": ON_SQLITE})
    yield from _on("SQLite", home, django, ("-p", "mm_pytest.plugin"), 3)
    if server is None:
        return
    port = server.url.rpartition(":")[2].partition("/")[0]
    written(django, {"on_postgresql.py": ON_POSTGRESQL.format(port=port)})
    loaded = folder / "loaded"
    written(loaded, {"all.sql": ours.sql(SHAPE, server.url)})
    words = ("-p", "mm_pytest.plugin", "--mm-databases=postgresql")
    yield from _on("PostgreSQL", home, django, words, 40)
    yield Way(
        "pytest-postgresql",
        "PostgreSQL",
        ("-p", "pytest_postgresql.plugin"),
        loaded,
        LOADED.format(port=port),
    )


def _on(
    database: str, home: Path, django: Path, words: tuple[str, ...], promise: float
) -> Iterator[Way]:
    yield Way("mm_sqlalchemy", database, words, home, ENGINE, promise)
    yield Way("mm_connection", database, words, home, CONNECTION)
    told = ("-p", "pytest_django.plugin", f"--ds=on_{database.lower()}", "--create-db")
    for name, transaction in (("TransactionTestCase", True), ("TestCase", False)):
        test = DJANGO.format(transaction=transaction)
        yield Way(f"pytest-django, {name}", database, told, django, test)


def _milliseconds(way: Way) -> float:
    written(way.folder, {"conftest.py": CONFTEST, FILE: way.test})
    quiet = ("-q", "--disable-plugin-autoload", "-p", "no:cacheprovider")
    written(way.folder, {"pytest.ini": "[pytest]\npythonpath = .\n"})
    output((sys.executable, "-m", "pytest", *quiet, *way.words, FILE), way.folder)
    text = (way.folder / TIMES).read_text(encoding="utf-8")
    return float(median(json.loads(text)[1:]))
