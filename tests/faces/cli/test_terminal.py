"""What a person at a terminal sees and types."""

from __future__ import annotations

import re
import sqlite3
import sys
from contextlib import closing

import pytest

from command_line import SCHEMA, Answer, Line, at_terminal

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="there are no pseudo-terminals"
)

FULLNAME = "      - {name: fullname, type: varchar, length: 100}\n"
KEYS = "? for help [2]: "
INTERRUPT, END = "\x03", "\x04"


def typed(line: Line, *answers: tuple[str, str]) -> Answer:
    """What is said while a migration is made and these answers are given."""
    return at_terminal(line.folder, ["makemigrations"], answers)


def last(line: Line) -> str:
    return line.source(line.migrations()[-1])


@pytest.fixture
def dropping(made: Line) -> Line:
    """A project in whose schema file two fields are missing now."""
    made.edit(FULLNAME, "")
    made.edit(
        "      - {name: email, type: varchar, length: 255, nullable: false}\n", ""
    )
    return made


@pytest.mark.parametrize(
    ("key", "keyword"),
    [
        ("5", "DropField"),
        ("2a", "review="),
        ("3t", "schema_only=True"),
        ("6 A", "if_present=True"),
    ],
)
def test_a_key_with_a_letter_decides_about_more(
    dropping: Line, key: str, keyword: str
) -> None:
    answer = typed(dropping, (KEYS, f"{key}\n"))
    assert answer.code == 0
    assert last(dropping).count(keyword) == 2


def test_a_key_alone_decides_about_one_thing(dropping: Line) -> None:
    answer = typed(dropping, (KEYS, "3\n"), (KEYS, "6\n"))
    assert answer.code == 0
    assert last(dropping).count("schema_only=True") == 1
    assert last(dropping).count("if_present=True") == 1


def test_enter_means_review(dropping: Line) -> None:
    typed(dropping, (KEYS, "\n"), (KEYS, "\n"))
    assert last(dropping).count("review=") == 2


def test_exit_writes_nothing(dropping: Line) -> None:
    answer = typed(dropping, (KEYS, "4\n"))
    assert answer.code == 1
    assert "nothing was written" in answer.out
    assert dropping.migrations() == ["0001_initial"]


@pytest.mark.parametrize("key", [INTERRUPT, END])
def test_ctrl_c_and_ctrl_d_stop_without_a_traceback(dropping: Line, key: str) -> None:
    answer = typed(dropping, (KEYS, key))
    assert answer.code == 130
    assert answer.out.endswith("stopped\n")
    assert "Traceback" not in answer.out
    assert dropping.migrations() == ["0001_initial"]


def test_the_question_shows_the_sql_and_every_key(dropping: Line) -> None:
    answer = typed(dropping, (KEYS, "?\n"), (KEYS, "9\n"), (KEYS, "4\n"))
    assert 'ALTER TABLE "users" DROP COLUMN' in answer.out
    for name in ("Generate", "Review", "Omit", "Exit", "All", "IgnoreErrors"):
        assert name in answer.out
    assert "with a letter about more" in answer.out


def test_a_rename_is_a_question_with_no_as_its_answer(made: Line) -> None:
    made.edit("fullname", "display_name")
    question = "was it renamed?"
    typed(made, (question, "maybe\n"), ("yes/no", "y\n"))
    assert "RenameField" in last(made)
    made.fine("makemigrations", "--replace-last")
    (made.folder / "migrations" / f"{made.migrations()[-1]}.py").unlink()
    typed(made, (question, "\n"), (KEYS, "1\n"))
    assert "DropField" in last(made)


def test_a_merge_asks_which_branch_is_right(made: Line) -> None:
    for name, length in (("a", "300"), ("ab", "400")):
        made.schema(SCHEMA.replace("255", length))
        made.fine("makemigrations", "--name", name)
        path = made.folder / "migrations" / f"0002_{name}.py"
        path.rename(path.with_suffix(".hidden"))
    for path in (made.folder / "migrations").glob("*.hidden"):
        path.rename(path.with_suffix(".py"))
    answer = at_terminal(
        made.folder,
        ["makemigrations", "--merge"],
        [
            ("0002_a/0002_ab, ? for help: ", "\n"),
            ("0002_a/0002_ab", "0002_a\n"),
            (KEYS, "1\n"),
        ],
    )
    assert answer.code == 0
    assert "mm.Varchar(300)" in answer.out
    assert "mm.Varchar(300)" in last(made)


def test_a_value_is_asked_until_it_fits(made: Line) -> None:
    made.edit(
        FULLNAME, FULLNAME + "      - {name: age, type: integer, nullable: false}\n"
    )
    answer = typed(
        made,
        ("integer, ? for help: ", "\n"),
        ("integer, ? for help: ", "old\n"),
        ("integer, ? for help: ", "18\n"),
    )
    assert answer.code == 0
    assert '"old" does not fit; wanted is a whole number' in answer.out
    assert 'one_off=mm.Literal("18")' in last(made)


def test_answers_from_flags_leave_the_rest_to_the_terminal(made: Line) -> None:
    made.edit("fullname", "display_name")
    words = ["makemigrations", "--no-rename", "users.fullname"]
    assert at_terminal(made.folder, words, [(KEYS, "3\n")]).code == 0
    assert "schema_only=True" in last(made)


def test_answers_at_the_terminal_are_recorded(dropping: Line) -> None:
    words = ["makemigrations", "--record-answers", "said.yaml"]
    at_terminal(dropping.folder, words, [(KEYS, "3a\n")])
    text = (dropping.folder / "said.yaml").read_text(encoding="utf-8")
    assert text == "drop:users.email: omit\ndrop:users.fullname: omit\n"


@pytest.mark.parametrize(("said", "code", "left"), [("y", 0, 0), ("", 1, 1)])
def test_down_asks_before_rows_are_lost(
    migrated: Line, said: str, code: int, left: int
) -> None:
    with closing(sqlite3.connect(migrated.folder / "app.db")) as connection, connection:
        connection.execute("INSERT INTO users (id, email) VALUES (1, 'a')")
    answer = at_terminal(
        migrated.folder, ["migrate", "down"], [("Undo it all the same?", f"{said}\n")]
    )
    assert answer.code == code
    assert "loses every row of users" in answer.out
    with closing(sqlite3.connect(migrated.folder / "app.db")) as connection:
        sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'users'"
        assert connection.execute(sql).fetchone() == (left,)


def test_a_terminal_gets_colours_a_table_and_a_bar(made: Line) -> None:
    for number in range(2, 5):
        made.fine("empty", "--name", f"n{number}")
    up = at_terminal(made.folder, ["migrate", "up"], [])
    assert up.code == 0
    assert "━" in up.out
    for name in made.migrations():
        assert f"applied {name} (" in up.out
    status = at_terminal(made.folder, ["migrate", "status"], [])
    assert "\033[32mapplied\033[0m" in status.out
    assert "\033[" in at_terminal(made.folder, ["migrate", "showsql", "--all"], []).out


@pytest.mark.parametrize(
    "command",
    [["migrate", "showsql", "--all"], ["migrate", "status"]],
    ids=" ".join,
)
def test_colours_can_be_switched_off(
    made: Line, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    coloured = re.compile("\033\\[[0-9;]*[1-9][0-9;]*m")
    assert not coloured.search(
        at_terminal(made.folder, [*command, "--no-color"], []).out
    )
    monkeypatch.setenv("NO_COLOR", "1")
    assert not coloured.search(at_terminal(made.folder, command, []).out)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("MAKEMIGRATIONS_OUTPUT_COLOR_ENABLED", "false")
    assert not coloured.search(at_terminal(made.folder, command, []).out)


def test_what_is_said_fits_into_eighty_columns(dropping: Line) -> None:
    plain = re.compile("\033\\[[0-9;?]*[A-Za-z]")
    for words, answers in (
        (["makemigrations"], [(KEYS, "?\n"), (KEYS, "1a\n")]),
        (["migrate", "up"], []),
        (["migrate", "status"], []),
        (["config"], []),
    ):
        out = plain.sub("", at_terminal(dropping.folder, words, answers).out)
        lines = [row for row in out.splitlines() if str(dropping.folder) not in row]
        assert max(map(len, lines)) <= 80, words


def test_a_narrow_terminal_leaves_nothing_out(migrated: Line) -> None:
    answer = at_terminal(migrated.folder, ["config"], (), columns=40)
    assert answer.code == 0
    [row] = [row for row in answer.out.splitlines() if "default_url" in row]
    assert row.split()[:2] == ["database.default_url", "sqlite:///app.db"]
