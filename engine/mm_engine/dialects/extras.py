"""What a table can be without: defaults, counting, indexes and rules of a schema.

Each can be taken out of a table, put back, and told by an operation of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import TypeAlias, assert_never

import attrs

from mm_engine.dialects.features import Declarable
from mm_engine.model.constraints import Check, ForeignKey, Unique
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import BigInt, BigSerial, Integer, Serial
from mm_engine.operations import (
    AddCheck,
    AddForeignKey,
    AddIndex,
    AddUnique,
    AlterField,
    DropCheck,
    DropForeignKey,
    DropIndex,
    DropUnique,
    Operation,
)

Part: TypeAlias = Index | Unique | Check | ForeignKey
Addition: TypeAlias = Callable[[Table], Table]
"""What gives a table back one thing that it was without."""


def without(table: Table, kinds: Collection[Declarable]) -> Table:
    """A table without all that is of these kinds; foreign keys are left alone."""
    return attrs.evolve(
        table,
        fields=[_field_without(field, kinds) for field in table.fields],
        indexes=[index for index in table.indexes if kind_of(index) not in kinds],
        uniques=() if Declarable.UNIQUES in kinds else table.uniques,
        checks=() if Declarable.CHECKS in kinds else table.checks,
    )


def additions(table: Table, kinds: Collection[Declarable]) -> Iterator[Addition]:
    """Each single thing that ``without`` takes out, in the order it is written in."""
    for field in table.fields:
        if Declarable.SERIALS in kinds and uncounted(field) != field:
            yield partial(_with_type, field=field)
        if Declarable.DEFAULTS in kinds and (field.default or field.auto_create):
            yield partial(_with_default, field=field)
        if Declarable.AUTO_UPDATE in kinds and field.auto_update:
            yield partial(_with_auto_update, field=field)
    for part in parts(table):
        if kind_of(part) in kinds and not isinstance(part, ForeignKey):
            yield partial(with_part, part=part)


def parts(table: Table) -> tuple[Part, ...]:
    """All that stands in a table beside its fields and its primary key."""
    return (*table.indexes, *table.uniques, *table.checks, *table.foreign_keys)


def kind_of(part: Part) -> Declarable:
    """The word that settings have for a part; what no index may lose is a unique."""
    match part:
        case Index(unique=True) | Unique():
            return Declarable.UNIQUES
        case Index():
            return Declarable.INDEXES
        case Check():
            return Declarable.CHECKS
        case ForeignKey():
            return Declarable.FOREIGN_KEYS
        case _:
            assert_never(part)


def has(table: Table, part: Part) -> bool:
    """Whether a table has a part of that sort and name."""
    return any(
        type(other) is type(part) and other.name == part.name for other in parts(table)
    )


def with_part(table: Table, part: Part) -> Table:
    """A table with one more part."""
    match part:
        case Index():
            return attrs.evolve(table, indexes=(*table.indexes, part))
        case Unique():
            return attrs.evolve(table, uniques=(*table.uniques, part))
        case Check():
            return attrs.evolve(table, checks=(*table.checks, part))
        case ForeignKey():
            return attrs.evolve(table, foreign_keys=(*table.foreign_keys, part))
        case _:
            assert_never(part)


def added(table: str, part: Part) -> Operation:
    """The operation that makes a part."""
    match part:
        case Index():
            return AddIndex(table, part)
        case Unique():
            return AddUnique(table, part)
        case Check():
            return AddCheck(table, part)
        case ForeignKey():
            return AddForeignKey(table, part)
        case _:
            assert_never(part)


def dropped(table: str, part: Part) -> Operation:
    """The operation that ends a part."""
    name = str(part.name)
    match part:
        case Index():
            return DropIndex(table, name)
        case Unique():
            return DropUnique(table, name)
        case Check():
            return DropCheck(table, name)
        case ForeignKey():
            return DropForeignKey(table, name)
        case _:
            assert_never(part)


def ended(before: Table, after: Table, *, but: str | None) -> Iterator[Operation]:
    """What takes out of a table that the other of the same fields is without.

    One field is left as it is.
    """
    for part in parts(before):
        if not has(after, part):
            yield dropped(before.name, part)
    for field in before.fields:
        if field.name == but:
            continue
        meant = after.field(field.name)
        less = attrs.evolve(
            field,
            type=meant.type if meant.type == uncounted(field).type else field.type,
            default=field.default if _fills(meant) else None,
            auto_create=field.auto_create and _fills(meant),
            auto_update=field.auto_update and meant.auto_update,
        )
        if less != field:
            yield AlterField(before.name, less)


def begun(before: Table, after: Table) -> Iterator[Operation]:
    """What puts into a table that the other of the same fields has beside it."""
    for field in before.fields:
        if (meant := after.field(field.name)) != field:
            yield AlterField(before.name, meant)
    for part in parts(after):
        if not has(before, part):
            yield added(after.name, part)


def uncounted(field: Field) -> Field:
    """A field whose numbers the application gives; what never counted is the same."""
    match field.type:
        case Serial():
            return attrs.evolve(field, type=Integer())
        case BigSerial():
            return attrs.evolve(field, type=BigInt())
        case _:
            return field


def _fills(field: Field) -> bool:
    """Whether rows that say nothing get something in a field."""
    return field.default is not None or field.auto_create


def _field_without(field: Field, kinds: Collection[Declarable]) -> Field:
    if Declarable.SERIALS in kinds:
        field = uncounted(field)
    if Declarable.DEFAULTS in kinds:
        field = attrs.evolve(field, default=None, auto_create=False)
    if Declarable.AUTO_UPDATE in kinds:
        field = attrs.evolve(field, auto_update=False)
    return field


def _with_type(table: Table, field: Field) -> Table:
    return _with_field(table, attrs.evolve(table.field(field.name), type=field.type))


def _with_default(table: Table, field: Field) -> Table:
    return _with_field(
        table,
        attrs.evolve(
            table.field(field.name),
            default=field.default,
            auto_create=field.auto_create,
        ),
    )


def _with_auto_update(table: Table, field: Field) -> Table:
    return _with_field(table, attrs.evolve(table.field(field.name), auto_update=True))


def _with_field(table: Table, field: Field) -> Table:
    fields = [field if one.name == field.name else one for one in table.fields]
    return attrs.evolve(table, fields=fields)
