"""Columns as the catalog of MySQL and MariaDB tells them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias, cast

import attrs

from mm_engine.introspect.asides import Rows
from mm_engine.introspect.mysql_catalog import Catalog
from mm_engine.introspect.mysql_spoken import spoken, unescaped
from mm_engine.introspect.native import NativeColumn, Unread

_Row: TypeAlias = tuple[
    str,
    str,
    str,
    str,
    str,
    str | None,
    str | None,
    str | None,
    str | None,
    str | None,
]

JSON = ("longtext", "utf8mb4_bin")
"""What MariaDB makes of a JSON column, beside a check that it holds JSON.

https://mariadb.com/docs/server/reference/data-types/string-data-types/json
"""

_NUMBERS = (
    *("tinyint", "smallint", "mediumint", "int", "bigint"),
    *("decimal", "float", "double", "bit", "year"),
)
_CLOCKED = ("datetime", "timestamp")
_MOMENT = "datetime(6)"
"""The type whose clause of a column an ``auto_update`` is."""

_UPDATE = "on update "
_EXTRAS = ("auto_increment", "default_generated", "virtual generated")
"""What is said of a column beyond its other words, and is told elsewhere."""


@attrs.frozen
class Columns:
    """The columns of every table, and what of them no schema can say."""

    by_table: Mapping[str, tuple[NativeColumn, ...]]
    unread: tuple[Unread, ...]

    @classmethod
    def of(
        cls,
        found: Rows,
        catalog: Catalog,
        letters: Mapping[str, str | None],
        documents: Collection[tuple[str, str]],
    ) -> Columns:
        """What the answer says; ``letters`` are the collations of tables.

        ``documents`` are the columns, with their tables, that a check has for JSON.
        """
        columns: dict[str, list[NativeColumn]] = defaultdict(list)
        unread: list[Unread] = []
        for row in cast("list[_Row]", found):
            if row[0] not in letters:
                continue
            is_document = (row[2], row[7]) == JSON and (row[0], row[1]) in documents
            column = _column(row, catalog, letters[row[0]])
            if is_document:
                column = attrs.evolve(column, type="json", collation=None)
            columns[row[0]].append(column)
            unread += (
                Unread(kind=fact, name=row[1], table=row[0]) for fact in _beyond(row)
            )
        return cls({name: tuple(all_) for name, all_ in columns.items()}, tuple(unread))

    def of_table(
        self, name: str, updates: Mapping[str, str]
    ) -> tuple[NativeColumn, ...]:
        """A table's columns in their order, with the triggers that keep some."""
        return tuple(
            attrs.evolve(column, updated_by=updates[column.name])
            if column.name in updates
            else column
            for column in self.by_table.get(name, ())
        )


def _column(row: _Row, catalog: Catalog, letters: str | None) -> NativeColumn:
    _, name, type_, _, nullable, _, _, collation, comment, computed = row
    extra = _extra(row)
    generated = None if catalog.tells_sql or not computed else unescaped(computed)
    generated = generated or computed
    return NativeColumn(
        name=name,
        type=type_,
        not_null=nullable == "NO",
        default=None if generated else _default(row, catalog),
        generated=spoken(generated) if generated else None,
        stored="stored generated" in extra or "persistent" in extra,
        identity="auto_increment" in extra,
        collation=None if collation == letters else collation,
        comment=comment or None,
        updated_by=_updated_by(extra) if type_ == _MOMENT else None,
    )


def _extra(row: _Row) -> str:
    return (row[6] or "").casefold()


def _default(row: _Row, catalog: Catalog) -> str | None:
    """A default as SQL: a constant with quotes if it has some, or an expression."""
    text, data_type, extra = row[5], row[3], _extra(row)
    if text is None:
        return None
    if catalog.tells_sql:
        return None if text == "NULL" else spoken(text)
    if "default_generated" in extra:
        return spoken(unescaped(text))
    if data_type in _NUMBERS:
        return text
    if data_type in _CLOCKED and text.upper().startswith("CURRENT_TIMESTAMP"):
        return text
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _updated_by(extra: str) -> str | None:
    """The clause of a column that sets it when its row changes."""
    _, on_update, rest = extra.partition(_UPDATE)
    return rest.partition(" ")[0] if on_update else None


def _beyond(row: _Row) -> Iterator[str]:
    """What no schema says of a column."""
    extra = _extra(row)
    for known in (*_EXTRAS, "stored generated", "persistent"):
        extra = extra.replace(known, "")
    if row[2] == _MOMENT:
        extra = extra.replace(f"{_UPDATE}{_updated_by(extra)}", "")
    yield from extra.upper().split(", ") if extra.strip(" ,") else ()
