"""What becomes of the rows that are there, by what a migration's operations say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import attrs

from mm_engine.errors import MigrationFileError
from mm_engine.model import types as t
from mm_engine.model.schema import Schema
from mm_engine.operations import (
    AlterEnum,
    AlterField,
    DropField,
    DropTable,
    Operation,
    RenameField,
    RenameTable,
    RunPython,
    RunSQL,
    SetTypeMappings,
    UpsertData,
)

if TYPE_CHECKING:
    from mm_engine.operations.data import SQL

_WORD = re.compile(r"\w+")
_SETS = re.compile(r"\b(UPDATE|MERGE)\b", re.IGNORECASE)
_ASSIGNED = re.compile(r"(\w+)[\"`\]]?\s*=")
_WHOLE = re.compile(r"\bSET\s*\(|\bREPLACE\s+INTO\b", re.IGNORECASE)

Place: TypeAlias = tuple[str, str]
"""A table and a field of it."""


@attrs.define
class Fate:
    """What becomes of one field of the schema before.

    ``place`` is where it is afterwards, None where it is dropped. What is ``freed`` may
    hold anything; ``filled`` is null no more; ``values`` has enum values under their
    new names. ``is_lossy`` does not come back on the way down.
    """

    place: Place | None
    is_retyped: bool = False
    is_freed: bool = False
    is_freed_back: bool = False
    is_filled: bool = False
    is_lossy: bool = False
    values: dict[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Fates:
    """What becomes of every field, and of whole tables.

    ``fed`` are tables, by their names afterwards, that get rows from the migration;
    ``unswept`` those that keep them on the way down.
    """

    fields: Mapping[Place, Fate]
    tables: Mapping[str, str | None]
    fed: frozenset[str]
    unswept: frozenset[str]

    def of_table(self, name: str) -> Iterable[tuple[str, Fate]]:
        """The fields that a table had, by name, and what becomes of each."""
        return self._by_table.get(name, ())

    @cached_property
    def _by_table(self) -> dict[str, list[tuple[str, Fate]]]:
        found: dict[str, list[tuple[str, Fate]]] = {}
        for (table, field), fate in self.fields.items():
            found.setdefault(table, []).append((field, fate))
        return found

    @classmethod
    def of(
        cls, operations: Iterable[Operation], before: Schema, database: str
    ) -> Fates:
        """The fates that operations decide on, on one kind of database."""
        telling = _Telling(before, database)
        for operation in operations:
            telling.take(operation)
        return cls(
            {place: telling.fields[place] for place in sorted(telling.fields)},
            telling.tables,
            frozenset(telling.fed),
            frozenset(telling.unswept),
        )


class _Telling:
    """The fates so far, and the schema that the next operation meets."""

    def __init__(self, before: Schema, database: str) -> None:
        self.schema = before
        self.database = database
        self.fields = {
            (table.name, field.name): Fate((table.name, field.name))
            for table in before.tables.values()
            for field in table.fields
        }
        self.tables: dict[str, str | None] = {name: name for name in before.tables}
        self.fed: set[str] = set()
        self.unswept: set[str] = set()

    def take(self, operation: Operation) -> None:
        """Follow one operation, and those that it stands for."""
        if isinstance(operation, RunSQL | RunPython):
            self._free(operation)
            for told in operation.state_operations:
                self.take(told)
            return
        self._follow(operation)
        self.schema = operation.apply(self.schema)

    def _follow(self, operation: Operation) -> None:
        match operation:
            case RenameTable(old, new):
                self._rename_table(old, new)
            case DropTable(name):
                self._rename_table(name, None)
            case RenameField(table, old, new=new):
                for fate in self._at(table, old):
                    fate.place = (table, new)
            case DropField(table, name):
                for fate in self._at(table, name):
                    fate.place = None
            case AlterField(table, field):
                for fate in self._at(table, field.name):
                    self._alter(fate, operation)
            case AlterEnum(enum):
                self._alter_enum(operation, enum.name)
            case SetTypeMappings():
                for fate in self.fields.values():
                    fate.is_retyped = True
            case UpsertData(table):
                self._upsert(operation, table)
            case _:
                pass

    def _rename_table(self, old: str, new: str | None) -> None:
        for name, now in self.tables.items():
            if now == old:
                self.tables[name] = new
        for fate in self.fields.values():
            if fate.place and fate.place[0] == old:
                fate.place = (new, fate.place[1]) if new else None

    def _alter(self, fate: Fate, operation: AlterField) -> None:
        old = self.schema.table(operation.table).field(operation.field.name)
        new = operation.field
        if (old.type, old.options) != (new.type, new.options):
            fate.is_retyped = True
            if self.database in operation.convert:
                fate.is_freed = True
                fate.is_lossy |= t.narrows(old.type, new.type)
        if operation.one_off is not None:
            fate.is_filled = True

    def _alter_enum(self, operation: AlterEnum, name: str) -> None:
        now = {**operation.renamed, **operation.replaced}
        for table, field in self.schema.fields_of_enum(name):
            for fate in self._at(table.name, field.name):
                held = {v: now.get(w, w) for v, w in fate.values.items()}
                fate.values = {**now, **held}
                fate.is_lossy |= bool(operation.replaced)
                fate.is_freed |= isinstance(field.type, t.Array)

    def _upsert(self, operation: UpsertData, table: str) -> None:
        self.fed.add(table)
        named = {name for row in operation.rows for name in row}
        for fate in self.fields.values():
            if fate.place and fate.place[0] == table and fate.place[1] in named:
                fate.is_freed = True
        self._touch([table])

    def _free(self, operation: RunSQL | RunPython) -> None:
        """Let what SQL or Python of the user's sets hold anything afterwards."""
        words, is_set = _said(operation, self.database)
        is_undone = isinstance(operation, RunSQL) and bool(
            _text(operation.backward or "", self.database).strip()
        )
        named = [n for n in self.schema.tables if words is None or n in words]
        self.fed.update(named)
        if not is_undone:
            self.unswept.update(named)
        for fate in self.fields.values():
            if fate.place and fate.place[0] in named and is_set(fate.place[1]):
                fate.is_freed = fate.is_freed_back = True
        self._touch(named)

    def _touch(self, tables: Iterable[str]) -> None:
        """Let fields change that the database keeps up to date by itself."""
        for name in tables:
            for field in self.schema.table(name).fields:
                if field.auto_update:
                    for fate in self._at(name, field.name):
                        fate.is_freed = fate.is_freed_back = True

    def _at(self, table: str, field: str) -> Iterator[Fate]:
        return (f for f in self.fields.values() if f.place == (table, field))


def words_of(operation: RunSQL | RunPython, database: str) -> frozenset[str]:
    """Every word of it, both ways; none where it cannot be read."""
    words, _ = _said(operation, database)
    if isinstance(operation, RunSQL) and operation.backward:
        back = _WORD.findall(_text(operation.backward, database))
        return frozenset([*(words or ()), *back])
    return words or frozenset()


def _said(
    operation: RunSQL | RunPython, database: str
) -> tuple[frozenset[str] | None, Callable[[str], bool]]:
    """Every word of it, and which fields it sets; no words where it cannot be read.

    SQL sets what it assigns to. What Python sets is not to be seen: all it names.
    """
    from mm_engine.migrations.functions import written

    if isinstance(operation, RunSQL):
        text = _text(operation.forward, database)
        assigned = frozenset(_ASSIGNED.findall(text)) if _SETS.search(text) else ()
        words = frozenset(_WORD.findall(text))
        return words, words.__contains__ if _WHOLE.search(
            text
        ) else assigned.__contains__
    try:
        words = frozenset(_WORD.findall(written(operation.forward).text))
    except MigrationFileError:
        return None, lambda _: True
    return words, words.__contains__


def _text(sql: SQL, database: str) -> str:
    return sql if isinstance(sql, str) else sql.get(database, "")
