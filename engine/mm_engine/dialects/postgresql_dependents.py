"""What others made on columns and types, and PostgreSQL would not let us change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mm_engine.dialects.statements import Expect
from mm_engine.model.table import Field, Table

if TYPE_CHECKING:
    from mm_engine.dialects.postgresql import PostgreSQL

# Indexes, constraints and statistics follow a change of type; these stop it.
_CATALOGS = ("rewrite", "trigger", "policy", "attrdef", "proc", "publication_rel")

_HINT = (
    "drop what is named in a RunSQL before it and make it again in one after it;"
    " or undo what was changed by hand"
)


def unused_column(
    dialect: PostgreSQL, table: Table, field: Field, computed: Sequence[Field] = ()
) -> Expect:
    """Expect that no view, trigger or policy by hand needs the type of a column.

    Fields that are ``computed`` from it are known, and seen to by others.
    """
    return Expect(
        _users_of_columns(dialect, table, [field, *computed], computed)
        + "\nORDER BY 1",
        rows=(),
        message=f"{table.name}.{field.name} cannot get another type"
        " while others use it",
        hint=_HINT,
    )


def unused_type(
    dialect: PostgreSQL, name: str, users: Sequence[tuple[Table, Sequence[Field]]]
) -> Expect:
    """Expect that a type stands in no column or function but those we know."""
    queries = [
        _users_of_type(dialect, name, users),
        *(_users_of_columns(dialect, table, fields) for table, fields in users),
    ]
    return Expect(
        "\nUNION\n".join(queries) + "\nORDER BY 1",
        rows=(),
        message=f"the type {name} cannot get other values while others use it",
        hint=_HINT,
    )


def _users_of_columns(
    dialect: PostgreSQL,
    table: Table,
    fields: Sequence[Field],
    computed: Sequence[Field] = (),
) -> str:
    names = ", ".join(dialect.text(field.name) for field in fields)
    catalogs = ", ".join(f"'pg_{name}'::regclass" for name in _CATALOGS)
    ours = [dialect.part_text(name) for name in dialect.triggers(table)]
    theirs = f" AND t.tgname NOT IN ({', '.join(ours)})" if ours else ""
    known = [dialect.text(field.name) for field in computed]
    made = f" AND o.attname NOT IN ({', '.join(known)})" if known else ""
    view = "pg_describe_object('pg_class'::regclass, r.ev_class, 0)"
    other = "pg_describe_object(d.classid, d.objid, 0)"
    # What is computed needs its column through its expression; before PostgreSQL 15
    # it is the computed column itself that does.
    column = "pg_describe_object('pg_class'::regclass, o.attrelid, o.attnum)"
    column = f"CASE WHEN o.attgenerated <> '' THEN {column} END"
    return (
        f'SELECT DISTINCT COALESCE({view}, {column}, {other}) COLLATE "C" AS found'
        " FROM pg_catalog.pg_depend d\n"
        "JOIN pg_catalog.pg_attribute a"
        " ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid\n"
        "LEFT JOIN pg_catalog.pg_rewrite r"
        " ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid\n"
        "LEFT JOIN pg_catalog.pg_trigger t"
        " ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid\n"
        "LEFT JOIN pg_catalog.pg_attrdef e"
        " ON d.classid = 'pg_attrdef'::regclass AND e.oid = d.objid\n"
        "LEFT JOIN pg_catalog.pg_attribute o"
        " ON o.attrelid = e.adrelid AND o.attnum = e.adnum"
        " OR d.classid = 'pg_class'::regclass AND o.attgenerated <> ''"
        " AND o.attrelid = d.objid AND o.attnum = d.objsubid\n"
        "WHERE d.refclassid = 'pg_class'::regclass"
        f" AND d.refobjid = {dialect.regclass(table.name)} AND a.attname IN ({names})"
        f" AND (d.classid IN ({catalogs}) OR o.attgenerated <> '')"
        f" AND (o.attname IS NULL OR o.attname <> a.attname{made})"
        f" AND (t.oid IS NULL OR NOT t.tgisinternal{theirs})"
    )


def _users_of_type(
    dialect: PostgreSQL, name: str, users: Sequence[tuple[Table, Sequence[Field]]]
) -> str:
    ours = "".join(
        f"\n    AND (d.objid, a.attname) IS DISTINCT FROM"
        f" ({dialect.regclass(table.name)}, {dialect.text(field.name)})"
        for table, fields in users
        for field in fields
    )
    type_ = f"to_regtype({dialect.text(dialect.thing(name))})"
    return (
        "SELECT DISTINCT pg_describe_object(d.classid, d.objid, d.objsubid)"
        ' COLLATE "C" AS found FROM pg_catalog.pg_depend d\n'
        "JOIN pg_catalog.pg_type y"
        " ON d.refobjid IN (y.oid, y.typarray) AND d.refobjid <> 0\n"
        "LEFT JOIN pg_catalog.pg_attribute a ON d.classid = 'pg_class'::regclass"
        " AND a.attrelid = d.objid AND a.attnum = d.objsubid\n"
        f"WHERE d.refclassid = 'pg_type'::regclass AND y.oid = {type_}"
        " AND (d.objsubid > 0 OR d.classid = 'pg_proc'::regclass)"
        f"{ours}"
    )
