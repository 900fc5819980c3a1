"""What StarRocks is told: its facts, types, columns, and how a table is laid out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import attrs

from mm_engine.dialects import starrocks_types as types
from mm_engine.dialects.columns import Column
from mm_engine.dialects.features import (
    AutoUpdate,
    EnumStyle,
    Features,
    ForeignKeys,
    Guarded,
    Namespace,
    Transactions,
)
from mm_engine.dialects.mysql_catalog import MySQLCatalog
from mm_engine.dialects.sql import (
    ExpressionSQL,
    Identifier,
    TypeSQL,
    ValueSQL,
    expression,
    is_constant,
    is_null,
)
from mm_engine.dialects.starrocks_types import LAID_OUT_BY
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import Check, PrimaryKey, Unique
from mm_engine.model.databases import STARROCKS
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import BigSerial, EnumOf, Serial, Timestamp

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_UUID = re.compile(r"\(*uuid(_numeric)?\(\)\)*", re.IGNORECASE)
_NOW = re.compile(r"\(*(CURRENT_TIMESTAMP|NOW)(\(\))?\)*", re.IGNORECASE)


class StarRocksWords(MySQLCatalog):
    """The facts and words of StarRocks from 3.3 on."""

    name = STARROCKS
    title = "StarRocks"
    features = Features(
        transactional_ddl=Transactions.ABSENT,
        begin="BEGIN",
        foreign_keys=ForeignKeys.ABSENT,
        identifier_quotes=(("`", "`"),),
        # docs.starrocks.io, System limits; tables and columns may be longer.
        longest_name=64,
        counts_names_in_bytes=False,
        tells_case_apart=False,
        reserved_prefixes=("__op", "__row"),
        has_namespaces=False,
        index_names_are_unique_in=Namespace.TABLE,
        index_names_are_table_names=False,
        keys_have_index_names=False,
        constraint_names_are_unique_in=None,
        unique_in_the_database=(),
        longest_key=None,
        says_if_exists=(Guarded.CREATE_TABLE, Guarded.DROP_TABLE),
        partial_indexes=False,
        expression_indexes=False,
        descending_indexes=False,
        index_methods=(),
        concurrent_indexes=False,
        covering_indexes=False,
        nulls_not_distinct=False,
        deferrable_foreign_keys=False,
        deferrable_uniques=False,
        set_default_references=False,
        enforces_checks=False,
        default_expressions=False,
        renames_columns=True,
        renames_indexes=False,
        drops_columns=True,
        strict_tables=False,
        enums=EnumStyle.ABSENT,
        has_arrays=False,
        reads_json=True,
        has_zoned_timestamps=False,
        stores_comments=True,
        exact_decimal_digits=None,
        auto_update=AutoUpdate.ABSENT,
        several_triggers=True,
        booleans=("FALSE", "TRUE"),
        bytes_literal=("X'", "'"),
        backslash_escapes=True,
        rows_word="",
        rows_a_statement=500,
        rows_a_transaction=None,
    )
    types: ClassVar[Mapping[str, str]] = {
        "varchar": "VARCHAR({length})",
        "char": "CHAR({length})",
        "text": f"VARCHAR({types.LONGEST})",
        "enum": "VARCHAR(1020)",
        "smallint": "SMALLINT",
        "integer": "INT",
        "bigint": "BIGINT",
        "serial": "BIGINT",
        "bigserial": "BIGINT",
        "float": "FLOAT",
        "double": "DOUBLE",
        "decimal": "DECIMAL({precision}, {scale})",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "time": "VARCHAR(15)",
        "timestamp": "DATETIME",
        "timestamptz": "DATETIME",
        "interval": "VARCHAR(255)",
        "uuid": "VARCHAR(36)",
        "json": "JSON",
        "jsonb": "JSON",
        "bytes": "VARBINARY",
        "array": "JSON",
    }
    field_options = ("generated",)
    table_options = ("buckets", *LAID_OUT_BY, "properties")
    index_options = ("using",)

    def quote(self, name: str) -> Identifier:
        """A name in quotes; it is made of few letters."""
        if name and not _NAME.fullmatch(name):
            raise UnsupportedError(
                f'{self.title} cannot call anything "{name}"',
                hint="let it be letters of a to z, digits and underscores",
            )
        return super().quote(name)

    def columns(self, table: Table, schema: Schema) -> tuple[Column, ...]:
        """The columns of a table: those of its key first, in the key's order."""
        lowered = {f.name: self.column(f, schema) for f in table.fields}
        counted = [column for column in lowered.values() if column.identity]
        if len(counted) > 1:
            raise UnsupportedError(
                f'{self.title} counts up one field of a table, and "{table.name}" has'
                f" {counted[0].name} already",
                at=table.field(counted[1].name).at,
                hint=f"make {counted[1].name} a bigint",
            )
        key = (
            table.primary_key.fields
            if table.primary_key
            else self._sorted_by(table, lowered)
        )
        first = [lowered[name] for name in key]
        if table.primary_key:
            first = [attrs.evolve(column, not_null=True) for column in first]
        return (*first, *(c for c in lowered.values() if c.name not in key))

    def _sorted_by(
        self, table: Table, lowered: Mapping[str, Column]
    ) -> tuple[str, ...]:
        """What comes first where there is no key, since rows are sorted by it."""
        for column in lowered.values():
            if types.is_in_bitmaps(column.type):
                return (column.name,)
        raise UnsupportedError(
            f'{self.title} sorts rows, and "{table.name}" has no field to sort them by',
            at=table.at,
            hint="give it a primary key, or a whole number, a text or a date",
        )

    def column(self, field: Field, schema: Schema) -> Column:
        """The column that a field is."""
        column = super().column(field, schema)
        column = attrs.evolve(column, comment=field.comment, allowed=())
        if not isinstance(self.spoken(field.type), Serial | BigSerial):
            return column
        if column.default is not None or column.type != "BIGINT":
            raise UnsupportedError(
                f'"{field.name}" counts itself up, so it is a BIGINT without a default',
                at=field.at,
                hint="make it a bigint, or leave the default and the mapping out",
            )
        return attrs.evolve(column, not_null=True, identity=True)

    def type_sql(self, field: Field, schema: Schema) -> TypeSQL:
        """The type of a column; lengths are bytes, and a letter has up to four."""
        type_ = self.spoken(field.type)
        if self.is_mapped(field, schema):
            return super().type_sql(field, schema)
        if isinstance(type_, EnumOf) and not self.leaves_enums:
            raise UnsupportedError(
                f'{self.title} has no enums, and nothing that looks at "{field.name}"',
                at=field.at,
                hint='say that nobody looks: type_mappings: {starrocks: {enum: "'
                'VARCHAR(255)"}}',
            )
        return types.sized(type_, field) or super().type_sql(field, schema)

    def field_default(self, field: Field, schema: Schema) -> ValueSQL | None:
        """What a row gets that says nothing: a text, the clock, or a uuid."""
        made = super().field_default(field, schema)
        if made is None or is_null(made):
            return None
        inside = made.strip("()")
        if _NOW.fullmatch(made) and isinstance(self.spoken(field.type), Timestamp):
            return ExpressionSQL("CURRENT_TIMESTAMP")
        if _UUID.fullmatch(made):
            return ExpressionSQL(f"({made.strip('() ')}())")
        is_bytes = self.type_sql(field, schema) == "VARBINARY"
        if is_constant(ExpressionSQL(inside)) and not is_bytes:
            text = inside.lower() if inside in self.features.booleans else inside
            return ExpressionSQL(text if text.startswith("'") else self.text(text))
        raise UnsupportedError(
            f'{self.title} gives "{field.name}" no default like {made}',
            at=field.at,
            hint="a constant, uuid(), and in a timestamp the clock are all there are;"
            " leave it out and let the application say it",
        )

    def counts_up(self, table: Table, field: Field, schema: Schema) -> bool:
        """Whether StarRocks gives a row a number of its own here."""
        del table, schema
        return isinstance(self.spoken(field.type), Serial | BigSerial)

    def column_sql(self, column: Column) -> str:
        """A column, all of it, as CREATE TABLE, ADD and MODIFY take it."""
        words: list[str] = [self.new_name(column.name), column.type]
        words.append("NOT NULL" if column.not_null else "NULL")
        if column.identity:
            words.append("AUTO_INCREMENT")
        elif column.default is not None:
            words.append(f"DEFAULT {column.default}")
        if column.generated:
            words.append(f"AS {column.generated}")
        if column.comment:
            words.append(f"COMMENT {self.text(column.comment)}")
        return " ".join(words)

    def constraint_clauses(
        self, table: Table, lowered: Iterable[Column]
    ) -> Iterable[str]:
        """The indexes of a table; there are no constraints but its key."""
        lowered = tuple(lowered)
        for unique in table.uniques:
            self.unique_sql(unique)
        for check in table.checks:
            self.check_sql(check)
        for index in table.indexes:
            if clause := self.index_clause(index, lowered):
                yield clause

    def unique_sql(self, unique: Unique) -> str:
        """Refused: nothing is unique but the primary key."""
        raise self.not_looked_at(f'unique constraint "{unique.name}"', unique)

    def check_sql(self, check: Check) -> str:
        """Refused: there are no checks."""
        raise self.not_looked_at(f'check "{check.name}"', check)

    def not_looked_at(
        self, what: str, part: Unique | Check | Index
    ) -> UnsupportedError:
        """What is said of a promise that nobody would keep."""
        return UnsupportedError(
            f"{self.title} looks at nothing but the primary key, and {what} would not"
            " be kept",
            at=part.at,
            hint="leave it out, make it the primary key, or keep it in the schema only"
            " (schema_only=True)",
        )

    def index_clause(self, index: Index, lowered: Sequence[Column]) -> str | None:
        """The clause of an index; None for one that is of no kind there is here.

        It says how to find rows quickly and never which rows may exist, so leaving it
        out loses no guarantee. A bitmap holds one column, of a type that it counts.
        """
        options = self.chosen(index.options, self.index_options)
        if index.unique:
            raise self.not_looked_at(f'unique index "{index.name}"', index)
        self.check_index(index)
        using = (self.single(options, "using") or "bitmap").upper()
        if using not in ("BITMAP", "NGRAMBF", "GIN"):
            raise UnsupportedError(
                f"{self.title} has no index that uses {using.lower()}",
                at=index.at,
                hint="using: bitmap, ngrambf or gin",
            )
        fields = index.field_names
        found = [column.type for column in lowered if column.name in fields]
        if len(fields) != 1 or not all(map(types.is_in_bitmaps, found)):
            return None
        name = self.part_name(index.name)
        return f"INDEX {name} ({self.listed(fields)}) USING {using}"

    def table_sql(
        self,
        table: Table,
        schema: Schema,
        *,
        named: str | None = None,
        if_not_exists: bool = False,
    ) -> str:
        """The CREATE TABLE of a table: columns, engine, key, and how it is laid out."""
        said = super().table_sql(
            table, schema, named=named, if_not_exists=if_not_exists
        )
        return "\n".join([said, *self._layout(table)])

    def primary_key_sql(self, key: PrimaryKey) -> str:
        """The clause of a primary key, which has no name."""
        return f"PRIMARY KEY ({self.listed(key.fields)})"

    def _layout(self, table: Table) -> Iterable[str]:
        options = self.chosen(table.options, self.table_options)
        yield "ENGINE=OLAP"
        if table.primary_key:
            yield self.primary_key_sql(table.primary_key)
        if table.comment:
            yield f"COMMENT {self.text(table.comment)}"
        if cut := self.single(options, "partition_by"):
            yield f"PARTITION BY {expression(cut, self.features)}"
        yield self._distribution(table, options)
        if order := types.listed(options.get("order_by", ())):
            yield f"ORDER BY ({self.listed(order)})"
        if said := types.listed(options.get("properties", ())):
            pairs = (pair.partition("=") for pair in said)
            words = (
                f'"{types.bare(key)}" = "{types.bare(word)}"' for key, _, word in pairs
            )
            yield f"PROPERTIES ({', '.join(words)})"

    def _distribution(
        self, table: Table, options: Mapping[str, str | tuple[str, ...]]
    ) -> str:
        """How rows are spread: by the primary key, or anyhow where there is none."""
        fields = types.listed(options.get("distributed_by", ()))
        if not fields and table.primary_key:
            fields = table.primary_key.fields
        spread = f"HASH ({self.listed(fields)})" if fields else "RANDOM"
        buckets = self.single(options, "buckets")
        if buckets is not None and not buckets.isdecimal():
            raise UnsupportedError(f'buckets are a whole number, not "{buckets}"')
        return f"DISTRIBUTED BY {spread}" + (f" BUCKETS {buckets}" if buckets else "")
