"""Indexes of PostgreSQL that are built, or dropped, while others write.

Such a statement runs in no transaction. One that was cut off leaves an index behind
that is not valid, and one that was not recorded leaves a valid one; so what is there
is looked at first (postgresql.org/docs/current/sql-createindex.html).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.statements import Expect, Item, Move, Statement, When
from mm_engine.model.table import Index
from mm_engine.operations import AddIndex, AlterIndex, DropIndex

if TYPE_CHECKING:
    from mm_engine.dialects.postgresql_parts import PostgreSQLParts

_LIKE = "makemigrations_like"
_LIKE_INDEX = "makemigrations_like_index"

_WORD = " INDEX "

NEW = "makemigrations_new_"
"""What the name of an index begins with while it is built to replace another."""


def added(dialect: PostgreSQLParts, move: Move, operation: AddIndex) -> Iterator[Item]:
    """Build an index: what is left of an earlier try goes, what is done stays."""
    table, index = operation.table, operation.index
    there = _index_sql(dialect, table, index.name)
    left_over = f"{there} AND NOT i.indisvalid"
    yield When(left_over, items=tuple(_gone(dialect, table, index.name)))
    if not operation.if_present:
        yield When(there, items=tuple(_compared(dialect, table, index)))
    made = dialect.index_sql(move.after.table(table).name, index)
    absent = f"SELECT 1 WHERE NOT EXISTS ({there})"
    yield When(absent, items=(_alone(_concurrent(made)),))


def altered(dialect: PostgreSQLParts, operation: AlterIndex) -> Iterator[Item]:
    """Build the index under another name, and let it take the place of the old one.

    So queries and uniqueness have an index all the time. Cut off at any point it can
    be begun anew.
    """
    table, index = operation.table, operation.index
    aside = attrs.evolve(index, name=f"{NEW}{index.name}")
    yield from _gone(dialect, table, aside.name)
    yield _alone(_concurrent(dialect.index_sql(table, aside)))
    yield from _gone(dialect, table, index.name)
    built = dialect.part_beside(table, aside.name)
    yield _alone(f"ALTER INDEX {built} RENAME TO {dialect.part_name(index.name)}")


def dropped(dialect: PostgreSQLParts, operation: DropIndex) -> Iterator[Item]:
    """Drop an index; it may have gone before, in a try that was not recorded."""
    yield from _gone(dialect, operation.table, operation.name)


def _gone(dialect: PostgreSQLParts, table: str, name: str | None) -> Iterator[Item]:
    yield _alone(
        f"DROP INDEX CONCURRENTLY IF EXISTS {dialect.part_beside(table, name)}"
    )


def _concurrent(made: str) -> str:
    return made.replace(_WORD, f"{_WORD}CONCURRENTLY ", 1)


def _index_sql(dialect: PostgreSQLParts, table: str, name: str | None) -> str:
    """A query that gives a row if a table has an index of that name."""
    return (
        "SELECT 1 FROM pg_catalog.pg_index i"
        " JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
        f" WHERE i.indrelid = {dialect.regclass(table)}"
        f" AND c.relname = {dialect.part_text(name)}"
    )


def _compared(dialect: PostgreSQLParts, table: str, index: Index) -> Iterator[Item]:
    """Compare the index that is there with the same one, made on an empty table.

    So the server itself says how it reads expressions and conditions.
    """
    like = dialect.quote(_LIKE)
    drop = f"DROP TABLE IF EXISTS pg_temp.{like}"
    yield _alone(drop)
    yield _alone(f"CREATE TEMPORARY TABLE {like} (LIKE {dialect.thing(table)})")
    yield _alone(dialect.index_sql(_LIKE, attrs.evolve(index, name=_LIKE_INDEX)))
    yield Expect(
        _equal_sql(dialect, table, index),
        rows=((1,),),
        message=f"{table} has another index {index.name} already",
        hint="drop it or rename it; one that is the same would count as done",
    )
    yield _alone(drop)


def _equal_sql(dialect: PostgreSQLParts, table: str, index: Index) -> str:
    """A query that gives a row if the two indexes say the same of their tables."""
    here = _index_sql(dialect, table, index.name)
    said = "substring(pg_get_indexdef({}) FROM ' USING .*')"
    return (
        f"{here} AND EXISTS (SELECT 1 FROM pg_catalog.pg_index j"
        f" WHERE j.indexrelid = {dialect.regclass(_LIKE_INDEX)}"
        " AND i.indisunique = j.indisunique"
        f" AND {said.format('i.indexrelid')} = {said.format('j.indexrelid')})"
    )


def _alone(sql: str) -> Statement:
    return Statement(sql, transactional=False)
