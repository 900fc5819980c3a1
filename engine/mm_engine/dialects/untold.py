"""What a database does not have: kept in the schema, told to nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias, assert_never

import attrs

from mm_engine.dialects import extras
from mm_engine.dialects.extras import Part
from mm_engine.dialects.features import Declarable, ForeignKeys, Unsupported
from mm_engine.dialects.statements import Move
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.operations import (
    AddCheck,
    AddField,
    AddForeignKey,
    AddIndex,
    AddUnique,
    AlterCheck,
    AlterField,
    AlterForeignKey,
    AlterIndex,
    AlterPrimaryKey,
    AlterUnique,
    CreateTable,
    DropCheck,
    DropForeignKey,
    DropIndex,
    DropUnique,
    Operation,
    RenameConstraint,
    RenameIndex,
    RunPython,
    RunSQL,
    SetDefaults,
    SetTableOptions,
    SetTypeMappings,
)

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect

Ending: TypeAlias = (
    DropIndex | DropUnique | DropCheck | DropForeignKey | RenameIndex | RenameConstraint
)
_MARK = "0" * 8


def told_moves(dialect: Dialect, moves: Sequence[Move]) -> Sequence[Move]:
    """The moves as a dialect has to tell them: all, where nothing is to be left out.

    Else they are those of a schema that never had what the database cannot keep, so
    that no dialect can make it, or trip over it, wherever it writes down a table.

    Raises ``UnsupportedError`` for a key that is made where there are no keys and the
    settings refuse it.
    """
    has_no_keys = dialect.features.foreign_keys is ForeignKeys.ABSENT
    if has_no_keys and Declarable.FOREIGN_KEYS not in dialect.declared:
        for move in moves:
            with dialect.explained(move.operation):
                _refuse_keys(dialect, move.operation)
    return tuple(Telling(dialect).moves(moves)) if leaves_out(dialect) else moves


def told_schema(dialect: Dialect, schema: Schema) -> Schema:
    """A schema as a database has it that was told all it can keep."""
    return Telling(dialect).schema(schema) if leaves_out(dialect) else schema


def leaves_out(dialect: Dialect) -> bool:
    """Whether there may be something that this database is not told."""
    has_no_keys = dialect.features.foreign_keys is ForeignKeys.ABSENT
    return has_no_keys or not dialect.declared <= {Declarable.FOREIGN_KEYS}


@attrs.define(eq=False)
class Telling:
    """What one dialect can be told of schemas; each table is tried once."""

    dialect: Dialect
    _tried: dict[int, tuple[Table, Table]] = attrs.field(factory=dict, init=False)

    def schema(self, schema: Schema) -> Schema:
        """A schema with what can be kept of each table."""
        tables = {n: self.table(t, schema) for n, t in schema.tables.items()}
        return attrs.evolve(schema, tables=tables)

    def table(self, table: Table, schema: Schema) -> Table:
        """What can be kept of a table among the enums and settings of a schema."""
        if self.dialect.features.foreign_keys is ForeignKeys.ABSENT:
            table = table.without_foreign_keys
        if not self._kinds:
            return table
        if id(table) not in self._tried:
            # It is remembered too, lest another table get its number.
            self._tried[id(table)] = (table, self._kept(table, schema))
        return self._tried[id(table)][1]

    def left_out(self, table: Table, schema: Schema) -> Iterator[Field | Part]:
        """What only the schema has of a table, as the settings say.

        A field stands for what it is without itself.
        """
        kept = self.table(table, schema)
        for field in table.fields:
            if kept.field(field.name) != field or not self._keeps_values(field, schema):
                yield field
        for part in extras.parts(table):
            is_declared = extras.kind_of(part) in self.dialect.declared
            if is_declared and not extras.has(kept, part):
                yield part

    def moves(self, moves: Iterable[Move]) -> Iterator[Move]:
        """The same moves from a schema on that has only what can be kept."""
        here: Schema | None = None
        for move in moves:
            if isinstance(move.operation, RunSQL | RunPython):
                # The user's functions see, and their state is told, the whole schema.
                yield move
                # Their state may say other defaults or types, as settings do.
                self._tried.clear()
                here = self.schema(move.after)
                continue
            before = here or self.schema(move.before)
            for operation in self._operations(move, before):
                told = attrs.evolve(move, operation=operation, before=before)
                yield told
                before = told.after
            here = before

    @property
    def _kinds(self) -> frozenset[Declarable]:
        return self.dialect.declared - {Declarable.FOREIGN_KEYS}

    def _operations(self, move: Move, before: Schema) -> Iterator[Operation]:
        """What becomes of an operation: what ends being kept, itself, what begins."""
        if self._kinds and isinstance(move.operation, SetDefaults | SetTypeMappings):
            self._tried.clear()
        kept = {name: self._at(move, name) for name in self._touched(move)}
        for name, table in kept.items():
            for operation in extras.ended(
                before.table(name), table, but=_altered(move)
            ):
                yield operation
                before = operation.apply(before)
        for operation in self._told(move, before):
            yield operation
            before = operation.apply(before)
        for name, table in kept.items():
            yield from extras.begun(before.table(name), table)

    def _touched(self, move: Move) -> Iterable[str]:
        """The tables of which another part may be kept after an operation."""
        match move.operation:
            case _ if not self._kinds or move.operation.schema_only:
                return ()
            case SetDefaults() | SetTypeMappings():
                return tuple(move.before.tables)
            case (
                AlterField(table=table)
                | AlterPrimaryKey(table=table)
                | SetTableOptions(table=table)
            ):
                return (table,)
            case _:
                return ()

    def _told(self, move: Move, before: Schema) -> Iterator[Operation]:
        """An operation as far as it is about what is kept."""
        match move.operation:
            case CreateTable(name=name) as made:
                kept = self._at(move, name)
                yield attrs.evolve(
                    made,
                    fields=kept.fields,
                    indexes=kept.indexes,
                    uniques=kept.uniques,
                    checks=kept.checks,
                    foreign_keys=kept.foreign_keys,
                )
            case AddField(table=name) | AlterField(table=name) as changed:
                field = self._at(move, name).field(changed.field.name)
                yield attrs.evolve(changed, field=field)
            case (
                AddIndex(table=name, index=part)
                | AddUnique(table=name, unique=part)
                | AddCheck(table=name, check=part)
                | AddForeignKey(table=name, foreign_key=part)
                | AlterIndex(table=name, index=part)
                | AlterUnique(table=name, unique=part)
                | AlterCheck(table=name, check=part)
                | AlterForeignKey(table=name, foreign_key=part)
            ):
                was = extras.has(before.table(name), part)
                comes = extras.has(self._at(move, name), part)
                if comes:
                    is_new = not extras.has(move.before.table(name), part)
                    yield move.operation if was or is_new else extras.added(name, part)
                elif was:
                    yield extras.dropped(name, part)
            case (
                DropIndex(table=name)
                | DropUnique(table=name)
                | DropCheck(table=name)
                | DropForeignKey(table=name)
                | RenameIndex(table=name)
                | RenameConstraint(table=name)
            ) as ending:
                ended = _ends(ending, move.before.table(name))
                if ended is None or extras.has(before.table(name), ended):
                    yield ending
            case other:
                yield other

    def _at(self, move: Move, name: str) -> Table:
        return self.table(move.after.table(name), move.after)

    def _kept(self, table: Table, schema: Schema) -> Table:
        if self._is_taken(table, schema):
            return table
        kept = extras.without(table, self._kinds)
        if not self._is_taken(kept, schema):
            # It is refused for what is no extra, as it would be without a setting.
            return table
        for addition in extras.additions(table, self._kinds):
            if self._is_taken(more := addition(kept), schema):
                kept = more
        return kept

    def _keeps_values(self, field: Field, schema: Schema) -> bool:
        """Whether something looks at what a field of an enum holds."""
        if Declarable.ENUMS not in self.dialect.declared:
            return True
        strict = self.dialect.treating(self.dialect.declared - {Declarable.ENUMS})
        try:
            strict.type_sql(field, schema)
        except UnsupportedError:
            return False
        return True

    def _is_taken(self, table: Table, schema: Schema) -> bool:
        made = CreateTable.of(table.without_foreign_keys)
        alone = attrs.evolve(schema, tables={})
        try:
            self.dialect.told(Move(made, alone, number=1, mark=_MARK))
        except UnsupportedError:
            return False
        return True


def way_out(dialect: Dialect, moves: Sequence[Move]) -> tuple[Declarable, ...]:
    """What has to be left to the schema so that moves are not refused.

    Nothing where it does not help to leave all of it.
    """
    every = frozenset(Declarable)
    if not _is_told(dialect, moves, every):
        return ()
    needed = every
    for kind in (one for one in Declarable if one not in dialect.declared):
        if _is_told(dialect, moves, needed - {kind}):
            needed -= {kind}
    return tuple(kind for kind in Declarable if kind in needed - dialect.declared)


@contextmanager
def naming_ways_out(dialect: Dialect, moves: Sequence[Move]) -> Iterator[None]:
    """Let a refusal name the settings under which there would be none, if any."""
    try:
        yield
    except UnsupportedError as error:
        settings = ", ".join(
            f"unsupported.{kind.value}: {Unsupported.DECLARE_ONLY.value}"
            for kind in way_out(dialect, moves)
        )
        if not settings:
            raise
        hints = (error.hint, f"keep it in the schema only: {settings}")
        raise UnsupportedError(
            error.message, at=error.at, hint="; or ".join(filter(None, hints))
        ) from error


def _is_told(
    dialect: Dialect, moves: Sequence[Move], declared: frozenset[Declarable]
) -> bool:
    try:
        dialect.treating(declared).told_items(moves)
    except UnsupportedError:
        return False
    return True


def _altered(move: Move) -> str | None:
    """The field that an operation alters, which it says all of."""
    operation = move.operation
    return operation.field.name if isinstance(operation, AlterField) else None


def _ends(operation: Ending, table: Table) -> Part | None:
    """The part that an operation drops or renames; None for a primary key."""
    match operation:
        case DropIndex(name=name) | RenameIndex(old=name):
            return table.index(name)
        case DropUnique(name=name):
            return table.unique(name)
        case DropCheck(name=name):
            return table.check(name)
        case DropForeignKey(name=name):
            return table.foreign_key(name)
        case RenameConstraint(old=name):
            constraints = (p for p in extras.parts(table) if not isinstance(p, Index))
            return next((part for part in constraints if part.name == name), None)
        case _:
            assert_never(operation)


def _refuse_keys(dialect: Dialect, operation: Operation) -> None:
    for key in () if operation.schema_only else _made(operation):
        raise UnsupportedError(
            f'{dialect.title} has no foreign keys, and "{key.name}" is one',
            at=key.at,
            hint="leave it out",
        )


def _made(operation: Operation) -> tuple[ForeignKey, ...]:
    match operation:
        case CreateTable(foreign_keys=keys):
            return keys
        case AddForeignKey(foreign_key=key) | AlterForeignKey(foreign_key=key):
            return (key,)
        case _:
            return ()
