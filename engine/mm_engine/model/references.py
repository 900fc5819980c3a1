"""Whether foreign keys refer to something that can be referred to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mm_engine.errors import nearest
from mm_engine.model.constraints import ForeignKey
from mm_engine.model.faults import Fault
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.types import (
    Array,
    Char,
    FieldType,
    Native,
    Text,
    Varchar,
    referencing_type,
)


def reference_faults(schema: Schema, table: Table) -> Iterator[Fault]:
    """Everything that is wrong with the foreign keys of a table."""
    own = {field.name: field for field in table.fields}
    for key in table.foreign_keys:
        target = schema.tables.get(key.table)
        if target is None:
            yield Fault(
                f'there is no table "{key.table}"',
                at=key.at,
                hint=nearest(key.table, schema.tables),
                word=key.table,
            )
        elif all(name in own for name in key.fields):
            yield from _target_faults(key, target, own)
        yield from _action_faults(key, own)


def _target_faults(
    key: ForeignKey, target: Table, own: Mapping[str, Field]
) -> Iterator[Fault]:
    theirs = {field.name: field for field in target.fields}
    unknown = [name for name in key.references if name not in theirs]
    for name in unknown:
        yield Fault(
            f'table "{target.name}" has no field "{name}"',
            at=key.at,
            hint=nearest(name, theirs),
            word=name,
        )
    if unknown:
        return
    if len(key.references) != len(key.fields):
        yield Fault(
            f"{_count(key.fields)} cannot refer to {_count(key.references)}"
            f' of "{target.name}"',
            at=key.at,
        )
        return
    if not is_key(target, key.references):
        yield _no_key(key, target)
    for name, other in zip(key.fields, key.references, strict=True):
        if not _comparable(own[name].type, theirs[other].type):
            yield Fault(
                f'field "{name}" is {own[name].type.yaml_name}, but'
                f' "{target.name}.{other}" is {theirs[other].type.yaml_name}',
                at=key.at,
                hint=f"write type: {referencing_type(theirs[other].type).yaml_name}",
                word=name,
            )


def _count(names: tuple[str, ...]) -> str:
    return "1 field" if len(names) == 1 else f"{len(names)} fields"


def is_key(table: Table, fields: tuple[str, ...]) -> bool:
    """Whether no two rows of a table can be alike in all of these fields."""
    wanted = sorted(fields)
    # What may be broken in the middle of a transaction cannot be referred to.
    keys = [unique.fields for unique in table.uniques if not unique.deferrable]
    if table.primary_key is not None:
        keys.append(table.primary_key.fields)
    keys += [
        index.field_names
        for index in table.indexes
        if index.unique
        and index.where is None
        and len(index.field_names) == len(index.fields)
    ]
    return any(sorted(key) == wanted for key in keys)


def _no_key(key: ForeignKey, target: Table) -> Fault:
    fields = ", ".join(key.references)
    hint = "make it unique there"
    if target.primary_key is not None:
        hint += f", or refer to {', '.join(target.primary_key.fields)}"
    return Fault(
        f'"{target.name}" has no primary key or unique constraint over {fields}',
        at=key.at,
        hint=hint,
        word=key.references[0] if key.references else None,
    )


def _comparable(own: FieldType, other: FieldType) -> bool:
    """Whether databases let a field of one type refer to a field of the other.

    Lengths of texts may differ everywhere; widths of numbers may not on MySQL.
    """
    own, other = referencing_type(own), referencing_type(other)
    match own, other:
        case (Native(), _) | (_, Native()):
            return True
        case (Varchar() | Char(), Varchar() | Char()) | (Text(), Text()):
            return True
        case (Array(), Array()):
            return _comparable(own.of, other.of)
        case _:
            return own == other


def _action_faults(key: ForeignKey, own: Mapping[str, Field]) -> Iterator[Fault]:
    for event, action in (("on_delete", key.on_delete), ("on_update", key.on_update)):
        for name in key.fields if action == "SET NULL" else ():
            if name in own and not own[name].nullable:
                yield Fault(
                    f'{event} SET NULL, but field "{name}" cannot be null',
                    at=key.at,
                    hint="allow null, or use CASCADE or RESTRICT",
                )
