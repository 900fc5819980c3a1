"""The contract for scripts: exit codes, and JSON to which keys are only ever added."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from command_line import SCHEMA, Line

POSTS = """\
  - name: posts
    fields:
      - {name: id, type: integer, primary_key: true}
"""
ADD_POSTS = {
    "op": "CreateTable",
    "table": "posts",
    "name": "posts",
    "text": "create table posts",
}


@pytest.fixture
def ahead(migrated: Line) -> Line:
    """A project whose schema file is ahead of its migrations by one table."""
    migrated.schema(SCHEMA + POSTS)
    return migrated


@pytest.mark.parametrize(
    "words", [("makemigrations", "--check"), ("check",), ("schema-diff",)]
)
def test_something_needed_is_exit_3_and_nothing_is_0(
    ahead: Line, words: tuple[str, ...]
) -> None:
    assert ahead(*words).code == 3
    assert ahead(*words, "--json").code == 3
    ahead.fine("makemigrations")
    assert ahead(*words).code == 0
    assert ahead(*words, "--json").code == 0


def test_schema_diff_as_json(ahead: Line) -> None:
    assert ahead("schema-diff", "--json").document == {
        "version": 1,
        "drift": True,
        "operations": [ADD_POSTS],
    }
    ahead.fine("makemigrations")
    assert ahead("schema-diff", "--json").document == {
        "version": 1,
        "drift": False,
        "operations": [],
    }


def test_status_as_json(ahead: Line) -> None:
    ahead.fine("makemigrations")
    document = ahead("migrate", "status", "--json").document
    assert document["database"] == "sqlite:///app.db"
    assert [
        {key: one[key] for key in ("name", "state")} for one in document["migrations"]
    ] == [
        {"name": "0001_initial", "state": "applied"},
        {"name": "0002_create_posts", "state": "pending"},
    ]
    assert ahead("migrate", "status", "--check", "--json").code == 3


def test_every_state_has_its_word(made: Line) -> None:
    for number in range(2, 6):
        made.fine("empty", "--name", f"n{number}")
    made.fine("migrate", "up", "--to", "0003")
    made.fine("migrate", "fake", "0004")
    made.edit(
        "operations=[]", 'operations=[mm.RunSQL("SELECT 1")]', "migrations/0003_n3.py"
    )
    with closing(sqlite3.connect(made.folder / "app.db")) as connection, connection:
        sql = "INSERT INTO makemigrations_history (name) VALUES ('0000_gone')"
        connection.execute(sql)
    found = made("migrate", "status", "--json").document["migrations"]
    assert {one["name"]: one["state"] for one in found} == {
        "0001_initial": "applied",
        "0002_n2": "applied",
        "0003_n3": "changed",
        "0004_n4": "faked",
        "0005_n5": "pending",
        "0000_gone": "missing",
    }


def test_up_and_down_as_json(ahead: Line) -> None:
    ahead.fine("makemigrations")
    document = ahead("migrate", "up", "--json").document
    assert document["database"] == "sqlite:///app.db"
    assert [one["name"] for one in document["applied"]] == ["0002_create_posts"]
    assert ahead("migrate", "up", "--json").document["applied"] == []
    undone = ahead("migrate", "down", "--json").document["undone"]
    assert [one["name"] for one in undone] == ["0002_create_posts"]


def test_a_new_migration_as_json(ahead: Line) -> None:
    document = ahead("makemigrations", "--json").document
    assert document["needed"] is True
    assert document["migration"]["name"] == "0002_create_posts"
    assert document["migration"]["path"] == "migrations/0002_create_posts.py"
    assert document["operations"] == [ADD_POSTS]
    assert ahead("makemigrations", "--json").document["needed"] is False


def test_findings_of_a_check_as_json(ahead: Line) -> None:
    document = ahead("check", "--json").document
    assert document["ok"] is False
    assert [one["code"] for one in document["findings"]] == ["unwritten-changes"]


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (("migrate", "up", "--to", "nothing"), 1, "graph"),
        (("migrate", "status", "--url", "nonsense"), 1, "config"),
        (("migrate", "up", "--nonsense"), 2, "usage"),
        (("nonsense",), 2, "usage"),
        (("migrate", "nonsense"), 2, "usage"),
        (("migrate", "fake"), 2, "usage"),
        (("makemigrations", "--merge"), 1, "graph"),
        (("--db", "nonsense", "check"), 2, "usage"),
        (("--config", "nonsense.yaml", "check"), 1, "config"),
        (("-C", "nonsense", "check"), 2, "usage"),
    ],
)
def test_errors_as_json(
    migrated: Line, words: tuple[str, ...], code: int, kind: str
) -> None:
    answer = migrated(*words, "--json")
    assert answer.code == code
    error = answer.document["error"]
    assert error["kind"] == kind
    assert error["message"]
    assert {"file", "line", "column", "hint"} <= error.keys()


def test_an_error_in_a_file_has_its_place_in_json(ahead: Line) -> None:
    ahead.edit("type: varchar", "typ: varchar")
    error = ahead("check", "--json").document["error"]
    assert error["kind"] == "schema_file"
    assert (error["file"], error["line"]) == ("schema/schema.yaml", 5)
    hints = [problem["hint"] for problem in error["problems"]]
    assert 'did you mean "type"?' in hints


def test_open_questions_are_usage(migrated: Line) -> None:
    migrated.edit("fullname", "display_name")
    answer = migrated("makemigrations", "--json")
    assert answer.code == 2
    assert answer.document["error"]["kind"] == "usage"


@pytest.mark.parametrize(
    "words",
    [
        ("init",),
        ("makemigrations", "--check"),
        ("makemigrations", "--dry-run"),
        ("check",),
        ("check", "--drift"),
        ("schema-diff",),
        ("db-diff",),
        ("db-diff", "--write", "migration"),
        ("db-diff", "--write", "repair"),
        ("db2schema",),
        ("current-state",),
        ("dump_sql",),
        ("config",),
        ("version",),
        ("migrate", "up"),
        ("migrate", "up", "--plan"),
        ("migrate", "down"),
        ("migrate", "down", "--plan"),
        ("migrate", "status"),
        ("migrate", "showsql"),
        ("migrate", "fake", "--all"),
        ("migrate", "dag"),
        ("squash",),
        ("empty",),
    ],
)
def test_every_command_answers_in_one_document(
    ahead: Line, words: tuple[str, ...]
) -> None:
    assert ahead(*words, "--json").document["version"] == 1


ALL = [
    ("init",),
    ("makemigrations",),
    ("makemigrations", "empty"),
    ("empty",),
    ("squash",),
    ("check",),
    ("schema-diff",),
    ("db-diff",),
    ("db2schema",),
    ("current-state",),
    ("dump_sql",),
    ("config",),
    ("version",),
    ("migrate",),
    ("migrate", "up"),
    ("migrate", "down"),
    ("migrate", "status"),
    ("migrate", "showsql"),
    ("migrate", "fake"),
    ("migrate", "dag"),
]


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_every_command_takes_the_options_of_all(
    mm: Line, words: tuple[str, ...]
) -> None:
    shown = mm.fine(*words, "--help")
    for option in ("-C FOLDER", "--config FILE", "--db NAME", "--url URL"):
        assert option in shown


def test_options_may_stand_before_the_command(migrated: Line) -> None:
    assert migrated("--url", "sqlite:///x.db", "migrate", "status").code == 0
    first = migrated("--url", "sqlite:///x.db", "migrate", "status", "--json")
    assert first.document["database"] == "sqlite:///x.db"
    later = migrated(
        *("--url", "sqlite:///x.db", "migrate", "--url", "sqlite:///y.db"),
        *("status", "--json", "--url", "sqlite:///z.db"),
    )
    assert later.document["database"] == "sqlite:///z.db"


def test_only_results_are_on_stdout(ahead: Line) -> None:
    for words in (
        ("makemigrations", "--dry-run"),
        ("migrate", "showsql", "--all"),
        ("current-state",),
    ):
        answer = ahead(*words, "--verbose")
        assert answer.code == 0
        assert "project: " not in answer.out
        assert "project: " in answer.err
    compile(ahead("makemigrations", "--dry-run").out, "made", "exec")


def test_what_a_migration_prints_is_no_result(migrated: Line) -> None:
    migrated.schema(
        """\
import mm_engine as mm

print("while it is read")


def talk(connection, schema):
    print("while it runs")


migration = mm.Migration(
    name="0002_talk",
    dependencies=["0001_initial"],
    operations=[mm.RunPython(talk, talk)],
)
""",
        "migrations/0002_talk.py",
    )
    answer = migrated("migrate", "up", "--json")
    assert [one["name"] for one in answer.document["applied"]] == ["0002_talk"]
    assert "while it is read\n" in answer.err
    assert "while it runs\n" in answer.err


def test_output_is_plain_where_no_terminal_is(ahead: Line) -> None:
    answer = ahead.process("makemigrations", "--dry-run")
    assert answer.code == 0
    assert "\033" not in answer.out + answer.err


def test_a_reader_that_leaves_early_is_no_fault(made: Line) -> None:
    for number in range(2, 40):
        made.fine("empty", "--name", f"n{number}")
    command = [sys.executable, "-m", "mm_engine", "migrate", "showsql", "--all"]
    with subprocess.Popen(
        command, cwd=made.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def without(line: Line, closed: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A command that is started with streams closed or led away, by a shell."""
    return subprocess.run(
        ["sh", "-c", f'exec "$0" -m mm_engine "$@" {closed}', sys.executable, *words],
        cwd=line.folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_question_with_stdin_closed_is_told_how_to_answer(made: Line) -> None:
    made.edit("      - {name: fullname, type: varchar, length: 100}\n", "")
    done = without(made, "<&-", "makemigrations")
    assert done.returncode == 2
    assert "--destructive drop:users.fullname=WORD" in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_work_is_done_with_streams_closed(made: Line, closed: str) -> None:
    done = without(made, closed, "migrate", "up")
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0)
    assert "applied" in made.fine("migrate", "status")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("words", [("current-state",), ("check", "--json")])
def test_a_result_that_cannot_be_written_is_an_error(
    made: Line, words: tuple[str, ...]
) -> None:
    done = without(made, ">/dev/full", *words)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "error: the result cannot be written: No space left on device"
    )


def test_a_fault_of_ours_shows_where_it_is(made: Line) -> None:
    script = (
        "import sys; from mm_engine import project\n"
        "from mm_engine.project import Project\n"
        "def broken(*a, **k): raise RuntimeError('a fault')\n"
        "Project.status = broken\n"
        "from mm_engine.cli.app import main\n"
        "sys.argv = ['makemigrations', 'migrate', 'status']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=made.folder,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "RuntimeError: a fault" in done.stderr
