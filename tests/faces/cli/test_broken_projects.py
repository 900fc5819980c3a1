"""Every command on every kind of broken project: one document, a kind, no traceback."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from command_line import SETTINGS, Line

COMMANDS = [
    ("makemigrations",),
    ("makemigrations", "--check"),
    ("makemigrations", "--replace-last"),
    ("check",),
    ("check", "--drift"),
    ("schema-diff",),
    ("db-diff",),
    ("db-diff", "--write", "migration"),
    ("db2schema",),
    ("current-state",),
    ("dump_sql",),
    ("config",),
    ("migrate", "up"),
    ("migrate", "down"),
    ("migrate", "status"),
    ("migrate", "showsql"),
    ("migrate", "fake", "--all"),
    ("migrate", "dag"),
    ("squash",),
    ("empty",),
]

FIRST = "migrations/0001_initial.py"
CONFIG = "migrations/makemigrations.config.yaml"


def _written(name: str, text: str) -> Callable[[Line], None]:
    return lambda line: line.schema(text, name)


def _raw(name: str, content: bytes) -> Callable[[Line], None]:
    def broken(line: Line) -> None:
        (line.folder / name).write_bytes(content)

    return broken


def _folder_instead(name: str) -> Callable[[Line], None]:
    def broken(line: Line) -> None:
        (line.folder / name).unlink(missing_ok=True)
        (line.folder / name).mkdir()

    return broken


BROKEN: dict[str, Callable[[Line], None]] = {
    "schema-syntax": _written("schema/schema.yaml", "tables: [{"),
    "schema-binary": _raw("schema/schema.yaml", b"\xff\xfe\x00tables"),
    "schema-empty": _written("schema/schema.yaml", ""),
    "schema-folder": _folder_instead("schema/schema.yaml"),
    "config-syntax": _written(CONFIG, "database: ["),
    "config-words": _written(CONFIG, "database: 5\nnonsense: true\n"),
    "config-binary": _raw(CONFIG, b"\x80\x81"),
    "config-folder": _folder_instead(CONFIG),
    "migration-syntax": _written(FIRST, "migration = ("),
    "migration-raises": _written(FIRST, "raise RuntimeError('a\\n\u2028b')"),
    "migration-exits": _written(FIRST, "raise SystemExit(7)"),
    "migration-prints": _written(FIRST, "print('{')\nimport nothing_like_it"),
    "migration-nothing": _written(FIRST, ""),
    "migration-binary": _raw(FIRST, b"\x00\xff"),
    "database-garbage": _raw("app.db", b"no database at all" * 100),
    "database-folder": _folder_instead("app.db"),
    "url-nonsense": _written(CONFIG, SETTINGS.replace("sqlite", "nonsense")),
    "url-unreachable": _written(
        CONFIG, SETTINGS.replace("sqlite:///app.db", "postgresql://127.0.0.1:1/x")
    ),
    "url-no-host": _written(CONFIG, SETTINGS.replace("sqlite:///app.db", "'://@:'")),
    "url-port": _written(
        CONFIG, SETTINGS.replace("sqlite:///app.db", "postgresql://h:port/x")
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_every_command_on_a_broken_project_answers_in_one_document(
    made: Line, broken: str
) -> None:
    BROKEN[broken](made)
    failed = 0
    for words in COMMANDS:
        answer = made(*words, "--json")
        assert answer.code in {0, 1, 2, 3}, words
        assert "Traceback" not in answer.err + answer.out, words
        error = answer.document.get("error")
        assert (error is not None) == (answer.code in {1, 2}), words
        failed += error is not None
        assert error is None or error["message"], words
    assert failed > 0
