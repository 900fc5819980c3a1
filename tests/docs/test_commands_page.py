"""The reference of commands names what there is, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from command_line import SCHEMA, Line, at_terminal
from doc_pages import DOCS, codes, of_language, rows, sections
from mm_engine import errors
from mm_engine.cli.app import ENTRIES
from mm_engine.cli.app import app as root
from mm_engine.cli.exits import ERROR, FINE, FOUND, INTERRUPTED, LOCKED, USAGE
from mm_engine.cli.options import project_options
from mm_engine.cli.table import Table
from mm_engine.cli.terminal import KEYS
from mm_engine.config.load import load
from mm_engine.config.settings import DATABASES, OF_A_DATABASE, SETTINGS, UNUSED
from mm_engine.project import checking
from mm_engine.questions.fates import FATES
from mm_engine.questions.values import NONE
from mm_engine.runner.states import State

PAGE = sections((DOCS / "reference" / "commands.md").read_text(encoding="utf-8"))
INTRODUCTION = PAGE["Commands"]
EVERYWHERE = PAGE["Options of every command"]


def _commands(table: Table, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for entry in table.entries:
        if entry.hidden:
            continue
        command = entry.command()
        name = f"{path} {entry.name}".strip()
        if command.callback is not None and name != "migrate":
            yield name, command
        if isinstance(command, Table):
            yield from _commands(command, name)


COMMANDS = dict(_commands(root))


def _options(command: click.Command) -> set[str]:
    return {
        spelling
        for option in command.params
        if isinstance(option, click.Option)
        for spelling in (*option.opts, *option.secondary_opts)
    }


def _documented(section: str) -> set[str]:
    """The options in the first columns of a section's tables."""
    words = [word for row in rows(section) for word in codes(row[0])]
    return {word.split()[0] for word in words if word.startswith("-")}


@project_options
def _bare() -> None:
    """A command with nothing but what every command takes."""


COMMON = _options(click.command()(_bare))


def _section(name: str) -> str:
    return PAGE[name]


def _first_column(section: str) -> list[str]:
    return [row[0] for row in rows(section)]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_of_a_command_is_told_and_no_other(name: str) -> None:
    assert _documented(_section(name)) == _options(COMMANDS[name]) - COMMON


def test_the_options_of_every_command_are_told() -> None:
    assert _documented(EVERYWHERE) == COMMON | {"-h", "--help"}
    assert "--version" in EVERYWHERE


def test_every_alias_is_told() -> None:
    told = "".join(PAGE.values())
    aliases = [alias for entry in ENTRIES for alias in entry.aliases]
    assert [alias for alias in aliases if f"`{alias}`" not in told] == []


def test_the_first_table_has_every_command() -> None:
    listed = [codes(cell)[0] for cell in _first_column(INTRODUCTION)]
    assert sorted(listed) == sorted(set(COMMANDS) - {"makemigrations empty"})


def test_arguments_are_told() -> None:
    for name, command in COMMANDS.items():
        for argument in command.params:
            if isinstance(argument, click.Argument):
                said = " ".join(codes(_section(name)))
                assert f"[{(argument.name or '').upper().rstrip('S')}]" in said


def test_every_exit_code_is_told() -> None:
    told = [int(cell) for cell in _first_column(PAGE["The contract for scripts"])[:6]]
    assert told == [FINE, ERROR, USAGE, FOUND, LOCKED, INTERRUPTED]


def test_every_kind_of_error_is_told() -> None:
    kinds = {
        found.kind
        for found in vars(errors).values()
        if isinstance(found, type) and issubclass(found, errors.MMError)
    }
    told = codes("".join(_first_column(PAGE["The contract for scripts"])[6:]))
    assert sorted(told) == sorted(kinds)


def test_every_setting_is_told_with_its_default_and_variables() -> None:
    told = {codes(row[0])[0]: row for row in rows(PAGE["Settings"])}
    named = [f"{DATABASES}.NAME.{word}" for word in OF_A_DATABASE]
    assert list(told) == [*(setting.key for setting in SETTINGS), *named]
    for setting in SETTINGS:
        _, default, variables, _ = told[setting.key]
        assert codes(variables) == list(setting.variables)
        assert codes(default) == _written(setting.default)


def _written(value: object) -> list[str]:
    match value:
        case None:
            return []
        case bool():
            return [str(value).lower()]
        case tuple():
            return [str(item) for item in value]
        case _:
            return [str(value)]


def test_keys_without_meaning_are_told() -> None:
    said = codes(PAGE["Settings"])
    assert [key for key in UNUSED if key not in said] == []


def test_the_settings_in_toml_are_settings(tmp_path: Path) -> None:
    [example] = of_language(PAGE["Settings"], "toml")
    (tmp_path / "pyproject.toml").write_text(example, encoding="utf-8")
    config = load(tmp_path, environment={}, database="reports")
    assert config.url == "sqlite:///reports.db"
    assert config.migrations_folder == tmp_path / "migrations" / "reports"
    assert config.findings == ()


def test_every_state_of_a_migration_is_told() -> None:
    told = codes("".join(_first_column(_section("migrate status"))))
    assert told[-len(State) :] == [
        state.value
        for state in (
            State.APPLIED,
            State.PENDING,
            State.FAKED,
            State.CHANGED,
            State.MISSING,
            State.UNFINISHED,
        )
    ]


def test_every_code_of_a_finding_is_told() -> None:
    told = codes("".join(_first_column(_section("check"))))
    assert told[told.index(checking.UNWRITTEN) :] == [
        checking.UNWRITTEN,
        checking.BRANCHES,
        checking.CHANGED,
        checking.MISSING,
        checking.PARTLY,
        checking.UNFINISHED,
        checking.DRIFT,
        checking.NOT_PORTABLE,
        checking.DECLARED_ONLY,
    ]


def test_every_word_and_key_of_a_prompt_is_told() -> None:
    words = [row[0] for row in rows(PAGE["Questions"])][-len(FATES) :]
    assert codes("".join(words)) == [choice.word for choice in FATES]
    assert f"`{NONE}`" in PAGE["Questions"]
    keys = {codes(row[0])[0]: row[1] for row in rows(PAGE["Keys at a terminal"])}
    assert keys == {key: name for key, (_, name) in KEYS.items()}


def test_ids_of_questions_have_the_forms_that_are_told() -> None:
    ids = codes("".join(_first_column(PAGE["Questions"])))
    forms = {re.split(":", one)[0] for one in ids if ":" in one}
    conversions = {"convert", "convert-back"}
    assert forms == {"drop", "alter", "rename", "one-off", "merge", *conversions}


def test_the_menu_is_what_a_terminal_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    line = Line(tmp_path)
    line.schema(SCHEMA)
    line.fine("init")
    line.fine("makemigrations")
    line.edit("      - {name: fullname, type: varchar, length: 100}\n", "")
    said = at_terminal(tmp_path, ["makemigrations"], [("1-6", "2\n")]).out
    [menu] = of_language(PAGE["Keys at a terminal"], "text")
    assert menu in said
