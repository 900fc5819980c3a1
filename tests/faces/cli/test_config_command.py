from __future__ import annotations

from pathlib import Path

from command_line import Line


def shown(line: Line, *words: str, **environment: str) -> dict[str, tuple[object, str]]:
    """Each setting with its source."""
    answer = line.process(*words, "config", "--json", **environment)
    assert answer.code == 0, answer.err
    return {
        one["key"]: (one["value"], one["source"]) for one in answer.document["settings"]
    }


def test_each_value_is_shown_with_its_source(mm: Line) -> None:
    settings = shown(mm, DB_TYPE="sqlite")
    assert settings["database.type"] == ("sqlite", "DB_TYPE")
    assert settings["database.default_url"] == (
        "sqlite:///app.db",
        "migrations/makemigrations.config.yaml:2",
    )
    assert settings["schema.paths"] == (["schema/schema.yaml"], "default")


def test_flags_are_sources_too(mm: Line) -> None:
    settings = shown(mm, "--url", "sqlite:///x.db", "--verbose")
    assert settings["database.default_url"] == ("sqlite:///x.db", "--url")
    assert settings["output.verbose"] == (True, "--verbose")


def test_passwords_are_hidden(mm: Line) -> None:
    settings = shown(mm, DATABASE_URL="postgresql://ann:s3cret@db/shop")
    assert settings["database.default_url"][0] == "postgresql://ann:***@db/shop"


def test_people_get_a_table(mm: Line) -> None:
    answer = mm("config")
    assert answer.code == 0
    [row] = [line for line in answer.out.splitlines() if "default_url" in line]
    assert row.split() == [
        "database.default_url",
        "sqlite:///app.db",
        "makemigrations.config.yaml:2",
    ]
    assert f"project: {mm.folder}" in answer.err


def test_settings_are_shown_where_no_project_is(tmp_path: Path) -> None:
    assert Line(tmp_path)("config").code == 0


def test_settings_of_older_versions_are_warned_about_by_every_command(
    made: Line,
) -> None:
    made.schema(
        "database: {default_url: 'sqlite:///app.db'}\nmigration: {auto_apply: true}\n",
        "migrations/makemigrations.config.yaml",
    )
    answer = made("migrate", "status")
    assert answer.code == 0
    assert (
        "migrations/makemigrations.config.yaml:2:13: warning: "
        '"migration.auto_apply" is a setting of older versions'
    ) in answer.err
