"""How tests are kept apart: a copy each, a transaction, or one database emptied."""

from __future__ import annotations

import pytest

from suites import Suite

STRICT = ("-W", "error", "--strict-markers")
SEEDS = """
    mm.CreateTable(
        "logs",
        fields=[
            mm.Field("id", mm.Serial(), nullable=False),
            mm.Field("said", mm.Varchar(99), nullable=True),
            mm.Field("user_id", mm.Integer(), nullable=True),
        ],
        primary_key=mm.PrimaryKey(["id"], name="logs_pkey"),
        foreign_keys=[
            mm.ForeignKey(
                ["user_id"], "users", references=["id"], name="fk_logs_user_id",
            )
        ],
    ),
    mm.RunSQL("INSERT INTO users (id, email) VALUES (1, 'seed')", ""),
    mm.RunSQL("INSERT INTO logs (said, user_id) VALUES ('first', 1)", ""),
"""
COMMITS = """
USERS = sa.text("SELECT id, email FROM users ORDER BY id")
LOGS = sa.text("SELECT id, said FROM logs ORDER BY id")


@pytest.mark.parametrize("number", range(3))
def test_it_begins_as_the_migrations_end(mm_sqlalchemy, number):
    with mm_sqlalchemy.begin() as connection:
        assert connection.execute(USERS).all() == [(1, "seed")]
        assert connection.execute(LOGS).all() == [(1, "first")]
        connection.execute(sa.text("INSERT INTO logs (said) VALUES ('more')"))
        connection.execute(sa.text("INSERT INTO users VALUES (7, 'x')"))
        connection.execute(sa.text("UPDATE users SET email = 'y' WHERE id = 1"))
    with mm_sqlalchemy.connect() as connection:
        assert connection.execute(USERS).all() == [(1, "y"), (7, "x")]
        connection.execute(sa.text("DELETE FROM logs"))
    with mm_sqlalchemy.connect() as connection:
        assert len(connection.execute(LOGS).all()) == 2
"""


@pytest.fixture(
    params=[
        pytest.param(name, marks=pytest.mark.database(name))
        for name in ("sqlite", "postgresql", "mariadb")
    ]
)
def on(request: pytest.FixtureRequest, suite: Suite) -> tuple[str, ...]:
    """The words that choose a database, whose server is the run's."""
    name: str = request.param
    servers = {"postgresql": "postgresql_url", "mariadb": "mariadb_server"}
    if name in servers:
        url: str = request.getfixturevalue(servers[name])
        suite.environment["MAKEMIGRATIONS_TEST_URL"] = url
    return (*STRICT, "--mm-databases", name)


@pytest.mark.parametrize("isolation", ["clone", "rollback", "truncate"])
def test_a_test_may_commit_and_the_next_sees_nothing_of_it(
    suite: Suite, on: tuple[str, ...], isolation: str
) -> None:
    suite.migration("0002_seeds", SEEDS)
    suite.tests(COMMITS)
    assert "3 passed" in suite.passed(*on, "--mm-isolation", isolation)


def test_what_counts_stands_where_it_stood(suite: Suite, on: tuple[str, ...]) -> None:
    suite.migration("0002_seeds", SEEDS)
    suite.tests(
        "@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_it(mm_session, number):\n"
        "    mm_session.execute(sa.text(\"INSERT INTO logs (said) VALUES ('x')\"))\n"
        "    mm_session.commit()\n"
        "    count = sa.text('SELECT max(id) FROM logs')\n"
        "    assert mm_session.scalar(count) == 2\n"
    )
    assert "2 passed" in suite.passed(*on, "--mm-isolation", "truncate")


def test_a_connection_may_commit_where_rows_go_after_the_test(
    suite: Suite, on: tuple[str, ...]
) -> None:
    suite.write("pytest.ini", "[pytest]\nmm_isolation = truncate\n")
    suite.tests(
        "@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_it(mm_connection, mm_database, number):\n"
        "    mm_connection.execute(sa.text(\"INSERT INTO users VALUES (7, 'x')\"))\n"
        "    mm_connection.commit()\n"
        "    other = sa.create_engine(mm_database)\n"
        "    with other.connect() as connection:\n"
        "        count = connection.scalar(sa.text('SELECT count(*) FROM users'))\n"
        "    other.dispose()\n"
        "    assert count == 1\n"
    )
    assert "2 passed" in suite.passed(*on)


def test_the_engine_and_the_connection_of_a_test_are_in_one_transaction(
    suite: Suite, on: tuple[str, ...]
) -> None:
    suite.tests(
        "@pytest.mark.mm(isolation='rollback')\n"
        "@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_it(mm_sqlalchemy, mm_connection, mm_session, number):\n"
        "    insert = sa.text(\"INSERT INTO users VALUES (7, 'x')\")\n"
        "    count = sa.text('SELECT count(*) FROM users')\n"
        "    with mm_sqlalchemy.begin() as connection:\n"
        "        connection.execute(insert)\n"
        "    with pytest.raises(sa.exc.IntegrityError):\n"
        "        with mm_sqlalchemy.begin() as connection:\n"
        "            connection.execute(insert)\n"
        "    mm_sqlalchemy.dispose()\n"
        "    assert mm_connection.scalar(count) == 1\n"
        "    assert mm_session.scalar(count) == 1\n"
    )
    assert "2 passed" in suite.passed(*on)


@pytest.mark.parametrize("engine", ["mm_sqlalchemy", "sa.create_engine(mm_database)"])
def test_what_a_test_leaves_open_is_told_and_spoils_no_other(
    suite: Suite, on: tuple[str, ...], engine: str
) -> None:
    suite.tests(
        "pytestmark = pytest.mark.mm(isolation='truncate')\n"
        "left = []\n"
        "def test_one(mm_database, mm_sqlalchemy):\n"
        f"    left.append({engine}.connect())\n"
        "    left[0].execute(sa.text(\"INSERT INTO users VALUES (7, 'x')\"))\n"
        "def test_other(mm_sqlalchemy):\n"
        "    with mm_sqlalchemy.connect() as connection:\n"
        "        assert not connection.execute(sa.text('SELECT * FROM users')).all()\n"
    )
    said = suite.failed(*on, "-W", "default")
    assert "2 passed, 1 error" in said, said
    assert "the test has left a database that cannot be used again: " in said
    if "sqlite" in on and "create_engine" in engine:
        assert "that holds its tables: database is locked; it is made anew" in said


@pytest.mark.database("mariadb")
@pytest.mark.parametrize("isolation", ["clone", "rollback"])
def test_a_table_that_commits_what_came_before_is_told_and_spoils_no_other(
    suite: Suite, mariadb_server: str, isolation: str
) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = mariadb_server
    suite.tests(
        "def test_one(mm_connection):\n"
        "    mm_connection.execute(sa.text(\"INSERT INTO users VALUES (7, 'x')\"))\n"
        "    mm_connection.execute(sa.text('CREATE TABLE more (id INT)'))\n"
        "def test_other(mm_connection):\n"
        "    users = sa.text('SELECT id FROM users')\n"
        "    assert mm_connection.execute(users).all() == []\n"
        "    assert not sa.inspect(mm_connection).has_table('more')\n"
    )
    words = ("--mm-databases", "mariadb", "--mm-isolation", isolation)
    said = suite.failed(*STRICT, *words)
    assert "2 passed, 1 error" in said
    assert "the test ended the transaction of mm_connection" in said


@pytest.mark.database("sqlite")
def test_a_second_connection_is_refused_in_a_rollback(suite: Suite) -> None:
    suite.tests(
        "@pytest.mark.mm(isolation='rollback')\n"
        "def test_it(mm_sqlalchemy):\n"
        "    with mm_sqlalchemy.connect(), mm_sqlalchemy.connect():\n"
        "        pass\n"
    )
    said = suite.failed(*STRICT)
    assert "isolation rollback has one connection, and it is in use" in said


@pytest.mark.database("sqlite")
def test_a_url_is_refused_in_a_rollback(suite: Suite) -> None:
    suite.tests("def test_it(mm_database): pass\n")
    said = suite.failed(*STRICT, "--mm-isolation", "rollback")
    assert "isolation rollback is one connection's, and a URL makes others" in said
    assert "Traceback" not in said


@pytest.mark.database("sqlite")
def test_a_word_of_the_ini_file_is_refused(suite: Suite) -> None:
    suite.write("pytest.ini", "[pytest]\nmm_isolation = none\n")
    suite.tests("def test_it(mm_database): pass\n")
    code, said = suite(*STRICT)
    assert code == 4
    assert "mm_isolation is none, not clone, rollback, truncate" in said


@pytest.mark.database("mariadb")
def test_rows_that_a_trigger_would_meet_are_not_put_back(
    suite: Suite, mariadb_server: str
) -> None:
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = mariadb_server
    trigger = "CREATE TRIGGER t AFTER INSERT ON users FOR EACH ROW SET @x = 1"
    suite.migration("0002_seeds", f"{SEEDS} mm.RunSQL('{trigger}', '')")
    suite.tests("def test_it(mm_sqlalchemy): pass\n")
    words = ("--mm-databases", "mariadb", "--mm-isolation", "truncate")
    said = suite.failed(*STRICT, *words)
    assert "migrations leave rows in users, whose trigger t would run when" in said


@pytest.mark.database("postgresql")
def test_who_may_not_silence_triggers_has_tables_truncated(
    suite: Suite, postgresql_url: str
) -> None:
    """A user who may only create databases, and cannot put rows back then."""
    from urllib.parse import urlsplit

    import psycopg

    with psycopg.connect(postgresql_url, autocommit=True) as server:
        server.execute("DROP ROLE IF EXISTS mm_plain")
        server.execute("CREATE ROLE mm_plain LOGIN CREATEDB PASSWORD 'plain'")
    url = urlsplit(postgresql_url)
    place = url.netloc.rpartition("@")[2]
    plain = url._replace(netloc=f"mm_plain:plain@{place}").geturl()
    suite.environment["MAKEMIGRATIONS_TEST_URL"] = plain
    words = ("--mm-databases", "postgresql", "--mm-isolation", "truncate")
    suite.tests(
        "@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_it(mm_connection, number):\n"
        "    mm_connection.execute(sa.text(\"INSERT INTO users VALUES (7, 'x')\"))\n"
        "    mm_connection.commit()\n"
    )
    assert "2 passed" in suite.passed(*STRICT, *words)
    suite.migration("0002_seeds", SEEDS)
    said = suite.failed(*STRICT, *words)
    assert "isolation truncate cannot be had: migrations leave rows in public." in said
    with psycopg.connect(postgresql_url, autocommit=True) as server:
        server.execute("DROP ROLE mm_plain")
