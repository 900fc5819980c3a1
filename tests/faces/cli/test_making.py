from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from command_line import SCHEMA, Line

AGE = "      - {name: age, type: integer, nullable: false}\n"
SLUG = "      - {name: slug, type: varchar, length: 60, nullable: false}\n"
POSTS = """\
  - name: posts
    fields:
      - {name: id, type: integer, primary_key: true}
"""


def test_the_first_migration_is_called_initial(mm: Line) -> None:
    answer = mm("makemigrations")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "wrote migrations/0001_initial.py",
        "  + create table users",
    ]
    assert mm.migrations() == ["0001_initial"]


def test_later_ones_are_called_by_what_they_do(made: Line) -> None:
    made.schema(SCHEMA + POSTS)
    made.fine("makemigrations")
    assert made.migrations() == ["0001_initial", "0002_create_posts"]


def test_a_name_is_taken_and_cleaned(made: Line) -> None:
    made.schema(SCHEMA + POSTS)
    made.fine("generate", "--name", "../Add Posts!")
    assert made.migrations() == ["0001_initial", "0002_add_posts"]


def test_nothing_is_written_where_nothing_changed(made: Line) -> None:
    answer = made("makemigrations")
    assert (answer.code, answer.out) == (0, "")
    assert "No changes" in answer.err
    assert made.migrations() == ["0001_initial"]


def test_a_dry_run_prints_what_would_be_written(mm: Line) -> None:
    printed = mm.fine("makemigrations", "--dry-run")
    assert mm.migrations() == []
    mm.fine("makemigrations")
    assert mm.source("0001_initial") == printed


def test_check_says_whether_a_migration_is_needed(mm: Line) -> None:
    assert mm("makemigrations", "--check").code == 3
    assert mm.migrations() == []
    mm.fine("makemigrations")
    assert mm("makemigrations", "--check").code == 0


def test_check_asks_nothing(made: Line) -> None:
    made.edit("fullname", "display_name")
    answer = made("makemigrations", "--check", "--json")
    assert answer.code == 3
    assert [one["op"] for one in answer.document["operations"]] == [
        "DropField",
        "AddField",
    ]


@pytest.mark.parametrize(
    "words",
    [("makemigrations", "--empty"), ("generate", "empty"), ("empty",), ("blank",)],
)
def test_an_empty_migration_comes_after_the_last(
    made: Line, words: tuple[str, ...]
) -> None:
    made.fine(*words, "--name", "seed")
    assert made.migrations() == ["0001_initial", "0002_seed"]
    assert 'dependencies=["0001_initial"]' in made.source("0002_seed")


def test_every_question_is_told_where_no_terminal_is(made: Line) -> None:
    made.edit("fullname, type: varchar, length: 100}", "about, type: text}\n" + AGE)
    answer = made("makemigrations")
    assert (answer.code, answer.out) == (2, "")
    assert "--destructive drop:users.fullname=WORD" in answer.err
    assert "--one-off users.age=VALUE" in answer.err
    assert "one-off:users.age: INTEGER" in answer.err
    assert made.migrations() == ["0001_initial"]


def test_an_open_rename_hides_what_only_it_leads_to(made: Line) -> None:
    made.edit("fullname", "display_name")
    answer = made("makemigrations")
    assert answer.code == 2
    assert "--rename users.fullname:display_name" in answer.err
    assert "drop:users.fullname" not in answer.err


def test_flags_answer(made: Line) -> None:
    made.edit("fullname", "display_name")
    made.schema(made.folder.joinpath("schema/schema.yaml").read_text() + AGE)
    made.fine(
        "makemigrations",
        *("--rename", "users.fullname:display_name", "--one-off", "users.age=18"),
    )
    source = made.source(made.migrations()[-1])
    assert 'mm.RenameField("users", "fullname", new="display_name")' in source
    assert 'one_off=mm.Literal("18")' in source


def test_what_looks_renamed_may_be_dropped(made: Line) -> None:
    made.edit("fullname", "display_name")
    made.fine("makemigrations", "--no-rename", "users.fullname", "--yes")
    source = made.source(made.migrations()[-1])
    assert 'mm.DropField("users", "fullname")' in source
    assert "mm.AddField(" in source


@pytest.mark.parametrize(
    ("flags", "keyword"),
    [
        (("--silent",), 'review="loses what users.fullname holds"'),
        (("--destructive", "omit"), "schema_only=True"),
        (("--destructive", "drop:users.fullname=ignore-errors"), "if_present=True"),
        (("--answer", "drop:users.fullname=omit"), "schema_only=True"),
    ],
)
def test_what_destroys_is_written_as_was_said(
    made: Line, flags: tuple[str, ...], keyword: str
) -> None:
    made.edit("      - {name: fullname, type: varchar, length: 100}\n", "")
    made.fine("makemigrations", *flags)
    assert keyword in made.source(made.migrations()[-1])


def test_yes_does_not_make_up_values(made: Line) -> None:
    made.schema(SCHEMA + AGE)
    assert made("makemigrations", "--yes").code == 2


def test_answers_are_recorded_and_used_again(made: Line, tmp_path: Path) -> None:
    made.edit("fullname", "display_name")
    made.schema(made.folder.joinpath("schema/schema.yaml").read_text() + AGE)
    first = made.fine(
        "makemigrations",
        "--dry-run",
        *("--rename", "users.fullname:display_name", "--one-off", "users.age=18"),
        *("--record-answers", "answers.yaml"),
    )
    recorded = (tmp_path / "answers.yaml").read_text(encoding="utf-8")
    assert recorded == (
        'rename:users.fullname:display_name: "yes"\none-off:users.age: "18"\n'
    )
    again = made.fine("makemigrations", "--dry-run", "--answers", "answers.yaml")
    assert again == first


def test_a_flag_that_answers_nothing_is_refused(made: Line) -> None:
    made.schema(SCHEMA + POSTS)
    answer = made("makemigrations", "--one-off", "users.age=3")
    assert answer.code == 2
    assert "nothing asks about one-off:users.age" in answer.err
    assert made.migrations() == ["0001_initial"]


def test_a_flag_that_answers_nothing_is_shown_what_is_asked(made: Line) -> None:
    made.edit("      - {name: fullname, type: varchar, length: 100}\n", "")
    answer = made("makemigrations", "--yes", "--one-off", "users.age=3")
    assert "leave the flag out, or name one of drop:users.fullname\n" in answer.err


def test_a_file_of_answers_may_hold_more_than_is_asked(made: Line) -> None:
    made.schema(SCHEMA + AGE)
    made.schema("one-off:users.age: 4\ndrop:users.old: omit\n", "answers.yaml")
    made.fine("makemigrations", "--answers", "answers.yaml")


def test_a_renamed_from_needs_no_question(made: Line) -> None:
    made.edit("name: fullname,", "name: display_name, renamed_from: fullname,")
    made.fine("makemigrations")
    assert "mm.RenameField(" in made.source(made.migrations()[-1])


def test_a_stale_renamed_from_is_a_warning(made: Line) -> None:
    made.edit("name: fullname,", "name: display_name, renamed_from: fullname,")
    made.fine("makemigrations")
    answer = made("check")
    assert answer.code == 0
    assert "schema/schema.yaml:6:16: warning: " in answer.err
    assert "is stale" in answer.err


def test_the_last_migration_is_made_again_from_the_edited_schema(made: Line) -> None:
    made.schema(SCHEMA + POSTS)
    made.fine("makemigrations")
    made.edit("name: posts", "name: articles")
    answer = made("makemigrations", "--replace-last")
    assert answer.code == 0, answer.err
    assert made.migrations() == ["0001_initial", "0002_create_articles"]
    assert made("check").code == 0


def test_a_chosen_name_survives_being_made_again(made: Line) -> None:
    made.schema(SCHEMA + POSTS)
    made.fine("makemigrations", "--name", "blog")
    made.edit("name: posts", "name: articles")
    assert "rewrote migrations/0002_blog.py" in made.fine(
        "makemigrations", "--replace-last"
    )
    assert made.migrations() == ["0001_initial", "0002_blog"]


def test_what_was_decided_is_not_asked_again(made: Line) -> None:
    made.edit("fullname", "display_name")
    made.schema(made.folder.joinpath("schema/schema.yaml").read_text() + AGE)
    made.fine(
        "makemigrations",
        *("--rename", "users.fullname:display_name", "--one-off", "users.age=18"),
    )
    made.schema(made.folder.joinpath("schema/schema.yaml").read_text() + POSTS)
    made.fine("makemigrations", "--replace-last")
    source = made.source(made.migrations()[-1])
    assert 'new="display_name"' in source
    assert 'one_off=mm.Literal("18")' in source
    assert '"posts"' in source


def test_a_decision_can_be_changed_when_it_is_made_again(made: Line) -> None:
    made.edit("      - {name: fullname, type: varchar, length: 100}\n", "")
    made.fine("makemigrations", "--silent")
    made.fine("makemigrations", "--replace-last", "--destructive", "omit")
    source = made.source(made.migrations()[-1])
    assert "schema_only=True" in source
    assert "review=" not in source


def test_an_answer_outlives_another_change_of_its_field(made: Line) -> None:
    made.schema(SCHEMA + SLUG)
    made.fine("makemigrations", "--one-off", "users.slug=none-yet")
    made.edit("length: 60", "length: 90")
    made.fine("makemigrations", "--replace-last")
    source = made.source(made.migrations()[-1])
    assert 'one_off=mm.Literal("none-yet")' in source
    assert "mm.Varchar(90)" in source


def test_an_applied_migration_is_not_made_again(migrated: Line) -> None:
    migrated.edit("255", "300")
    answer = migrated("makemigrations", "--replace-last")
    assert answer.code == 2
    assert "0001_initial is applied" in answer.err


def test_what_no_schema_file_says_is_not_thrown_away(made: Line) -> None:
    made.fine("makemigrations", "--empty", "--name", "seed")
    made.edit(
        "operations=[]", 'operations=[mm.RunSQL("SELECT 1")]', "migrations/0002_seed.py"
    )
    answer = made("makemigrations", "--replace-last")
    assert answer.code == 2
    assert "holds what no schema file says: run SQL" in answer.err


def test_a_last_migration_that_is_not_needed_is_said_to_be_so(made: Line) -> None:
    made.schema(SCHEMA + POSTS)
    made.fine("makemigrations")
    made.schema(SCHEMA)
    answer = made("makemigrations", "--replace-last")
    assert answer.code == 0
    assert "delete its file" in answer.err
    assert len(made.migrations()) == 2


def branch(line: Line, name: str, schema: str, *flags: str) -> None:
    """A migration beside the others that there are after the first."""
    hidden = [
        line.folder / "migrations" / f"{other}.py"
        for other in line.migrations()
        if other != "0001_initial"
    ]
    for path in hidden:
        path.rename(path.with_suffix(".hidden"))
    line.schema(schema)
    line.fine("makemigrations", "--name", name, "--yes", *flags)
    for path in hidden:
        path.with_suffix(".hidden").rename(path)


def test_branches_are_never_merged_silently(made: Line) -> None:
    branch(made, "a", SCHEMA + POSTS)
    branch(made, "b", SCHEMA.replace("255", "300"))
    answer = made("makemigrations")
    assert answer.code == 1
    assert "0002_a, 0002_b" in answer.err
    assert "--merge" in answer.err
    assert made("check").code == 3


def test_branches_are_merged_when_told_to(made: Line) -> None:
    branch(made, "a", SCHEMA + POSTS)
    branch(made, "b", SCHEMA.replace("255", "300"))
    made.schema(SCHEMA.replace("255", "300") + POSTS)
    made.fine("makemigrations", "--merge", "--name", "together")
    assert "0003_together" in made.migrations()
    made.fine("migrate", "up")
    assert made("check").code == 0


def test_what_branches_disagree_about_is_asked(made: Line) -> None:
    branch(made, "a", SCHEMA.replace("255", "300"))
    branch(made, "b", SCHEMA.replace("255", "400"))
    answer = made("makemigrations", "--merge")
    assert answer.code == 2
    [line] = [row for row in answer.err.splitlines() if "--answer " in row]
    question = line.partition("--answer ")[2].removesuffix("=LEAF")
    made.fine("makemigrations", "--merge", "--answer", f"{question}=0002_b")
    made.schema(SCHEMA.replace("255", "400"))
    assert made("check").code == 0


def test_a_merge_asks_what_rows_need_that_one_order_lets_in(made: Line) -> None:
    required = SCHEMA.replace("length: 100", "length: 100, nullable: false")
    branch(made, "a", SCHEMA.replace("length: 100", "length: 200"))
    branch(made, "b", required, "--one-off", "users.fullname=?")
    made.schema(required.replace("length: 100", "length: 200"))
    assert "--one-off users.fullname" in made("makemigrations", "--merge").err
    made.fine("makemigrations", "--merge", "--one-off", "users.fullname=?")

    for name in ("0002_b", "0002_a"):
        made.fine("migrate", "up", "--to", name)
    with closing(sqlite3.connect(made.folder / "app.db")) as connection, connection:
        connection.execute("INSERT INTO users VALUES (1, 'x@y', NULL)")
    made.fine("migrate", "up")
    with closing(sqlite3.connect(made.folder / "app.db")) as connection:
        assert connection.execute("SELECT fullname FROM users").fetchall() == [("?",)]


def test_there_is_nothing_to_merge_without_branches(made: Line) -> None:
    answer = made("makemigrations", "--merge")
    assert answer.code == 1
    assert "nothing to merge" in answer.err


def test_migrations_are_squashed(made: Line) -> None:
    made.schema(SCHEMA + POSTS)
    made.fine("makemigrations")
    made.fine("squash", "--name", "everything")
    assert "0002_everything" in made.migrations()
    assert 'replaces=["0001_initial", "0002_create_posts"]' in made.source(
        "0002_everything"
    )
    made.fine("migrate", "up")
    assert made("check").code == 0


def test_a_squash_may_be_looked_at_first(made: Line) -> None:
    made.schema(SCHEMA + POSTS)
    made.fine("makemigrations")
    assert "replaces=" in made.fine("squash", "1", "2", "--dry-run")
    assert len(made.migrations()) == 2


@pytest.mark.parametrize("flags", [("--merge", "--empty"), ("--check", "--merge")])
def test_flags_that_contradict_each_other_are_refused(
    made: Line, flags: tuple[str, ...]
) -> None:
    answer = made("makemigrations", *flags)
    assert answer.code == 2
    assert "exclude each other" in answer.err
