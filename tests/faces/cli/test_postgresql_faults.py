"""What goes wrong with a PostgreSQL server, as the command line tells it.

Each time there is one clear message, the database is as before that migration, and the
password is nowhere.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from command_line import Answer, Line
from mm_engine.runner.postgresql import KEYS
from mm_pytest.servers.postgresql import postgresql_server
from postgresql import binaries
from postgresql_runs import database, rows, wait_until

pytestmark = pytest.mark.database("postgresql")

PASSWORD = "s3c:ret/%40"
SAFE = quote(PASSWORD, safe="")

MIGRATION = """\
import mm_engine as mm

migration = mm.Migration(
    name="0002_more",
    dependencies=["0001_initial"],
    operations=[
        mm.AddField("users", mm.Field("age", mm.Integer())),
        mm.RunSQL({sql!r}, ""),
    ],
)
"""
AGE = "SELECT 1 FROM pg_attribute WHERE attname = 'age' AND attrelid > 16384"
APPLIED = "SELECT name FROM makemigrations_history ORDER BY id"


@pytest.fixture(scope="module")
def guarded() -> Iterator[str]:
    """A server of its own that asks Ann for her password; gives the superuser's URL."""
    found = binaries()
    if found is None:
        pytest.skip("there are no PostgreSQL binaries here")
    with postgresql_server(found) as server:
        [[hba]] = rows(server, "SHOW hba_file")
        path = Path(str(hba))
        line = "host all ann 127.0.0.1/32 scram-sha-256\n"
        path.write_text(line + path.read_text("utf-8"), encoding="utf-8")
        rows(server, "SELECT pg_reload_conf()")
        rows(server, f"CREATE ROLE ann LOGIN PASSWORD '{PASSWORD}'")
        yield server


@pytest.fixture
def url(guarded: str) -> Iterator[str]:
    """An empty database of Ann's, as the superuser sees it."""
    with database(guarded) as made:
        rows(made, f"ALTER DATABASE {made.rpartition('/')[2]} OWNER TO ann")
        yield made


def as_ann(url: str, password: str = SAFE, options: str = "") -> str:
    """The same database by Ann's URL."""
    said = f"?options={quote(options)}" if options else ""
    return f"{url.replace('postgres@', f'ann:{password}@')}{said}"


def second(line: Line, sql: str) -> None:
    """Another migration, which runs some SQL at its end."""
    path = line.folder / "migrations" / "0002_more.py"
    path.write_text(MIGRATION.format(sql=sql), encoding="utf-8")


def fails(line: Line, url: str, text: str, *words: str, code: int = 1) -> Answer:
    """A command that fails as it should, in words and in JSON."""
    words = words or ("migrate", "up")
    plain = line.process("--url", url, *words, "--verbose")
    assert text in plain.err
    told = line.process("--url", url, *words, "--json")
    assert text in json.loads(told.out)["error"]["message"]
    for answer in (plain, told):
        assert answer.code == code
        check_clean(answer)
    return plain


def check_clean(answer: Answer) -> None:
    """No traceback, and the password in no spelling."""
    for said in (answer.out, answer.err):
        assert "Traceback" not in said
        assert "s3c" not in said
        assert "ret/" not in said


def as_before(line: Line, url: str) -> None:
    """The second migration left nothing, and runs once nothing is in its way."""
    assert rows(url, APPLIED) == [("0001_initial",)]
    assert rows(url, AGE) == []
    second(line, "SELECT 1")
    line.fine("--url", as_ann(url), "migrate", "up")
    assert rows(url, AGE) == [(1,)]


@pytest.mark.parametrize("words", [("migrate", "up"), ("migrate", "status")])
def test_a_wrong_password(made: Line, url: str, words: tuple[str, ...]) -> None:
    wrong = as_ann(url, quote("s3cond:ret/", safe=""))
    fails(made, wrong, "password authentication failed", *words)


def test_no_such_database(made: Line, url: str) -> None:
    away = f"{as_ann(url)}_away"
    answer = fails(made, away, "does not exist")
    assert "hint: " in answer.err


def test_no_rights(made: Line, url: str) -> None:
    rows(url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    rows(url, "ALTER SCHEMA public OWNER TO postgres")
    answer = fails(made, as_ann(url), "permission denied for schema public")
    assert "grant the user" in answer.err
    assert rows(url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []


def test_a_replica(made: Line) -> None:
    found = binaries()
    assert found is not None
    with postgresql_server(found, is_standby=True) as standby:
        url = standby.replace("postgres@", f"postgres:{SAFE}@")
        answer = fails(made, url, "read-only")
        assert "this server only reads" in answer.err
        assert made.process("--url", url, "migrate", "status").code == 0
        # It can be read; what the migrations say cannot be built there to compare.
        assert made.process("--url", url, "db2schema").code == 0
        compared = made.process("--url", url, "db-diff", "--against", "migrations")
        assert compared.code == 1, compared.out
        assert (
            "this server, or the transaction that is open, only reads" in compared.err
        )
        assert "hint: use a connection that writes" in compared.err
        assert PASSWORD not in compared.out + compared.err


@contextmanager
def running(line: Line, url: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A command under way."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mm_engine", "--url", url, *words],
        cwd=line.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


SLEEP = "SELECT pg_sleep(60)"
SLEEPING = f"SELECT pid FROM pg_stat_activity WHERE query = '{SLEEP}'"


def cut_off(line: Line, url: str, cut: str) -> Answer:
    """The answer of a command whose server process is ended in a statement."""
    with running(line, as_ann(url), "migrate", "up") as process:
        wait_until(lambda: rows(url, SLEEPING))
        [[number]] = rows(url, SLEEPING)
        if cut == "killed":
            os.kill(int(str(number)), signal.SIGKILL)
        else:
            rows(url, f"SELECT pg_terminate_backend({number})")
        out, err = process.communicate(timeout=20)
        return Answer(process.returncode, out, err)


@pytest.mark.parametrize("cut", ["terminated", "killed"])
def test_a_connection_that_is_dropped_in_the_middle(
    made: Line, url: str, cut: str
) -> None:
    made.fine("--url", as_ann(url), "migrate", "up")
    second(made, SLEEP)
    answer = cut_off(made, url, cut)
    assert answer.code == 1
    check_clean(answer)
    assert "0002_more: statement 2 of 2" in answer.err
    assert "nothing of this migration was done" in answer.err
    assert "look whether the server still runs" in answer.err
    wait_until(lambda: is_up(url))
    as_before(made, url)


def is_up(url: str) -> bool:
    """Whether the server answers; one of whose processes was killed begins anew."""
    try:
        return rows(url, "SELECT 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def test_time_is_over_for_a_statement(made: Line, url: str) -> None:
    made.fine("--url", as_ann(url), "migrate", "up")
    second(made, SLEEP)
    soon = as_ann(url, options="-c statement_timeout=200")
    answer = fails(made, soon, "statement timeout")
    assert "give it more time" in answer.err
    as_before(made, url)


def test_somebody_uses_the_table(made: Line, url: str) -> None:
    made.fine("--url", as_ann(url), "migrate", "up")
    second(made, "SELECT 1")
    soon = as_ann(url, options="-c lock_timeout=200")
    with psycopg.connect(url) as other:
        other.execute("SELECT * FROM users")
        answer = fails(made, soon, "lock timeout", code=4)
    assert "let whoever uses the table finish" in answer.err
    as_before(made, url)


@contextmanager
def tiny_disk(folder: Path) -> Iterator[bool]:
    """A disk of one megabyte in a folder; False where nobody may have one."""
    folder.mkdir()
    owner = folder.parent.stat().st_uid
    options = f"size=1m,mode=0700,uid={owner}"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


SAID = (
    "DO $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device'"
    " USING ERRCODE = '53100'; END $$"
)


def test_the_disk_is_full(made: Line, guarded: str, url: str) -> None:
    made.fine("--url", as_ann(url), "migrate", "up")
    [[data]] = rows(guarded, "SHOW data_directory")
    with tiny_disk(Path(str(data)).parent / "tiny") as is_real:
        # Only root has tiny disks; for others the server says what it would say.
        place = Path(str(data)).parent / "tiny"
        sql = SAID
        if is_real:
            rows(guarded, f"CREATE TABLESPACE tiny LOCATION '{place}'")
            rows(guarded, "GRANT CREATE ON TABLESPACE tiny TO ann")
            sql = "CREATE TABLE big TABLESPACE tiny AS SELECT repeat(md5(n::text), 60)"
            sql += " FROM generate_series(1, 5000) AS n"
        second(made, sql)
        answer = fails(made, as_ann(url), "No space left on device")
        assert "make room where the database lies" in answer.err
        as_before(made, url)
        if is_real:
            rows(guarded, "DROP TABLESPACE tiny")
    place.rmdir()


def test_another_who_migrates_is_waited_for_only_so_long(made: Line, url: str) -> None:
    with psycopg.connect(url) as other:
        other.execute(f"SELECT pg_advisory_xact_lock({KEYS[0]}, {KEYS[1]})".encode())
        words = ("migrate", "up", "--lock-timeout", "0.2")
        answer = fails(made, as_ann(url), "holds the lock", *words, code=4)
        assert "server process" in answer.err
        status = made.process("--url", as_ann(url), "migrate", "status")
        assert status.code == 0
    made.fine("--url", as_ann(url), "migrate", "up")
