"""How ClickHouse keeps a table: its engine, its order, its parts, for how long.

https://clickhouse.com/docs/engines/table-engines/mergetree-family/mergetree
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mm_engine.dialects.sql import expression
from mm_engine.errors import UnsupportedError, nearest
from mm_engine.model import sqltext
from mm_engine.model.constraints import Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Index, Table

if TYPE_CHECKING:
    from mm_engine.dialects.clickhouse_words import ClickHouseWords

_CLAUSES = {
    "partition_by": "PARTITION BY",
    "primary_key": "PRIMARY KEY",
    "order_by": "ORDER BY",
    "sample_by": "SAMPLE BY",
    "ttl": "TTL",
}
"""What an option is called in SQL, in the order that CREATE TABLE wants."""

OPTIONS = ("engine", *_CLAUSES, "settings")
"""What a table can be told."""

_KEYS = ("partition_by", "primary_key", "order_by", "sample_by")
_LISTED = ("primary_key", "order_by")
_MERGING = "MergeTree"
_SETTING = re.compile(r"\s*([a-z][a-z0-9_]*)\s*=\s*([+-]?[0-9.]+|'(?:[^'\\]|\\.)*')\s*")


def clauses(dialect: ClickHouseWords, table: Table) -> list[str]:
    """What stands behind the columns of a table."""
    engine = engine_of(dialect, table)
    said = [f"ENGINE = {engine}"]
    found = {key: text for key, text in _texts(dialect, table).items() if text}
    if _is_merging(engine):
        key = table.primary_key
        fields = dialect.listed(key.fields) if key else ""
        found.setdefault("order_by", f"({fields})" if fields else "tuple()")
    said += [f"{_CLAUSES[key]} {found[key]}" for key in _CLAUSES if key in found]
    if settings := settings_of(dialect, table):
        listed = ", ".join(f"{name} = {value}" for name, value in settings.items())
        said.append(f"SETTINGS {listed}")
    return said


def engine_of(dialect: ClickHouseWords, table: Table) -> str:
    """The engine of a table: MergeTree, unless it is told another."""
    options = dialect.chosen(table.options, dialect.table_options)
    return expression(dialect.single(options, "engine") or _MERGING, dialect.features)


def settings_of(dialect: ClickHouseWords, table: Table) -> dict[str, str]:
    """The settings of a table, by their names."""
    options = dialect.chosen(table.options, dialect.table_options)
    said = options.get("settings", ())
    found: dict[str, str] = {}
    for text in (said,) if isinstance(said, str) else said:
        match = _SETTING.fullmatch(text)
        if match is None:
            raise UnsupportedError(
                f'a setting of "{table.name}" cannot be read: {text}',
                at=table.at,
                hint="write each as in settings: [index_granularity=8192], and words"
                " in single quotes",
            )
        found[match[1]] = match[2]
    return found


def ttl_of(dialect: ClickHouseWords, table: Table) -> str | None:
    """When the rows of a table go, if ever."""
    return _texts(dialect, table)["ttl"]


def keys_of(dialect: ClickHouseWords, table: Table) -> frozenset[str]:
    """The fields that the rows of a table are sorted or parted by.

    They cannot be altered in place.
    """
    texts = _texts(dialect, table)
    spoken = [name for key in _KEYS for name in sqltext.identifiers(texts[key] or "")]
    if not texts["order_by"] and table.primary_key:
        spoken += table.primary_key.fields
    return frozenset(field.name for field in table.fields if field.name in spoken)


def check(dialect: ClickHouseWords, table: Table, schema: Schema) -> None:
    """Refuse what no table can have: kept uniqueness, keys that may be null."""
    for unique in table.uniques:
        raise no_uniqueness(dialect.title, "unique constraint", unique)
    for index in table.indexes:
        if index.unique:
            raise no_uniqueness(dialect.title, "unique index", index)
    if not table.options:
        return
    _check_names(dialect, table)
    keys = keys_of(dialect, table)
    allowed = "allow_nullable_key" in settings_of(dialect, table)
    for field in table.fields:
        words = dialect.type_sql(field, schema) if field.name in keys else ""
        if "Nullable(" in words and not allowed:
            raise UnsupportedError(
                f'{dialect.title} sorts no rows by "{field.name}", which may be null',
                at=field.at,
                hint="make the field required, or say settings: [allow_nullable_key=1]",
            )


def no_uniqueness(title: str, what: str, part: Unique | Index) -> UnsupportedError:
    """Nothing makes rows unique, so nobody shall believe that they are."""
    return UnsupportedError(
        f'{title} keeps no rows unique, so {what} "{part.name}" would hold nothing',
        at=part.at,
        hint="leave it out, and let the application see to it; or let rows of one key"
        " replace each other in time: options: {clickhouse: {engine:"
        " ReplacingMergeTree, order_by: [...]}}",
    )


def _check_names(dialect: ClickHouseWords, table: Table) -> None:
    """Refuse an order by what is no field, which a rename may have left behind."""
    names = [field.name for field in table.fields]
    for key in _LISTED:
        for name in _words(dialect, table, key):
            if name.isidentifier() and name not in names:
                raise UnsupportedError(
                    f'{key} of "{table.name}" names "{name}", which is no field of it',
                    at=table.at,
                    hint=nearest(name, names) or f"it has {', '.join(names)}",
                )


def _texts(dialect: ClickHouseWords, table: Table) -> dict[str, str | None]:
    """The clauses that a table is told, as SQL; None for those that it is not."""
    found: dict[str, str | None] = dict.fromkeys(_CLAUSES)
    if not table.options:
        return found
    names = [field.name for field in table.fields]
    for key in _CLAUSES:
        words = _words(dialect, table, key)
        said = [
            dialect.quote(w) if w in names else expression(w, dialect.features)
            for w in words
        ]
        if said:
            is_plain = len(said) == 1 and key not in _LISTED
            plain = said[0] if is_plain or _is_tuple(words) else ""
            found[key] = plain or f"({', '.join(said)})"
    return found


def _is_tuple(words: tuple[str, ...]) -> bool:
    text = words[0].strip()
    return len(words) == 1 and text.endswith(")") and text.startswith(("(", "tuple("))


def _words(dialect: ClickHouseWords, table: Table, key: str) -> tuple[str, ...]:
    said = dialect.chosen(table.options, dialect.table_options).get(key, ())
    return (said,) if isinstance(said, str) else said


def _is_merging(engine: str) -> bool:
    return engine.partition("(")[0].strip().endswith(_MERGING)
