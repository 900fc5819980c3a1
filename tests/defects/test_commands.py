"""Sections 12.H and 12.I: the command line, its settings, and its speed."""

from __future__ import annotations

import time

import pytest

from evolving import THINGS, Evolving
from mm_engine.runner.plan import plan_down
from runs import add, chain, create, migration
from schema_files import table, tables

BRANCH = """\
import mm_engine as mm

migration = mm.Migration(
    name="{name}",
    dependencies=["0001_initial"],
    operations=[mm.CreateTable("same", fields=[mm.Field("id", mm.{type}())])],
)
"""


@pytest.mark.parametrize("words", [("migrate", "showsql"), ("dump_sql",)])
def test_database_means_a_type_and_db_a_name(
    project: Evolving, words: tuple[str, ...]
) -> None:
    shown = project.line.fine(*words, "--help")
    assert "--database TYPE" in shown
    assert "--db NAME" in shown


def test_no_other_command_has_a_database_flag_that_means_something_else(
    project: Evolving,
) -> None:
    shown = project.line.fine("makemigrations", "--help")
    shown += project.line.fine("migrate", "up", "--help")
    assert "--database " not in shown


def test_two_branches_that_make_one_table_can_still_be_looked_at(
    project: Evolving,
) -> None:
    project.written(THINGS)
    for name in ("0002_a", "0002_b"):
        text = BRANCH.format(name=name, type="Integer")
        project.line.schema(text, f"migrations/{name}.py")
    assert "0002_a" in project.line.fine("migrate", "dag")
    merged = project.said("makemigrations", "--merge")
    assert merged.code == 1
    assert "0002_a" in merged.err
    assert "0002_b" in merged.err
    assert "hint" in merged.err


def test_after_a_merge_the_drawing_shows_it_and_no_warning(project: Evolving) -> None:
    project.written(THINGS)
    for name, other in (("0002_a", "a"), ("0002_b", "b")):
        text = BRANCH.format(name=name, type="Integer").replace("same", other)
        project.line.schema(text, f"migrations/{name}.py")
    project.line.fine("makemigrations", "--merge", "--name", "together")
    drawn = project.said("migrate", "dag")
    assert "branch" not in (drawn.out + drawn.err).lower()
    assert "0003_together" in drawn.out
    shown = project.said("migrate", "dag", "--format", "json").document
    assert shown["leaves"] == ["0003_together"]


@pytest.mark.database("sqlite")
def test_one_command_compares_schema_migrations_and_what_is_applied(
    project: Evolving,
) -> None:
    project.becomes(THINGS)
    text = project.line.source("0001_initial")
    project.line.edit("mm.Integer()", "mm.BigInt()", "migrations/0001_initial.py")
    assert project.said("check").code == 3
    project.line.schema(text, "migrations/0001_initial.py")
    assert project.said("check").code == 0
    project.line.schema(tables(table(name="others")))
    assert project.said("check").code == 3


def test_planning_a_long_way_down_takes_time_in_proportion() -> None:
    def seconds(number: int) -> float:
        names = [f"{n:04}_m" for n in range(number)]
        graph = chain(
            migration(names[0], create("things")),
            *(migration(name, add("things", name)) for name in names[1:]),
        )
        started = time.process_time()
        assert len(plan_down(graph, names, target="zero")) == number
        return time.process_time() - started

    seconds(20)
    short = min(seconds(50) for _ in range(3))
    long = min(seconds(400) for _ in range(3))
    assert long < 400 / 50 * short * 4


def test_a_schema_of_many_tables_is_replayed_in_proportion() -> None:
    def seconds(number: int) -> float:
        tables = [create(f"t{n}", "a", "b") for n in range(number)]
        graph = chain(migration("0001_all", *tables))
        started = time.process_time()
        assert len(graph.schema().tables) == number
        return time.process_time() - started

    seconds(20)
    short = min(seconds(100) for _ in range(5))
    # What is in each table is never copied; the list of tables is, so allow for it.
    assert min(seconds(1000) for _ in range(3)) < 1000 / 100 * short * 8
