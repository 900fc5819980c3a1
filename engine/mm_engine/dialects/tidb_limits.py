"""What TiDB has not, or has otherwise than MySQL, refused before anything runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mm_engine.dialects.columns import Column
from mm_engine.dialects.mysql_types import bare
from mm_engine.dialects.sql import expression
from mm_engine.dialects.statements import Expect, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model import sqltext
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.values import Expression
from mm_engine.operations import SetTableOptions

if TYPE_CHECKING:
    from mm_engine.dialects.tidb_words import TiDBWords

CHECKS_ARE_ON = Expect(
    "SELECT CAST(@@GLOBAL.tidb_enable_check_constraint AS CHAR) IN ('1', 'ON')",
    rows=((1,),),
    message="this TiDB reads checks and does not look at them",
    hint="SET GLOBAL tidb_enable_check_constraint = ON, or leave the checks out",
)
"""The setting is off unless somebody said otherwise; a check would be left out."""

UNLOCKED = Statement("SET @@SESSION.tidb_allow_remove_auto_inc = 1")
"""What lets a column stop counting itself up, which it can never do again."""

LOCKED = Statement("SET @@SESSION.tidb_allow_remove_auto_inc = 0")

IN_UTC = Statement("SET @old_time_zone = @@time_zone, time_zone = '+00:00'")
"""A TIMESTAMP is written and read in the zone of the session."""

AT_HOME = Statement("SET time_zone = @old_time_zone")

RESETS = {"PLACEMENT POLICY": "PLACEMENT POLICY=DEFAULT", "TTL": "REMOVE TTL"}
"""What takes back the options of a table whose own nothing is not 0."""

_WHOLE = ("SMALLINT", "INT", "BIGINT")
_VARCHAR = re.compile(r"VARCHAR\((\d+)\)")
_QUOTED = re.compile(r"'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)*`", re.DOTALL)
_CALLED = re.compile(r"(\w+)\s*\(")
_INDEXED = re.compile(
    r"lower|upper|md5|reverse|vitess_hash|tidb_shard|json_\w+", re.IGNORECASE
)


def is_clustered(dialect: TiDBWords, table: Table) -> bool:
    """Whether the rows of a table lie in the order of its primary key."""
    options = dialect.chosen(table.options, dialect.table_options)
    return "clustered" not in options or dialect.flag(options, "clustered")


def kept_apart(dialect: TiDBWords, table: Table) -> dict[str, str]:
    """The options of a table that are more than one word."""
    options = dialect.chosen(table.options, dialect.table_options)
    said: dict[str, str] = {}
    if regions := dialect.single(options, "pre_split_regions"):
        said["PRE_SPLIT_REGIONS"] = bare(regions)
    if policy := dialect.single(options, "placement"):
        said["PLACEMENT POLICY"] = dialect.quote(policy)
    if ttl := dialect.single(options, "ttl"):
        said["TTL"] = expression(ttl, dialect.features)
    return said


def random_bits(dialect: TiDBWords, field: Field) -> str | None:
    """How many bits of a field's numbers are dealt out at random; None for none."""
    options = dialect.chosen(field.options, dialect.field_options)
    bits = dialect.single(options, "auto_random")
    if bits is not None and (not bits.isdecimal() or not 1 <= int(bits) <= 15):  # noqa: PLR2004 - of the manual
        raise UnsupportedError(
            f'auto_random of "{field.name}" is a number from 1 to 15, not "{bits}"',
            at=field.at,
            hint="docs.pingcap.com/tidb/stable/auto-random; 5 is usual",
        )
    return bits


def check_random(dialect: TiDBWords, table: Table, schema: Schema) -> None:
    """Refuse random numbers anywhere but in a clustered key of one bigint."""
    key = table.primary_key
    for field in table.fields:
        if random_bits(dialect, field) is None:
            continue
        is_key = key is not None and key.fields[0] == field.name
        is_big = dialect.type_sql(field, schema) == "BIGINT"
        plain = not dialect.counts(field) and field.default is None
        if not (is_key and is_big and plain and is_clustered(dialect, table)):
            raise UnsupportedError(
                f'auto_random of "{field.name}" is for a bigint that begins a clustered'
                " primary key, has no default and does not count itself up",
                at=field.at,
                hint="make it a bigint (not a bigserial) and the primary key",
            )


def check_clocks(dialect: TiDBWords, table: Table) -> None:
    """Refuse a clock that no clause of a column keeps: there are no triggers."""
    for field in dialect.updates_by_trigger(table):
        raise UnsupportedError(
            f'TiDB has no triggers, and no clause keeps "{field.name}" of'
            f' "{table.name}", which is a {field.type.yaml_name}, at the last change',
            at=field.at,
            hint="make it a timestamp, or let the application set it",
        )


def check_expressions(index: Index) -> None:
    """Refuse an index on what TiDB calls experimental.

    See docs.pingcap.com/tidb/stable/sql-statement-create-index, expression index.
    """
    for part in index.fields:
        if not isinstance(part, Expression):
            continue
        bare = _QUOTED.sub("x", part.sql)
        calls = _CALLED.findall(bare)
        is_call = calls and all(map(_INDEXED.fullmatch, calls))
        if not is_call or re.search(r"[^\w\s(),.]", bare):
            raise UnsupportedError(
                f'TiDB indexes only calls of a few functions, and "{index.name}" holds'
                f" {part.sql}",
                at=index.at,
                hint="lower, upper, md5, reverse, json_…; or index a computed field",
            )


def check_added(column: Column) -> None:
    """Refuse a column that no ALTER TABLE can add."""
    if column.identity or column.says:
        raise UnsupportedError(
            f'TiDB adds no column that counts itself up, as "{column.name}" does',
            hint="make it with its table, or give it a default",
        )
    _check_stored(column)


def check_altered(
    dialect: TiDBWords, table: Table, old: Column, new: Column, *, is_replaced: bool
) -> None:
    """Refuse what no MODIFY COLUMN does, and no other column can stand in for.

    See docs.pingcap.com/tidb/stable/sql-statement-modify-column.
    """
    name, key = new.name, table.primary_key
    if (new.identity and not old.identity) or new.says != old.says:
        raise _unaltered(name, "counts itself up from the beginning, or never")
    if old.collation != new.collation:
        raise _unaltered(name, "keeps its collation")
    if new.generated and old != new:
        _check_stored(new)
    if (old.type, old.generated) == (new.type, new.generated) and not is_replaced:
        return
    if key and name in key.fields and (is_replaced or not _is_wider(old, new)):
        raise _unaltered(name, "is in the primary key and can only become longer")
    for field in table.fields:
        text = dialect.generated_text(field) or ""
        if name != field.name and name in sqltext.identifiers(text):
            raise _unaltered(name, f'is what "{field.name}" is computed from')
    if old.type == "JSON" and new.type.startswith("ENUM") and not is_replaced:
        raise _unaltered(name, "is a document, of which MODIFY makes no enum")


def check_key(dialect: TiDBWords, table: Table) -> None:
    """Refuse another primary key where the rows lie in the order of the one."""
    if is_clustered(dialect, table):
        raise UnsupportedError(
            f'TiDB keeps the rows of "{table.name}" by its primary key, so that cannot'
            " change",
            at=table.at,
            hint="make a new table and copy the rows; a table that is made with"
            " options: {tidb: {clustered: false}} can have another key",
        )


def check_options(dialect: TiDBWords, table: Table, operation: SetTableOptions) -> None:
    """Refuse what is settled when a table is made."""
    new = operation.options.get(dialect.name, {})
    old = table.options.get(dialect.name, {})
    for key in ("clustered", "charset", "collate", "pre_split_regions"):
        if old.get(key) != new.get(key):
            raise UnsupportedError(
                f'TiDB settles {key} of "{table.name}" when the table is made',
                hint="make a new table and copy the rows",
            )


def bare_table(dialect: TiDBWords, name: str, table: Table, schema: Schema) -> str:
    """A table that has the columns of another and nothing else of it.

    There is no CREATE TABLE … AS SELECT (github.com/pingcap/tidb/issues/4754).
    """
    columns = ", ".join(
        dialect.column_sql(
            Column(name=column.name, type=column.type, collation=column.collation)
        )
        for column in dialect.columns(table, schema)
    )
    letters = (f" {k}={w}" for k, w in dialect.storage(table).items() if k in _LETTERS)
    return f"CREATE TABLE {name} ({columns}){''.join(letters)}"


_LETTERS = ("CHARSET", "COLLATE")


def or_check_sql(dialect: TiDBWords, name: str | None) -> str:
    """What finds checks too; their names are unique in the database."""
    if not dialect.features.enforces_checks:
        return ""
    return (
        " UNION SELECT 1 FROM information_schema.check_constraints"
        " WHERE constraint_schema = DATABASE()"
        f" AND constraint_name = {dialect.part_text(name)}"
    )


def _is_wider(old: Column, new: Column) -> bool:
    if old.type in _WHOLE and new.type in _WHOLE:
        return _WHOLE.index(old.type) <= _WHOLE.index(new.type)
    lengths = [_VARCHAR.fullmatch(column.type) for column in (old, new)]
    before, after = (int(found[1]) if found else 0 for found in lengths)
    return 0 < before <= after


def _check_stored(column: Column) -> None:
    if column.generated and column.stored:
        raise UnsupportedError(
            f'TiDB adds no column that is computed and stored, as "{column.name}" is',
            hint="leave stored out: the field is computed when it is read",
        )


def _unaltered(name: str, why: str) -> UnsupportedError:
    return UnsupportedError(
        f'TiDB cannot alter "{name}" so: it {why}',
        hint="add another field, fill it, and drop this one",
    )
