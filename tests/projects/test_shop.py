"""The shop says what a real shop needs, and its SQL never differs from run to run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from histories import PROJECTS, Example
from mm_engine.dialects import available
from mm_engine.dialects.statements import Statement, flat
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.model.schema import Schema
from mm_engine.model.types import Array, FieldType
from mm_engine.model.values import Expression, Literal, Symbol
from mm_engine.operations import AlterField, AlterPrimaryKey, Operation, RunPython
from mm_engine.project import Project
from mm_engine.project.telling import Choice, Scope
from mm_engine.runner.plan import ZERO, plan_down, plan_up
from mm_engine.runner.script import script
from told_projects import is_told

SHOP = Example(PROJECTS / "shop")
ALL = Choice(scope=Scope.ALL)
TOLD = [database for database in available() if is_told(SHOP, database)]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A copy of it, with the package that it takes a file from."""
    monkeypatch.syspath_prepend(SHOP.packages)
    return Project.find(SHOP.copy(tmp_path))


def operations(graph: MigrationGraph) -> Iterator[Operation]:
    for migration in graph.order():
        yield from migration.operations


def schemas(graph: MigrationGraph) -> Iterator[Schema]:
    schema = Schema()
    for migration in graph.order():
        schema = migration.apply(schema)
        yield schema


def test_every_type_is_used_somewhere(project: Project) -> None:
    used = {
        type(kind)
        for schema in schemas(project.graph())
        for table in schema.tables.values()
        for field in table.fields
        for kind in (field.type, getattr(field.type, "of", field.type))
    }
    assert used == {*get_args(FieldType)}
    assert Array in used


def test_it_is_as_large_and_as_tangled_as_a_shop(project: Project) -> None:
    schema = project.schema()
    tables = schema.tables.values()
    assert len(schema.tables) >= 30
    assert len(project.graph().order()) >= 20
    circle = ("regions", "employees"), ("employees", "stores"), ("stores", "regions")
    refers = {(t.name, key.table) for t in tables for key in t.foreign_keys}
    assert {*circle, ("categories", "categories")} <= refers
    assert any(len(key.fields) > 1 for table in tables for key in table.foreign_keys)
    defaults = {type(field.default) for table in tables for field in table.fields}
    assert defaults == {Symbol, Literal, Expression, type(None)}


def test_its_history_has_what_is_hard(project: Project) -> None:
    every = list(operations(project.graph()))
    kinds = {type(operation) for operation in every}
    assert {AlterPrimaryKey, RunPython} <= kinds
    assert any(isinstance(op, AlterField) and op.convert for op in every)
    assert any(isinstance(op, AlterField) and op.one_off for op in every)


@pytest.mark.parametrize("database", TOLD)
def test_its_sql_is_the_same_whenever_it_is_asked(
    project: Project, database: str
) -> None:
    def told() -> str:
        there = project.showsql(ALL, database_type=database).text
        return there + project.showsql(ALL, database_type=database, is_down=True).text

    assert told() == told()


@pytest.mark.parametrize("database", TOLD)
def test_every_statement_of_it_is_one(project: Project, database: str) -> None:
    dialect, graph = project.dialect(database), project.graph()
    up = plan_up(graph, ())
    down = plan_down(graph, [step.name for step in up], target=ZERO)
    items = [item for step in (*up, *down) for item in flat(script(step, dialect).body)]
    statements = [item.sql for item in items if isinstance(item, Statement)]
    assert len(statements) > len(project.schema().tables)
    assert [sql for sql in statements if len(dialect.split(sql)) != 1] == []
