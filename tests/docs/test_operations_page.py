"""The reference of operations names every one, and its snippets run, up and down."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import attrs
import pytest

from doc_pages import DOCS, codes, of_language, rows, sections
from mm_engine.migrations.loader import load_migrations
from mm_engine.migrations.migration import Migration
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation, RestoreData
from mm_engine.operations.base import BaseOperation
from mm_engine.project import Project
from mm_engine.project.running import Terms

TEXT = (DOCS / "reference" / "operations.md").read_text(encoding="utf-8")
PAGE = sections(TEXT)
OPERATIONS = [kind for kind in get_args(Operation) if kind is not RestoreData]
KEYWORDS = [field.name for field in attrs.fields(BaseOperation) if field.name != "at"]
IMPORTS = "import sqlalchemy as sa\n\nimport mm_engine as mm\n\n"


def _source() -> str:
    """Every snippet of the page as one migration file."""
    definitions, operations = "", ""
    for text in of_language(TEXT, "python"):
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                definitions += f"{ast.unparse(node)}\n\n"
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                operations += f"{ast.unparse(node)},\n"
    return (
        f"{IMPORTS}{definitions}migration = mm.Migration(name='0001_all',"
        f" dependencies=[], operations=[\n{operations}])\n"
    )


def _migrations(folder: Path) -> Path:
    path = folder / "migrations"
    path.mkdir()
    (folder / "schema").mkdir()
    (path / "0001_all.py").write_text(_source(), encoding="utf-8")
    return path


@pytest.fixture
def migration(tmp_path: Path) -> Migration:
    """The snippets, loaded."""
    [loaded] = load_migrations(_migrations(tmp_path))
    return loaded


def test_every_operation_has_a_section_with_a_snippet(migration: Migration) -> None:
    shown = {type(operation) for operation in migration.operations}
    missing = [kind.__name__ for kind in OPERATIONS if kind not in shown]
    assert missing == []
    assert [kind.__name__ for kind in OPERATIONS if kind.__name__ not in PAGE] == []
    assert "RestoreData" in TEXT


@pytest.mark.parametrize("kind", OPERATIONS, ids=lambda kind: str(kind.__name__))
def test_each_argument_is_told_in_its_section(kind: type[BaseOperation]) -> None:
    said = codes(PAGE[kind.__name__])
    own = [one.name for one in attrs.fields(kind) if one.name not in (*KEYWORDS, "at")]
    assert [name for name in own if name not in said] == []


def test_the_keywords_of_every_operation_are_told() -> None:
    told = [row[0].strip("`") for row in rows(PAGE["Keywords of every operation"])]
    assert sorted(word.partition("=")[0] for word in told) == sorted(KEYWORDS)


def test_every_snippet_applies_in_the_order_of_the_page(migration: Migration) -> None:
    after = migration.apply(Schema())
    assert list(after.tables) == ["users"]
    assert after.enums == {}


@pytest.mark.database("sqlite")
def test_the_snippets_run_on_sqlite_up_and_down(tmp_path: Path) -> None:
    _migrations(tmp_path)
    project = Project.find(tmp_path, url=f"sqlite:///{tmp_path}/app.db", environment={})
    up = project.migrate()
    down = project.rollback(terms=Terms())
    assert [len(run.results) for run in (up, down)] == [1, 1]


def test_the_file_at_the_top_loads(tmp_path: Path) -> None:
    text = of_language(TEXT, "python")[0]
    (tmp_path / "0002_add_users_nick.py").write_text(text, encoding="utf-8")
    first = text.replace("0002_add_users_nick", "0001_initial")
    first = first.replace('["0001_initial"]', "[]")
    (tmp_path / "0001_initial.py").write_text(first, encoding="utf-8")
    assert [found.name for found in load_migrations(tmp_path)] == [
        "0001_initial",
        "0002_add_users_nick",
    ]
