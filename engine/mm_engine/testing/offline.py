"""What any dialect promises without a database: it tells, or says why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

import attrs
import pytest

from mm_engine.dialects import dialect
from mm_engine.dialects.base import Dialect
from mm_engine.dialects.statements import Item, Statement, flat
from mm_engine.errors import UnsupportedError
from mm_engine.model import types as t
from mm_engine.model.constraints import PrimaryKey
from mm_engine.model.databases import is_known
from mm_engine.model.schema import Schema
from mm_engine.model.symbols import BUILT_IN_SYMBOLS
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import FieldType
from mm_engine.model.values import Literal, Symbol
from mm_engine.operations import CreateTable, Operation
from mm_engine.testing.cells import cells_of
from mm_engine.testing.parts import Scenario
from mm_engine.testing.scenarios import SCENARIOS
from mm_engine.testing.steps import moves, reversed_moves

ODD_NAMES = (
    *("order", "Select", "two words", "semi;colon", "dash--dash", "per%cent", ":colon"),
    *('quo"te', "it's", "back`tick", "brack]et", "naïve", "名前", "a/*b"),
)
"""Names that are words of SQL, or hold what means something in it."""

ODD_TEXTS = (
    *("it's", 'a "quote"', "a;b", "-- no comment", "/* nor this", "100 %", ":name"),
    *("$1 ? %s", "back\\slash", "\\'", "two\nlines", "naïve 名前 😀", "'", "''"),
)
"""Texts that break what does not quote them."""

EACH_SCENARIO = pytest.mark.parametrize(
    "scenario", SCENARIOS, ids=lambda scenario: scenario.name
)

_FIELD_OF_SYMBOL: dict[str, FieldType] = {
    "now": t.Timestamp(),
    "today": t.Date(),
    "current_time": t.Time(),
    "new_uuid": t.Uuid(),
    "zero": t.Integer(),
    "true": t.Boolean(),
    "false": t.Boolean(),
    "array": t.Jsonb(),
    "object": t.Jsonb(),
}


class OfflineSuite:
    """Tests of what a database is told; a subclass says which ``database`` it is.

    What a database cannot do is refused with the reason and a way out, so each of
    these tests takes an ``UnsupportedError`` with a hint for an answer, and no other.
    """

    database: ClassVar[str]
    """The name that its entry point has, and schema files have for it."""

    @pytest.fixture
    def dialect(self) -> Dialect:
        """The dialect as the engine finds it."""
        return dialect(self.database)

    def test_the_engine_finds_the_dialect_under_its_name(self) -> None:
        """The entry point, ``DIALECT`` and ``name`` agree."""
        assert is_known(self.database)
        assert dialect(self.database).name == self.database
        assert dialect(self.database).title

    @EACH_SCENARIO
    def test_everything_is_told_or_refused_with_a_way_out(
        self, scenario: Scenario
    ) -> None:
        """Every operation on every type, up and down."""
        said = {cell.name: cell.said() for cell in cells_of(scenario, self.database)}
        errors = {name: each["error"] for name, each in said.items() if "error" in each}
        assert {n: e for n, e in errors.items() if "\n  hint: " not in e} == {}

    def test_the_same_is_told_twice(self) -> None:
        """Nothing of what is told rests on luck."""
        for scenario in SCENARIOS:
            cell = next(iter(cells_of(scenario, self.database)))
            assert cell.said() == cell.said()

    @EACH_SCENARIO
    def test_what_is_undone_leaves_the_schema_as_it_was(
        self, scenario: Scenario
    ) -> None:
        """The way down ends where the way up began."""
        for cell in cells_of(scenario, self.database):
            undone = reversed_moves(scenario.made(cell.sample), cell.before)
            assert not undone or undone[-1].after == cell.before

    @EACH_SCENARIO
    def test_each_statement_is_one_statement(
        self, scenario: Scenario, dialect: Dialect
    ) -> None:
        """What is told, written one after another, is split into the same again."""
        for cell in cells_of(scenario, self.database):
            operations = scenario.made(cell.sample)
            _split_again(dialect, statements(dialect, operations, cell.before))

    @pytest.mark.parametrize("text", ODD_TEXTS)
    def test_a_text_is_quoted(self, text: str, dialect: Dialect) -> None:
        """A default of any letters ends where it ends."""
        field = Field("note", t.Varchar(99), default=Literal(text))
        _is_whole(dialect, _table("notes", field))

    @pytest.mark.parametrize("name", ODD_NAMES)
    def test_a_name_is_quoted(self, name: str, dialect: Dialect) -> None:
        """A table, a field and an index may be called so, or it is refused."""
        field = Field(name, t.Integer())
        index = Index([name], name=f"{name}_index")
        table = attrs.evolve(_table(name, field), indexes=[index])
        for sql in _is_whole(dialect, table):
            assert dialect.quote(name) in sql

    @pytest.mark.parametrize("symbol", BUILT_IN_SYMBOLS)
    def test_a_symbolic_default_is_told_or_refused(
        self, symbol: str, dialect: Dialect
    ) -> None:
        """``own_defaults`` of a dialect has words for what every schema may say."""
        type_: FieldType = _FIELD_OF_SYMBOL.get(symbol, t.Varchar(20))
        _is_whole(dialect, _table("things", Field("f", type_, default=Symbol(symbol))))


def _table(name: str, field: Field) -> Table:
    number = Field("id", t.Integer(), nullable=False)
    return Table(name, [number, field], primary_key=PrimaryKey(["id"], name="a_key"))


def _is_whole(dialect: Dialect, table: Table) -> tuple[str, ...]:
    """What makes a table, seen to be as many statements as it seems; or none."""
    made = statements(dialect, [CreateTable.of(table)], Schema())
    _split_again(dialect, made)
    return made


def _split_again(dialect: Dialect, told: Iterable[str]) -> None:
    for sql in told:
        twice = dialect.split(f"{sql};\n{sql};", transactional=False)
        assert twice == (sql, sql)


def statements(
    dialect: Dialect, operations: Sequence[Operation], before: Schema
) -> tuple[str, ...]:
    """The statements of one step; none where it is refused, which needs a hint."""
    refused = ""
    items: tuple[Item, ...] = ()
    try:
        items = dialect.items(moves(operations, before))
    except UnsupportedError as error:
        refused = "" if error.hint else str(error)
    assert refused == "", f"refused without a way out: {refused}"
    return tuple(item.sql for item in flat(items) if isinstance(item, Statement))
