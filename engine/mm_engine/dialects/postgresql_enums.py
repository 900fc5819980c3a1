"""Enums as types of PostgreSQL: values added and renamed in place, or a new type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from mm_engine.dialects import postgresql_dependents
from mm_engine.dialects.sql import ExpressionSQL
from mm_engine.dialects.statements import Expect, Item, Move, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema, enum_name
from mm_engine.model.table import Field, Table
from mm_engine.model.types import Array
from mm_engine.operations import AlterEnum, Operation, RunPython

if TYPE_CHECKING:
    from mm_engine.dialects.postgresql import PostgreSQL

OLD = "makemigrations_old_"
"""What the name of a type begins with while another takes its place."""


# What SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace finds
# on PostgreSQL 14 to 18, without the types of rows and of lists.
TYPES_OF_THE_SERVER = (
    "aclitem any anyarray anycompatible anycompatiblearray anycompatiblemultirange"
    " anycompatiblenonarray anycompatiblerange anyelement anyenum anymultirange"
    " anynonarray anyrange bit bool box bpchar bytea char cid cidr circle cstring date"
    " datemultirange daterange event_trigger fdw_handler float4 float8 gtsvector"
    " index_am_handler inet int2 int2vector int4 int4multirange int4range int8"
    " int8multirange int8range internal interval json jsonb jsonpath language_handler"
    " line lseg macaddr macaddr8 money name numeric nummultirange numrange oid"
    " oidvector path pg_brin_bloom_summary pg_brin_minmax_multi_summary"
    " pg_ddl_command pg_dependencies pg_lsn pg_mcv_list pg_ndistinct pg_node_tree"
    " pg_snapshot point polygon record refcursor regclass regcollation regconfig"
    " regdictionary regnamespace regoper regoperator regproc regprocedure regrole"
    " regtype table_am_handler text tid time timestamp timestamptz timetz trigger"
    " tsm_handler tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector"
    " txid_snapshot unknown uuid varbit varchar void xid xid8 xml"
)


def check_name(dialect: PostgreSQL, name: str) -> None:
    """Refuse a name that means a type of the server's own wherever it is said.

    Its namespace is searched first, so columns would get that type in silence.
    """
    namespace, own = dialect.place(name)
    if namespace is None and own in TYPES_OF_THE_SERVER.split():
        raise UnsupportedError(
            f'PostgreSQL has a type "{own}" of its own, which the name would mean',
            hint=f'give the enum another name, or a namespace: "types.{own}"',
        )


def created(dialect: PostgreSQL, enum: Enum) -> Iterator[Item]:
    """A type, and what is said of it."""
    check_name(dialect, enum.name)
    values = ", ".join(dialect.text(value) for value in enum.values)
    yield Statement(f"CREATE TYPE {dialect.new_thing(enum.name)} AS ENUM ({values})")
    yield from commented(dialect, enum.name, None, enum.comment)


def commented(
    dialect: PostgreSQL, name: str, before: str | None, after: str | None
) -> Iterator[Item]:
    """What is said of a type, if that is another now."""
    if before != after:
        said = "NULL" if after is None else dialect.text(after)
        yield Statement(f"COMMENT ON TYPE {dialect.thing(name)} IS {said}")


def altered(dialect: PostgreSQL, move: Move, operation: AlterEnum) -> Iterator[Item]:
    """The values in place where PostgreSQL can, else a new type."""
    before, name = move.before.enum(operation.enum.name), operation.enum.name
    if not is_in_place(before, operation):
        yield from replaced(dialect, move, operation)
        return
    for old, new in operation.renamed.items():
        yield Statement(
            f"ALTER TYPE {dialect.thing(name)}"
            f" RENAME VALUE {dialect.text(old)} TO {dialect.text(new)}"
        )
    yield from _added(dialect, before, operation)
    yield from commented(dialect, name, before.comment, operation.enum.comment)


def is_in_place(before: Enum, operation: AlterEnum) -> bool:
    """Whether values are only renamed and added, none in the way of another."""
    kept = [operation.renamed.get(value, value) for value in before.values]
    wanted = [value for value in operation.enum.values if value in kept]
    free = not any(new in before.values for new in operation.renamed.values())
    return kept == wanted and free


def new_values(before: Enum, operation: AlterEnum) -> tuple[str, ...]:
    """The values that were not there under any name."""
    known = {operation.renamed.get(value, value) for value in before.values}
    return tuple(value for value in operation.enum.values if value not in known)


def may_use(operation: Operation, values: Sequence[str]) -> bool:
    """Whether an operation could write one of these values into a row or default.

    A new value may not be used in the transaction that adds it to a type:
    https://www.postgresql.org/docs/current/sql-altertype.html
    """
    said = repr(operation)
    return isinstance(operation, RunPython) or any(v in said for v in values)


def replaced(dialect: PostgreSQL, move: Move, operation: AlterEnum) -> Iterator[Item]:
    """A new type in the place of the old one, wherever that is used."""
    enum = operation.enum
    now = {**operation.replaced, **operation.renamed}
    lost = [value for value in operation.gone(move.before) if value not in now]
    users = _users(dialect, move.before, enum.name)
    yield postgresql_dependents.unused_type(dialect, enum.name, users)
    if lost:
        for table, fields in users:
            for field in fields:
                yield _unused(dialect, table, field, lost)
    _, own = dialect.place(enum.name)
    aside = dialect.part_name(f"{OLD}{own}")
    yield Statement(f"ALTER TYPE {dialect.thing(enum.name)} RENAME TO {aside}")
    yield from created(dialect, enum)
    for table, fields in users:
        names = [field.name for field in fields]
        yield from dialect.without_dependents(table, names)
    for table, fields in users:
        for field in fields:
            yield from _moved(dialect, move, table, field, now)
    for table, fields in users:
        names = [field.name for field in fields]
        changed = move.after.table(table.name)
        yield from dialect.with_dependents(changed, names)
    old = dialect.part_beside(enum.name, f"{OLD}{own}")
    yield Statement(f"DROP TYPE {old}")


def _moved(
    dialect: PostgreSQL, move: Move, table: Table, field: Field, now: Mapping[str, str]
) -> Iterator[Item]:
    old = dialect.column(field, move.before)
    changed = move.after.table(table.name).field(field.name)
    new = dialect.column(changed, move.after)
    column = f"ALTER COLUMN {dialect.quote(field.name)}"
    if old.default is not None:
        yield dialect.altered(table.name, f"{column} DROP DEFAULT")
    value = _value(dialect, field, now)
    using = f"{value}::{new.type}"
    yield dialect.altered(table.name, f"{column} TYPE {new.type} USING {using}")
    if new.default is not None:
        yield dialect.altered(table.name, f"{column} SET DEFAULT {new.default}")


def _value(dialect: PostgreSQL, field: Field, now: Mapping[str, str]) -> ExpressionSQL:
    name = dialect.quote(field.name)
    if not _is_list(dialect, field):
        if not now:
            return ExpressionSQL(f"{name}::text")
        cases = " ".join(
            f"WHEN {dialect.text(old)} THEN {dialect.text(new)}"
            for old, new in now.items()
        )
        return ExpressionSQL(f"(CASE {name}::text {cases} ELSE {name}::text END)")
    # USING takes no subquery. Each value gets a name that no value has in between, so
    # that two may change places.
    value = f"{name}::text[]"
    between = {old: f"makemigrations {number}" for number, old in enumerate(now)}
    for old, mark in between.items():
        value = f"array_replace({value}, {dialect.text(old)}, {dialect.text(mark)})"
    for old, new in now.items():
        mark = dialect.text(between[old])
        value = f"array_replace({value}, {mark}, {dialect.text(new)})"
    return ExpressionSQL(value)


def _added(
    dialect: PostgreSQL, before: Enum, operation: AlterEnum
) -> Iterator[Statement]:
    new = new_values(before, operation)
    values = operation.enum.values
    for number, value in enumerate(values):
        if value in new:
            place = ""
            if number:
                place = f" AFTER {dialect.text(values[number - 1])}"
            elif first := next((v for v in values if v not in new), None):
                place = f" BEFORE {dialect.text(first)}"
            yield Statement(
                f"ALTER TYPE {dialect.thing(operation.enum.name)}"
                f" ADD VALUE {dialect.text(value)}{place}"
            )


def _users(
    dialect: PostgreSQL, schema: Schema, name: str
) -> list[tuple[Table, list[Field]]]:
    found: list[tuple[Table, list[Field]]] = []
    for table in schema.tables.values():
        fields = [
            field
            for field in table.fields
            if enum_name(dialect.spoken(field.type)) == name
            and not dialect.is_mapped(field, schema)
        ]
        if fields:
            found.append((table, fields))
    return found


def _unused(
    dialect: PostgreSQL, table: Table, field: Field, lost: Sequence[str]
) -> Expect:
    name = dialect.quote(field.name)
    words = ", ".join(dialect.text(value) for value in lost)
    used = f"{name}::text IN ({words})"
    if _is_list(dialect, field):
        used = f"{name}::text[] && ARRAY[{words}]"
    return Expect(
        f"SELECT count(*) FROM {dialect.thing(table.name)} WHERE {used}",
        rows=((0,),),
        message=f"rows of {table.name} still have {', '.join(lost)}"
        f" in {field.name}, and that goes",
        hint="say what they get instead: replaced={…}; or change those rows first",
    )


def _is_list(dialect: PostgreSQL, field: Field) -> bool:
    return isinstance(dialect.spoken(field.type), Array)
