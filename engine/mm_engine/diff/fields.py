"""Fields and the primary key of one table, compared."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from mm_engine.diff.order import Phase, Placed
from mm_engine.model.table import Field, Table, is_computed
from mm_engine.model.types import BigSerial, FieldType, Serial
from mm_engine.operations import AddField, AlterField, AlterPrimaryKey, DropField


def changed_fields(old: Table, new: Table) -> Iterator[Placed]:
    """What turns the fields and the primary key of one table into those of the other.

    New fields come in the order of the file, since they become columns in that order;
    what is computed comes after what it is computed from, and goes before it. Where no
    old field stays they come first, since SQLite takes no table without a column.
    """
    before = {field.name: field for field in old.fields}
    after = {field.name: field for field in new.fields}
    entering = _key(new) if old.primary_key != new.primary_key else ()
    stays = any(name in after and not is_computed(before[name]) for name in before)
    for field in sorted(new.fields, key=is_computed):
        if field.name not in before:
            comes_first = field.name in entering or not stays
            phase = Phase.ADD_KEY_FIELDS if comes_first else Phase.ADD_FIELDS
            yield Placed(phase, AddField(new.name, field))
    for name in sorted(before, key=lambda name: (not is_computed(before[name]), name)):
        if name not in after:
            yield Placed(Phase.DROP_FIELDS, DropField(new.name, name))
        elif before[name] != after[name]:
            for phase, field in _alterations(old, new, before[name], after[name]):
                yield Placed(phase, AlterField(new.name, field))
    if old.primary_key != new.primary_key:
        key = new.primary_key
        yield Placed(Phase.ALTER_KEYS, AlterPrimaryKey(new.name, key))


def _alterations(
    old: Table, new: Table, was: Field, now: Field
) -> Iterator[tuple[Phase, Field]]:
    """One alteration, before or after the primary key moves.

    A field is required before it enters a key, optional only after it left, and
    MySQL lets it count only while it is in one. Where that asks for both sides of the
    move, the field is altered twice.
    """
    enters = was.name in _key(new) and was.name not in _key(old)
    leaves = was.name in _key(old) and was.name not in _key(new)
    required = attrs.evolve(now, nullable=False)
    if old.primary_key == new.primary_key:
        yield Phase.ALTER_FIELDS, now
    elif _counts(now.type) and not _counts(was.type):
        if enters and was.nullable:
            yield Phase.ALTER_KEY_FIELDS, attrs.evolve(was, nullable=False)
        yield Phase.ALTER_FIELDS, now
    elif _counts(was.type) and not _counts(now.type):
        yield Phase.ALTER_KEY_FIELDS, required if leaves else now
        if leaves and now.nullable:
            yield Phase.ALTER_FIELDS, now
    else:
        yield (Phase.ALTER_KEY_FIELDS if enters else Phase.ALTER_FIELDS), now


def _key(table: Table) -> tuple[str, ...]:
    return table.primary_key.fields if table.primary_key else ()


def _counts(type_: FieldType) -> bool:
    return isinstance(type_, Serial | BigSerial)
