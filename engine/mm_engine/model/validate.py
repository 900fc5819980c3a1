"""Whether a schema can be: everything that is wrong with it, at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from mm_engine.errors import Position, Problem, nearest
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.databases import is_known, known
from mm_engine.model.faults import Fault
from mm_engine.model.literals import literal_hint, literal_text
from mm_engine.model.names import OUR_TABLES, name_fault, place_of
from mm_engine.model.naming import Named
from mm_engine.model.objects import Enum
from mm_engine.model.references import reference_faults
from mm_engine.model.schema import Schema
from mm_engine.model.symbols import BUILT_IN_SYMBOLS
from mm_engine.model.table import Field, Index, Options, Table
from mm_engine.model.templates import canonical_template, template_fault
from mm_engine.model.types import (
    Array,
    Date,
    Decimal,
    EnumOf,
    FieldType,
    Native,
    Time,
    Timestamp,
    TimestampTZ,
)
from mm_engine.model.values import Expression, Literal, Symbol


def problems(schema: Schema) -> tuple[Problem, ...]:
    """Everything that is wrong with a schema, whatever database it is for."""
    return tuple(fault.problem for fault in faults(schema))


def faults(schema: Schema) -> Iterator[Fault]:
    """The same with the words that are wrong, for those who know the text."""
    for enum in schema.enums.values():
        yield from _enum_faults(enum)
    for table in schema.tables.values():
        yield from _table_faults(schema, table)
        yield from reference_faults(schema, table)
    yield from _setting_faults(schema)


def _enum_faults(enum: Enum) -> Iterator[Fault]:
    yield from _name_faults("the name of an enum", enum.name, enum.at)
    if not enum.values:
        yield Fault(f'enum "{enum.name}" has no values', at=enum.at)
    for value in _repeated(enum.values):
        yield Fault(
            f'enum "{enum.name}" has the value "{value}" twice', at=enum.at, word=value
        )


def _table_faults(schema: Schema, table: Table) -> Iterator[Fault]:
    yield from _name_faults("the name of a table", table.name, table.at)
    if any(
        n.lower().startswith(OUR_TABLES) for n in (table.name, place_of(table.name)[1])
    ):
        yield Fault(
            f'the name of table "{table.name}" begins with "{OUR_TABLES}"',
            at=table.at,
            hint="such names are kept for the history, and for tables being rebuilt",
        )
    if not table.fields:
        yield Fault(f'table "{table.name}" has no fields', at=table.at)
    seen: dict[str, Field] = {}
    for field in table.fields:
        if field.name in seen:
            what = f'field "{field.name}"'
            yield _twice(what, field.at, seen[field.name].at)
        seen.setdefault(field.name, field)
        yield from _field_faults(schema, field)
    yield from _primary_key_faults(table.primary_key, seen)
    parts: tuple[Named, ...] = (
        *table.indexes,
        *table.uniques,
        *table.checks,
        *table.foreign_keys,
    )
    for part in parts:
        yield from _part_faults(part, seen)
    yield from _double_names(table)
    yield from _option_faults(table.options, table.at)


# Most fields have none of what is asked here: not asking saves half of the time.
def _field_faults(schema: Schema, field: Field) -> Iterator[Fault]:
    yield from _name_faults("the name of a field", field.name, field.at)
    if isinstance(field.type, Decimal | EnumOf | Array | Native):
        yield from _type_faults(schema, field.type, field)
    if field.default is not None:
        yield from _default_faults(schema, field)
    if field.auto_create or field.auto_update:
        yield from _clock_faults(field)
    yield from _option_faults(field.options, field.at)


def _clock_faults(field: Field) -> Iterator[Fault]:
    if not shows_time(field.type):
        key = "auto_create" if field.auto_create else "auto_update"
        yield Fault(
            f'{key} of "{field.name}" needs a field that shows a time',
            at=field.at,
            hint="make it a timestamp, timestamptz, date or time",
        )


def _type_faults(schema: Schema, type_: FieldType, field: Field) -> Iterator[Fault]:
    match type_:
        case Decimal() if type_.scale > type_.precision:
            yield Fault(
                f'field "{field.name}": the scale {type_.scale} is more than'
                f" the precision {type_.precision}",
                at=field.at,
            )
        case EnumOf() if type_.name not in schema.enums:
            yield Fault(
                f'there is no enum "{type_.name}"',
                at=field.at,
                hint=nearest(type_.name, schema.enums),
                word=type_.name,
            )
        case Array():
            yield from _type_faults(schema, type_.of, field)
        case Native():
            if not type_.types or not all(t.strip() for t in type_.types.values()):
                yield Fault(
                    f'field "{field.name}": a native type is empty', at=field.at
                )
            yield from _database_faults(type_.types, field.at)
            if isinstance(type_.otherwise, Native):
                yield Fault(
                    f'field "{field.name}": a native type instead of a native type',
                    at=field.at,
                )
            elif type_.otherwise is not None:
                yield from _type_faults(schema, type_.otherwise, field)
        case _:
            pass


def shows_time(type_: FieldType) -> bool:
    """Whether the clock of a database can fill a field of this type."""
    if isinstance(type_, Native):
        return type_.otherwise is None or shows_time(type_.otherwise)
    return isinstance(type_, Timestamp | TimestampTZ | Date | Time)


def _default_faults(schema: Schema, field: Field) -> Iterator[Fault]:
    match field.default:
        case Symbol(name):
            known = {
                name: None for chosen in schema.defaults.values() for name in chosen
            }
            if name not in known and name not in BUILT_IN_SYMBOLS:
                yield Fault(
                    f'no default is called "{name}"',
                    at=field.at,
                    hint=nearest(name, [*known, *BUILT_IN_SYMBOLS]),
                    word=name,
                )
        case Literal(text):
            if literal_text(text, field.type, schema.enums) != text:
                yield Fault(
                    f'"{text}" is no value of the type {field.type.yaml_name}',
                    at=field.at,
                    hint=f"it takes {literal_hint(field.type, schema.enums)}",
                    word=text,
                )
        case Expression(sql) if not sql.strip():
            yield Fault(f'the default of field "{field.name}" is empty', at=field.at)
        case _:
            pass


def _primary_key_faults(
    key: PrimaryKey | None, fields: Mapping[str, Field]
) -> Iterator[Fault]:
    if key is None:
        return
    yield from _list_faults("the primary key", key.fields, fields, key.at)
    for name in key.fields:
        if name in fields and fields[name].nullable:
            yield Fault(
                f'field "{name}" of the primary key cannot be null',
                at=key.at,
                word=name,
            )


def _part_faults(part: Named, fields: Mapping[str, Field]) -> Iterator[Fault]:
    what = _called(part)
    if part.name is not None:
        yield from _name_faults(f"the name of {what}", part.name, part.at)
    match part:
        case Check():
            if not part.expression.strip():
                yield Fault(f"{what} has no condition", at=part.at)
        case Index():
            yield from _option_faults(part.options, part.at)
            expressions = [e.sql for e in part.fields if isinstance(e, Expression)]
            if not all(sql.strip() for sql in expressions):
                yield Fault(f"{what} has an empty expression", at=part.at)
            if not expressions:
                yield from _list_faults(what, part.field_names, fields, part.at)
            else:
                yield from _unknown_fields(what, part.field_names, fields, part.at)
            yield from _carried_faults(what, part, fields)
        case _:
            yield from _list_faults(what, part.fields, fields, part.at)


def _carried_faults(
    what: str, index: Index, fields: Mapping[str, Field]
) -> Iterator[Fault]:
    yield from _unknown_fields(what, index.include, fields, index.at)
    for name in _repeated((*index.field_names, *index.include)):
        if name in index.include:
            yield Fault(f'{what} includes field "{name}" twice', at=index.at, word=name)
    if index.nulls_not_distinct and not index.unique:
        yield Fault(
            f"{what} is not unique, so nulls_not_distinct means nothing",
            at=index.at,
            hint="make it unique, or leave nulls_not_distinct out",
        )


def _called(part: Named) -> str:
    match part:
        case Index():
            what, article = "index", "an"
        case Unique():
            what, article = "unique constraint", "a"
        case Check():
            what, article = "check", "a"
        case ForeignKey():
            what, article = "foreign key", "a"
        case _:
            assert_never(part)
    return f"{article} {what}" if part.name is None else f'{what} "{part.name}"'


def _list_faults(
    what: str,
    names: tuple[str, ...],
    fields: Mapping[str, Field],
    at: Position | None,
) -> Iterator[Fault]:
    if not names:
        yield Fault(f"{what} has no fields", at=at)
    for name in _repeated(names):
        yield Fault(f'{what} names field "{name}" twice', at=at, word=name)
    yield from _unknown_fields(what, names, fields, at)


def _unknown_fields(
    what: str,
    names: tuple[str, ...],
    fields: Mapping[str, Field],
    at: Position | None,
) -> Iterator[Fault]:
    for name in dict.fromkeys(names):
        if name not in fields:
            yield Fault(
                f'{what} names field "{name}", which is not there',
                at=at,
                hint=nearest(name, fields),
                word=name,
            )


def _double_names(table: Table) -> Iterator[Fault]:
    """Names that two parts have which databases keep in one list.

    A foreign key and the index below it may share a name: MySQL makes them so.
    """
    indexed: tuple[Named, ...] = (*table.indexes, *table.uniques)
    constraints: tuple[Named, ...] = (
        *table.uniques,
        *table.checks,
        *table.foreign_keys,
    )
    reported: list[Named] = []
    for parts in (indexed, constraints):
        seen: dict[str, Named] = {}
        for part in parts:
            if part.name is None:
                continue
            if part.name in seen and not any(part is other for other in reported):
                reported.append(part)
                yield _twice(_called(part), part.at, seen[part.name].at)
            seen.setdefault(part.name, part)


def _twice(what: str, again: Position | None, first: Position | None) -> Fault:
    hint = None
    if first is not None and again is not None and first.file == again.file:
        hint = f"first given at {first.line}:{first.column}"
    elif first is not None:
        hint = f"first given at {first}"
    return Fault(f"{what} is given twice", at=again, hint=hint)


def _name_faults(what: str, name: str, at: Position | None) -> tuple[Fault, ...]:
    fault = name_fault(name)
    return () if fault is None else (Fault(f"{what} {fault}", at=at),)


def _option_faults(options: Options, at: Position | None) -> tuple[Fault, ...]:
    return tuple(_database_faults(options, at)) if options else ()


def _setting_faults(schema: Schema) -> Iterator[Fault]:
    yield from _database_faults(schema.defaults, None)
    yield from _database_faults(schema.type_mappings, None)
    for chosen in schema.type_mappings.values():
        for name, text in chosen.items():
            found = template_fault(name, canonical_template(text))
            if found is not None:
                message, hint = found
                yield Fault(message, hint=hint, word=name)


def _database_faults(names: Iterable[str], at: Position | None) -> Iterator[Fault]:
    for name in names:
        if not is_known(name):
            yield Fault(
                f'unknown database "{name}"',
                at=at,
                hint=nearest(name, known()),
                word=name,
            )


def _repeated(names: Sequence[str]) -> tuple[str, ...]:
    """The names that stand there more than once, each once."""
    counts = Counter(names) if len(names) > 1 else {}
    return tuple(name for name, count in counts.items() if count > 1)
