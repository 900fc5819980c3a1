"""What is proven of a database, how, and where the tests of it note that.

A note goes with the report of its test; ``tests/conftest.py`` counts the notes of a
run, and ``.ci/proof_table.py`` makes of them the table of docs/reference/databases.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, assert_never

import attrs

from cases import Case
from live_sqlite import moves, reversed_moves
from mm_engine import operations as ops
from mm_engine.dialects import available, dialect, variants
from mm_engine.dialects.statements import (
    Expect,
    Item,
    Move,
    PythonCall,
    Recall,
    Remember,
    Statement,
    When,
    flat,
)
from mm_engine.errors import IrreversibleError, UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation
from product import Cell
from provers import PROVED, Claim, prover_of
from source_tree import ROOT

Record: TypeAlias = Callable[[str, object], None]
"""What pytest's ``record_property`` is."""

NEWEST = "newest"
"""The version of a server that is only spoken of: the one its dialect is made for."""

UNPROVEN: dict[str, str] = {
    "ydb": "nothing that reads YQL is to be had where tests run; YDB's own dialect of"
    " SQLAlchemy is a witness of what makes tables and indexes",
}
"""Databases with a dialect whose words nothing can judge here, and why."""

_MARK = re.compile(r'pytest\.mark\.database\("(\w+)"\)')


@attrs.frozen
class Note:
    """One cell or case of a database: taken, or refused before anything ran."""

    database: str
    version: str
    claim: Claim
    prover: str
    kind: str
    name: str
    refused: bool

    def told(self) -> list[str]:
        """The note as a report carries it from one process to another."""
        outcome = "refused" if self.refused else "taken"
        words = (self.database, self.version, self.claim.value, self.prover)
        return [*words, self.kind, outcome, self.name]


@attrs.frozen
class Proof:
    """Notes what one test has proven of a database."""

    record: Record
    database: str
    version: str
    claim: Claim
    prover: str

    @classmethod
    def parsed(cls, record: Record, database: str) -> Proof:
        """What the prover of a database takes."""
        prover = prover_of(database)
        return cls(record, database, NEWEST, prover.claim, prover.version())

    @classmethod
    def compared(cls, record: Record, database: str) -> Proof:
        """What only the files of expected words say."""
        return cls(record, database, NEWEST, Claim.TEXT, "the files of fixtures/cases")

    @classmethod
    def run(
        cls, record: Record, database: str, version: object, by: str = "its server"
    ) -> Proof:
        """What a server or an engine of that version does, up, down and up again."""
        return cls(record, database, _number(version), Claim.RUN, by)

    @classmethod
    def stood_in(cls, record: Record, database: str, name: str, other: object) -> Proof:
        """What another server does with it, called by its name and version."""
        by = f"{name} {_number(other)}"
        return cls(record, database, NEWEST, Claim.STAND_IN, by)

    def of(self, what: Cell | Case, *, refused: bool = False) -> None:
        """Note a cell or a case, after everything of it was looked at."""
        kind = "cells" if isinstance(what, Cell) else "cases"
        note = Note(
            database=self.database,
            version=self.version,
            claim=self.claim,
            prover=self.prover,
            kind=kind,
            name=what.name,
            refused=refused,
        )
        self.record("proof", note.told())


def parsed() -> tuple[str, ...]:
    """The databases whose every statement is read by a prover."""
    return tuple(name for name in (*available(), *variants()) if name in PROVED)


def run() -> tuple[str, ...]:
    """The databases that the cells run on, by the marks of their tests."""
    files = sorted((ROOT / "tests" / "cases").glob("test_*.py"))
    marks = [mark for file in files for mark in _MARK.findall(file.read_text("utf-8"))]
    return tuple(dict.fromkeys(marks))


def claim(database: str) -> Claim:
    """How strong the word of a database's prover is."""
    return prover_of(database).claim


def cell_statements(cell: Cell) -> tuple[str, ...]:
    """What a database is told in a cell, both ways, and to make what it begins with.

    Raises ``UnsupportedError`` where the cell is refused.
    """
    told = _both_ways(cell.scenario.made(cell.sample), cell.before, cell.database)
    first = [op for op in cell.scenario.first(cell.sample) if _makes(op)]
    last = [op for op in cell.scenario.first(cell.sample) if not _makes(op)]
    enums = (ops.CreateEnum(enum) for enum in cell.schema.enums.values())
    tables = (ops.CreateTable.of(table) for table in cell.schema.tables.values())
    try:
        made = _told(moves([*first, *enums, *tables, *last], Schema()), cell.database)
    except UnsupportedError:
        made = ()  # the cell of CreateTable tells of it
    return tuple(dict.fromkeys([*made, *told]))


def case_statements(case: Case, database: str) -> tuple[str, ...]:
    """What a database is told in a case, as ``cell_statements``."""
    up = _told(moves(case.operations, case.schema), database)
    try:
        made = _told(moves(case.before, Schema()), database)
    except UnsupportedError:
        made = ()  # a case may begin with what only another database takes
    try:
        down = _told(reversed_moves(case.operations, case.schema), database)
    except (IrreversibleError, UnsupportedError):
        down = ()
    return tuple(dict.fromkeys([*made, *up, *down]))


def _number(version: object) -> str:
    """A server's version without what its packagers add."""
    found = re.search(r"\d+(\.\d+)*", str(version))
    return found.group() if found else str(version)


def _makes(operation: Operation) -> bool:
    return isinstance(operation, ops.SetDefaults | ops.CreateEnum)


def _both_ways(
    operations: Iterable[Operation], before: Schema, database: str
) -> tuple[str, ...]:
    up, down = moves(operations, before), reversed_moves(operations, before)
    return (*_told(up, database), *_told(down, database))


def _told(steps: tuple[Move, ...], database: str) -> tuple[str, ...]:
    words = dialect(database)
    items = words.items(steps)
    every = (*words.prologue(items), *items, *words.epilogue(items))
    return tuple(sql for item in flat(every) for sql in said(item))


def said(item: Item) -> Iterator[str]:
    """What a database is sent, or asked, by an item of a script."""
    match item:
        case Statement(sql=sql):
            yield sql
        case Expect(query=query) | Remember(query=query) | When(query=query):
            yield query
        case PythonCall() | Recall():
            return
        case _:
            assert_never(item)
