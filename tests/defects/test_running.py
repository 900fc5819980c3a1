"""Section 12.D: migrations applied, undone and looked at."""

from __future__ import annotations

import pytest

from evolving import THINGS, Evolving, things
from schema_files import table, tables

pytestmark = pytest.mark.database("sqlite")


def test_if_present_tolerates_absence_and_nothing_else(project: Evolving) -> None:
    project.becomes(things("{name: x, type: text}", "{name: y, type: text}"))
    project.rows("CREATE VIEW seen AS SELECT x FROM things")
    answer = ("--destructive", "drop:things.x=ignore-errors")
    project.written(things("{name: y, type: text}"), *answer)
    failed = project.said("migrate", "up")
    assert failed.code == 1
    assert "seen" in failed.err
    assert project.columns("things") == ["id", "x", "y"]


@pytest.mark.parametrize("steps", ["0", "-1"])
def test_a_number_of_steps_that_means_nothing_undoes_nothing(
    project: Evolving, steps: str
) -> None:
    project.becomes(THINGS)
    assert project.said("migrate", "down", "--yes", "--steps", steps).code in (1, 2)
    assert project.names("table") == ["things"]


def test_an_applied_target_applies_nothing_more(project: Evolving) -> None:
    project.becomes(THINGS)
    project.written(tables(table(), table(name="others")))
    project.up("--to", "0001")
    assert project.names("table") == ["things"]


def test_down_to_a_target_undoes_everything_after_it(project: Evolving) -> None:
    project.becomes(THINGS)
    project.becomes(tables(table(), table(name="a")))
    project.becomes(tables(table(), table(name="a"), table(name="b")))
    project.down("--to", "0001")
    assert project.names("table") == ["things"]


def test_the_configured_type_decides_whose_sql_is_run(project: Evolving) -> None:
    project.line.schema(
        "database: {type: mysql, default_url: 'sqlite:///app.db'}\n",
        "migrations/makemigrations.config.yaml",
    )
    project.line.schema(THINGS)
    project.line.fine("makemigrations")
    answer = project.said("migrate", "up")
    assert answer.code == 1
    assert "mysql" in answer.err
    assert not (project.line.folder / "app.db").exists()


@pytest.mark.parametrize("scheme", ["clickhouse", "vertica", "ydb", "libsql"])
def test_no_database_is_driven_as_if_it_were_another(
    project: Evolving, scheme: str
) -> None:
    project.line.schema(THINGS)
    project.line.fine("makemigrations")
    answer = project.said("migrate", "up", "--url", f"{scheme}://host/name")
    assert answer.code == 1
    assert "postgres" not in answer.err.partition("hint")[0]


def test_down_says_first_what_it_would_undo(project: Evolving) -> None:
    project.becomes(THINGS)
    plan = project.line.fine("migrate", "down", "--plan")
    assert "0001_initial" in plan
    assert project.names("table") == ["things"]


def test_status_says_when_each_was_applied(project: Evolving) -> None:
    project.becomes(THINGS)
    [one] = project.said("migrate", "status", "--json").document["migrations"]
    assert one["state"] == "applied"
    assert str(one["applied_at"]) > "2020"


def test_undoing_a_table_leaves_tables_of_others_alone(project: Evolving) -> None:
    project.becomes(THINGS)
    project.rows("INSERT INTO things (id) VALUES (1)")
    project.rows(
        "CREATE TABLE others (id, thing INTEGER REFERENCES things ON DELETE CASCADE)"
    )
    project.rows("INSERT INTO others VALUES (5, 1)")
    answer = project.said("migrate", "down", "--yes")
    assert project.rows("SELECT id FROM others") == [(5,)], answer.err
