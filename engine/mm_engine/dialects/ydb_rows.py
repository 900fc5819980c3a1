"""Rows of YDB upserted, kept and given back; it tells them apart by their key alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mm_engine.dialects.base import Dialect, Items
from mm_engine.dialects.ydb_words import YDBWords
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Table


class YDBRows(YDBWords, Dialect):
    """The statements about rows, each a transaction of its own."""

    def kept_sql(
        self, kept: str, queries: Sequence[str], table: Table, schema: Schema
    ) -> Iterable[str]:
        """A table like the other without what hangs on it, and rows put into it."""
        fields = (
            f"{self.quote(f.name)} {_without_sequence(self.type_sql(f, schema))}"
            for f in table.fields
        )
        key = [self.primary_key_sql(table.primary_key)] if table.primary_key else []
        yield f"CREATE TABLE {kept} ({', '.join([*fields, *key])})"
        yield from (f"UPSERT INTO {kept} {query}" for query in queries)

    def upserted_sql(
        self,
        table: Table,
        schema: Schema,
        names: Sequence[str],
        rows: Sequence[Sequence[str]],
        keys: Sequence[str],
    ) -> str:
        """Rows upserted, which YDB does by the primary key and by nothing else."""
        del schema
        key = table.primary_key.fields if table.primary_key else ()
        if sorted(key) != sorted(keys):
            raise UnsupportedError(
                f"{self.title} tells rows apart by their primary key"
                f" ({', '.join(key)}), not by {', '.join(keys)}",
                hint="upsert by the primary key",
            )
        lines = ",\n".join(f"    ({', '.join(row)})" for row in rows)
        here = self.thing(table.name)
        return f"UPSERT INTO {here} ({self.listed(names)}) VALUES\n{lines}"

    def unkept_sql(
        self, here: str, kept: str, found: str, same: str, keys: Sequence[str]
    ) -> str:
        """A DELETE of the rows that are found here, and of which nothing was kept."""
        del same
        own = self.listed(keys)
        held = f"AsTuple({own})" if len(keys) > 1 else own
        return (
            f"DELETE FROM {here} WHERE {found}"
            f" AND {held} NOT IN (SELECT {held} FROM {kept})"
        )

    def given_back_sql(
        self,
        here: str,
        kept: str,
        values: Mapping[str, str],
        same: str,
        keys: Sequence[str],
    ) -> str:
        """What gives rows back the values that were kept of them, by their keys."""
        del same
        return f"UPDATE {here} ON SELECT {self.listed([*keys, *values])} FROM {kept}"

    def counted_on(self, table: Table, written: set[str], schema: Schema) -> Items:
        """Refuse numbers of others in a field that is counted: they would come again.

        ydb.tech/docs/en/yql/reference/types/serial: the sequence takes no notice.
        """
        for field in table.fields:
            if field.name in written and self.counts(field, schema):
                raise UnsupportedError(
                    f'{self.title} would give the numbers written into "{field.name}"'
                    " once more",
                    at=field.at,
                    hint="make it an integer, or leave it out of the rows",
                )
        return ()


def _without_sequence(words: str) -> str:
    """The type of a number that is only kept, not counted."""
    return {"Serial": "Int32", "BigSerial": "Int64"}.get(words, words)
