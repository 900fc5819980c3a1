"""What SQL Server is told comes in an order that it takes, as far as a model goes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import cases
from cases import Case
from live_sqlite import moves, reversed_moves
from mm_engine import operations as ops
from mm_engine.dialects import dialect
from mm_engine.dialects.statements import Move, Statement, flat
from mm_engine.errors import MMError
from mm_engine.model.schema import Schema
from mm_engine.testing.parts import Scenario
from mm_engine.testing.samples import SAMPLES
from mm_engine.testing.scenarios import SCENARIOS
from product import Cell
from sqlserver_model import RefusedError, Server

HELD = (
    "CREATE TABLE [t] (\n    [a] INT NULL CONSTRAINT [DF_t_a] DEFAULT 1,\n"
    "    [b] INT NOT NULL,\n    CONSTRAINT [pk] PRIMARY KEY ([b])\n)"
)


def told(steps: Sequence[Move]) -> list[str]:
    items = dialect("sqlserver").items(steps)
    return [item.sql for item in flat(items) if isinstance(item, Statement)]


def taken(server: Server, steps: Sequence[Move]) -> None:
    for sql in told(steps):
        server.take(sql.removesuffix(";"))


def there_and_back(
    schema: Schema,
    operations: Sequence[ops.Operation],
    first: Sequence[ops.Operation] = (),
) -> bool:
    """Whether all of it can be told; what is told has to be taken."""
    server = Server()
    made: list[ops.Operation] = [op for op in first if isinstance(op, ops.SetDefaults)]
    first = [op for op in first if op not in made]
    made += [ops.CreateEnum(e) for e in schema.enums.values()]
    made += [ops.SetDefaults(schema.defaults)] if schema.defaults else []
    made += [ops.CreateTable.of(table) for table in schema.tables.values()]
    try:
        taken(server, moves(made, Schema()))
        for operation in made:
            if isinstance(operation, ops.SetDefaults):
                schema = operation.apply(schema)
        taken(server, moves(first, schema))
        for operation in first:
            schema = operation.apply(schema)
        told(moves(operations, schema))
        told(reversed_moves(operations, schema))
    except MMError:
        return False
    before = {table: sorted(names) for table, names in server.tables.items()}
    standing = {*server.parts}
    taken(server, moves(operations, schema))
    taken(server, reversed_moves(operations, schema))
    columns = {table: sorted(names) for table, names in server.tables.items()}
    assert columns == {
        **before,
        **{table: [] for table in columns if "makemigrations_kept_" in table},
    }
    assert {*server.parts} == standing
    return True


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_scenario_is_taken_in_its_order_with_each_type(scenario: Scenario) -> None:
    is_told = False
    for sample in SAMPLES:
        cell = Cell(scenario, sample, "sqlserver")
        made, first = scenario.made(sample), scenario.first(sample)
        if there_and_back(cell.schema, made, first):
            is_told = True
    assert is_told or scenario.name == "AlterForeignKey to one that waits"


@pytest.mark.parametrize("case", cases.written(), ids=lambda case: case.name)
def test_a_case_is_taken_in_its_order(case: Case) -> None:
    there_and_back(case.schema, case.operations)


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE [t] DROP COLUMN [a]",
        "ALTER TABLE [t] ALTER COLUMN [a] BIGINT NULL",
        "ALTER TABLE [t] ALTER COLUMN [b] BIGINT NOT NULL",
        "ALTER TABLE [t] DROP CONSTRAINT [DF_t_b]",
        "ALTER TABLE [t] ADD CONSTRAINT [DF] DEFAULT 2 FOR [a]",
        "ALTER TABLE [t] ADD [a] INT NULL",
        "DROP INDEX [i] ON [t]",
        "EXEC sp_rename N'[t].[c]', N'd', N'COLUMN'",
        "CREATE VIEW v AS SELECT 1",
    ],
)
def test_the_model_refuses_what_the_server_would(sql: str) -> None:
    server = Server()
    server.take(HELD)
    with pytest.raises(RefusedError):
        server.take(sql)
