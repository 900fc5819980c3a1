"""What a test says it wants by the mark, and the fixtures of SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from suites import Suite

STRICT = ("-W", "error", "--strict-markers")
AGE = 'mm.AddField("users", mm.Field("age", mm.Integer(), nullable=True))'


def test_a_test_chooses_its_databases_over_the_command_line(suite: Suite) -> None:
    suite.tests(
        '@pytest.mark.mm(database="sqlite")\n'
        "def test_one(mm_database): assert mm_database.startswith('sqlite')\n"
        '@pytest.mark.mm(database=["sqlite"])\n'
        "class TestSome:\n"
        "    def test_two(self, mm_server): assert mm_server.kind == 'sqlite'\n"
    )
    said = suite.passed(*STRICT, "--mm-databases", "postgresql", "-v")
    assert "test_it.py::test_one[sqlite] PASSED" in said
    assert "test_it.py::TestSome::test_two[sqlite] PASSED" in said
    assert "no postgresql" not in said  # nobody has asked for a server


@pytest.mark.database("postgresql")
def test_both_of_two_databases_are_run(suite: Suite, postgresql_url: str) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = postgresql_url
    suite.tests(
        'pytestmark = pytest.mark.mm(database=["sqlite", "postgresql"])\n'
        "def test_it(mm_session, mm_server):\n"
        "    assert mm_session.get_bind().dialect.name == mm_server.kind\n"
    )
    said = suite.passed(*STRICT, "-v")
    assert "test_it[sqlite] PASSED" in said
    assert "test_it[postgresql] PASSED" in said


def test_a_database_stands_where_a_test_wants_it(suite: Suite) -> None:
    suite.migration("0002_age", AGE)
    suite.tests(
        "def names(engine):\n"
        "    return [c['name'] for c in sa.inspect(engine).get_columns('users')]\n"
        '@pytest.mark.mm(to="0001")\n'
        "def test_below(mm_sqlalchemy):\n"
        "    assert names(mm_sqlalchemy) == ['id', 'email']\n"
        "def test_above(mm_sqlalchemy):\n"
        "    assert names(mm_sqlalchemy) == ['id', 'email', 'age']\n"
        '@pytest.mark.mm(to="0001_users")\n'
        "def test_rolled_back(mm_connection):\n"
        "    assert names(mm_connection) == ['id', 'email']\n"
        '@pytest.mark.mm(to="0001_users")\n'
        "def test_from_there(mm_migrator):\n"
        "    assert mm_migrator.up() == ('0002_age',)\n"
        "def test_from_nothing(mm_migrator):\n"
        "    assert mm_migrator.up() == ('0001_users', '0002_age')\n"
    )
    assert "5 passed" in suite.passed(*STRICT)
    assert "5 passed" in suite.passed(*STRICT, "-n", "2")


def test_the_nearest_mark_says_the_most(suite: Suite) -> None:
    suite.migration("0002_age", AGE)
    suite.tests(
        'pytestmark = pytest.mark.mm(database="sqlite", to="0001")\n'
        '@pytest.mark.mm(to="0002")\n'
        "def test_it(mm_migrator):\n"
        "    assert mm_migrator.up() == ()\n"
    )
    said = suite.passed(*STRICT, "--mm-databases", "postgresql", "-v")
    assert "test_it[sqlite] PASSED" in said


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ('to="0009"', '"0009"'),
        ('"0001"', "takes no '0001'; it takes database, to, isolation, seed, as in @"),
        ('seed="rows.sql"', "seed of the mark mm is 'rows.sql', not a function of a"),
        ("seed=lambda c: None", ", not a function of a module, which is given a conn"),
        ('isolation="none"', "isolation of the mark mm is 'none', not clone, rollback"),
        (
            'database="oracle"',
            "there are no test databases of oracle; there are sqlite",
        ),
        ("database=7", "database of the mark mm is 7, not a name or a list of names"),
        ("to=7", "to of the mark mm is 7, not the name of a migration"),
        ('untill="0001"', "the mark mm takes no untill"),
    ],
)
def test_a_mark_that_means_nothing_fails_its_test(
    suite: Suite, mark: str, told: str
) -> None:
    suite.tests(f"@pytest.mark.mm({mark})\ndef test_it(mm_database): pass\n")
    code, said = suite(*STRICT)
    assert code in (1, 2), said
    assert told in said
    assert "test_it" in said
    assert "INTERNALERROR" not in said
    assert "pytest_generate_tests" not in said


def test_a_fixture_that_is_asked_for_late_is_not_another_database(
    suite: Suite,
) -> None:
    suite.tests(
        '@pytest.mark.mm(database="postgresql")\n'
        "def test_it(request): request.getfixturevalue('mm_database')\n"
    )
    said = suite.failed(*STRICT, "--mm-databases", "sqlite")
    assert "wants postgresql, but the test has been given sqlite" in said


SESSION = """
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

class Base(DeclarativeBase): pass

class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]

@pytest.mark.parametrize("number", [1, 2])
def test_it(mm_session, number):
    assert isinstance(mm_session, Session)
    mm_session.add(User(id=7, email="x"))
    mm_session.commit()
    mm_session.add(User(id=8, email="y"))
    mm_session.flush()
    mm_session.rollback()
    assert [user.id for user in mm_session.scalars(sa.select(User))] == [7]
"""

ASYNCHRONOUS = """
import asyncio

@pytest.mark.parametrize("number", [1, 2])
def test_it(mm_async_engine, number):
    async def work():
        async with mm_async_engine.begin() as connection:
            await connection.execute(sa.text("INSERT INTO users VALUES (7, 'x')"))
        async with mm_async_engine.connect() as connection:
            return (await connection.execute(sa.text("SELECT * FROM users"))).all()
    assert asyncio.run(work()) == [(7, "x")]
"""


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.database("postgresql")),
    ]
)
def on(request: pytest.FixtureRequest, suite: Suite) -> tuple[str, ...]:
    """The words for one of two databases."""
    kind = str(request.param)
    if kind == "postgresql":
        url = request.getfixturevalue("postgresql_url")
        suite.environment["MAKEMIGRATIONS_TEST_URL"] = url
    return "--mm-databases", kind


@pytest.mark.parametrize("text", [SESSION, ASYNCHRONOUS], ids=["session", "async"])
def test_sqlalchemys_own_ways_leave_nothing_behind(
    suite: Suite, on: tuple[str, ...], text: str
) -> None:
    suite.tests(text)
    assert "2 passed" in suite.passed("-W", "error", *on)


def test_an_asynchronous_driver_that_is_missing_is_named(
    suite: Suite, hidden: Callable[[str], None]
) -> None:
    suite.tests("def test_it(mm_async_engine): pass\n")
    hidden("aiosqlite")
    said = suite.failed("-W", "error")
    assert "pip install aiosqlite greenlet" in said
    assert "Traceback" not in said


@pytest.fixture
def hidden(suite: Suite) -> Callable[[str], None]:
    """Have a module be missing in the tests."""

    def hide(name: str) -> None:
        suite.write("conftest.py", f"import sys\nsys.modules[{name!r}] = None\n")

    return hide
