"""What MySQL is told: its facts, types, columns and clauses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import attrs

from mm_engine.dialects import mysql_keys as keys
from mm_engine.dialects import mysql_types as types
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
from mm_engine.dialects.names import Version
from mm_engine.dialects.sql import (
    ExpressionSQL,
    Identifier,
    TypeSQL,
    ValueSQL,
    expression,
)
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import PrimaryKey
from mm_engine.model.databases import MYSQL
from mm_engine.model.schema import Schema
from mm_engine.model.symbols import BUILT_IN_DEFAULTS
from mm_engine.model.table import Desc, Field, Index, Table
from mm_engine.model.types import (
    BigSerial,
    EnumOf,
    Serial,
    Time,
    Timestamp,
    TimestampTZ,
)
from mm_engine.model.values import Default, Expression, Symbol


class MySQLWords(MySQLCatalog):
    """The facts and words of MySQL from 5.7 on; older facts are stated beside them."""

    name = MYSQL
    title = "MySQL"
    features = Features(
        transactional_ddl=Transactions.NONE,
        begin="START TRANSACTION",
        foreign_keys=ForeignKeys.ENFORCED,
        identifier_quotes=(("`", "`"),),
        longest_name=64,
        counts_names_in_bytes=False,
        # Names of fields never are, those of tables only on some file systems.
        tells_case_apart=False,
        reserved_prefixes=(),
        has_namespaces=False,
        index_names_are_unique_in=Namespace.TABLE,
        index_names_are_table_names=False,
        keys_have_index_names=True,
        constraint_names_are_unique_in=None,
        unique_in_the_database=("foreign key", "check"),
        longest_key=3072,
        says_if_exists=(Guarded.CREATE_TABLE, Guarded.DROP_TABLE),
        partial_indexes=False,
        expression_indexes=True,
        descending_indexes=True,
        index_methods=(),
        concurrent_indexes=False,
        covering_indexes=False,
        nulls_not_distinct=False,
        deferrable_foreign_keys=False,
        deferrable_uniques=False,
        set_default_references=False,
        enforces_checks=True,
        default_expressions=True,
        renames_columns=True,
        renames_indexes=True,
        drops_columns=True,
        strict_tables=False,
        enums=EnumStyle.COLUMN,
        has_arrays=False,
        reads_json=True,
        has_zoned_timestamps=False,
        stores_comments=True,
        exact_decimal_digits=None,
        auto_update=AutoUpdate.CLAUSE,
        several_triggers=True,
        booleans=("0", "1"),
        bytes_literal=("X'", "'"),
        backslash_escapes=True,
        rows_word="",
        rows_a_statement=500,
        rows_a_transaction=None,
    )
    facts_before: ClassVar[Mapping[Version, Mapping[str, object]]] = {
        (8, 0, 16): {"enforces_checks": False},
        (8, 0, 13): {"default_expressions": False, "expression_indexes": False},
        (8,): {"renames_columns": False, "descending_indexes": False},
        (5, 7, 8): {"reads_json": False, "renames_indexes": False, "longest_key": 767},
        (5, 7, 2): {"several_triggers": False},
    }
    stored_by: ClassVar[Mapping[str, str]] = {"engine": "InnoDB", "charset": "utf8mb4"}
    drops_checks_by: ClassVar[str] = "DROP CHECK"
    clocked: ClassVar[tuple[type, ...]] = (Timestamp,)
    types: ClassVar[Mapping[str, str]] = {
        "varchar": "VARCHAR({length})",
        "char": "CHAR({length})",
        "text": "LONGTEXT",
        "smallint": "SMALLINT",
        "integer": "INT",
        "bigint": "BIGINT",
        "serial": "INT",
        "bigserial": "BIGINT",
        "float": "FLOAT",
        "double": "DOUBLE",
        "decimal": "DECIMAL({precision}, {scale})",
        "boolean": "TINYINT(1)",
        "date": "DATE",
        "time": "TIME(6)",
        "timestamp": "DATETIME(6)",
        "timestamptz": "DATETIME(6)",
        "interval": "VARCHAR(255)",
        "uuid": "CHAR(36)",
        "json": "JSON",
        "jsonb": "JSON",
        "bytes": "LONGBLOB",
        "array": "JSON",
    }
    field_options: ClassVar[tuple[str, ...]] = ("collate", "generated", "stored")
    kept_by: ClassVar[tuple[str, ...]] = ("engine", "charset", "collate", "row_format")
    table_options: ClassVar[tuple[str, ...]] = kept_by
    index_options: ClassVar[tuple[str, ...]] = ("kind", "parser", "prefix")

    def new_name(self, name: str) -> Identifier:
        """The name of a table or field; some letters stand in no name here."""
        types.check_name(name, self.title)
        return super().new_name(name)

    def columns(self, table: Table, schema: Schema) -> tuple[Column, ...]:
        """The columns of a table."""
        return tuple(self.column(field, schema) for field in table.fields)

    def column(self, field: Field, schema: Schema) -> Column:
        """The column that a field is, with all that MODIFY would have to say again."""
        column = super().column(field, schema)
        if self.counts(field):
            if column.default is not None:
                raise UnsupportedError(
                    f'"{field.name}" counts itself up, so it has no default',
                    at=field.at,
                    hint="make it an integer, or leave the default out",
                )
            if not types.is_number(column.type):
                raise UnsupportedError(
                    f'"{field.name}" counts itself up, and no {column.type} does',
                    at=field.at,
                    hint="map its type to a whole number",
                )
            column = attrs.evolve(column, not_null=True, identity=True)
        on_update = self._on_update(field, column.type)
        if on_update is None and field.comment is None:
            return column  # as nearly every field is
        return attrs.evolve(column, on_update=on_update, comment=field.comment)

    def type_sql(self, field: Field, schema: Schema) -> TypeSQL:
        """The type of a column; an enum is the list of its values."""
        type_ = self.spoken(field.type)
        if not self.is_mapped(field, schema):
            types.check_type(type_, field, self.features, self.title)
            if isinstance(type_, EnumOf):
                return types.enum_words(schema.enum(type_.name), self.features)
            if own := types.text_words(type_):
                return own
        return super().type_sql(field, schema)

    def default(self, value: Default, field: Field, schema: Schema) -> ValueSQL:
        """A default of a field; the built-in ``now`` of a moment is in UTC."""
        made = super().default(value, field, schema)
        if isinstance(value, Symbol) and value.name == "now":
            is_ours = made == self.expression(BUILT_IN_DEFAULTS[self.name]["now"])
            if is_ours and isinstance(self.spoken(field.type), TimestampTZ):
                return self.clock(field, "now")
        return made

    def field_default(self, field: Field, schema: Schema) -> ValueSQL | None:
        """What a row gets that says nothing, in the form that DEFAULT takes."""
        made = super().field_default(field, schema)
        if made is None:
            return None
        words = self.default_words(made, self.type_sql(field, schema))
        if words.startswith("(") and not self.features.default_expressions:
            raise UnsupportedError(
                f"{self.title} takes only constants as defaults, and that of"
                f' "{field.name}" is {made}',
                at=field.at,
                hint="leave it out and let the application say it",
            )
        return words

    def default_words(self, made: ValueSQL, type_: TypeSQL) -> ExpressionSQL:
        """A value as DEFAULT takes it in a column of a type."""
        return types.default_words(made, type_)

    def bears_default(self, type_: TypeSQL) -> bool:
        """Whether a constant can be the default of a type."""
        return self.features.default_expressions or not types.is_document(type_)

    def clock(self, field: Field, asked_by: str) -> ExpressionSQL:
        """The expression of now for a field of this type, with all its digits."""
        match self.spoken(field.type):
            case Timestamp():
                return ExpressionSQL("CURRENT_TIMESTAMP(6)")
            case TimestampTZ():
                return ExpressionSQL("UTC_TIMESTAMP(6)")
            case Time():
                return ExpressionSQL("CURRENT_TIME(6)")
            case _:
                return super().clock(field, asked_by)

    def counts_up(self, table: Table, field: Field, schema: Schema) -> bool:
        """Whether MySQL gives a row a number of its own here."""
        del table, schema
        return self.counts(field)

    def counts(self, field: Field) -> bool:
        """Whether a field counts itself up."""
        return isinstance(self.spoken(field.type), Serial | BigSerial)

    def updates_by_trigger(self, table: Table) -> tuple[Field, ...]:
        """The fields whose clock no clause of a column knows."""
        return tuple(
            field
            for field in table.fields
            if field.auto_update and not self._is_clocked(field)
        )

    def column_sql(self, column: Column) -> str:
        """A column, all of it, as CREATE TABLE, ADD and MODIFY take it."""
        words: list[str] = [self.new_name(column.name), column.type]
        if column.collation:
            words.append(f"COLLATE {self.quote(column.collation)}")
        if column.generated:
            kind = "STORED" if column.stored else "VIRTUAL"
            words.append(f"GENERATED ALWAYS AS {column.generated} {kind}")
        if column.not_null:
            words.append("NOT NULL")
        elif column.type.upper().startswith("TIMESTAMP"):
            words.append("NULL")  # older servers take it for NOT NULL otherwise
        if column.default is not None:
            words.append(f"DEFAULT {column.default}")
        if column.identity:
            words.append("AUTO_INCREMENT")
        if column.on_update:
            words.append(f"ON UPDATE {column.on_update}")
        if column.comment:
            words.append(f"COMMENT {self.text(column.comment)}")
        return " ".join(words)

    def constraint_clauses(
        self, table: Table, lowered: Iterable[Column]
    ) -> Iterable[str]:
        """The constraints and indexes of a table as CREATE TABLE takes them."""
        del lowered
        if table.primary_key:
            yield self.key_clause(table, table.primary_key)
        yield from (self.unique_sql(unique) for unique in table.uniques)
        yield from (self.index_clause(index) for index in table.indexes)
        for name, fields in keys.supports(self, table).items():
            yield self.support_sql(name, fields)
        yield from (self.check_sql(check) for check in table.checks)
        yield from (self.foreign_key_sql(key) for key in table.foreign_keys)

    def primary_key_sql(self, key: PrimaryKey) -> str:
        """The clause of a primary key, which is called PRIMARY whatever one says."""
        return f"PRIMARY KEY ({self.listed(key.fields)})"

    def key_clause(self, table: Table, key: PrimaryKey) -> str:
        """The same in the CREATE TABLE of a table."""
        del table
        return self.primary_key_sql(key)

    def support_sql(self, name: str, fields: tuple[str, ...]) -> str:
        """The clause of an index that a foreign key or a counter cannot be without."""
        return f"INDEX {self.part_name(name)} ({self.listed(fields)})"

    def index_clause(self, index: Index) -> str:
        """The clause of an index, as CREATE TABLE and ADD take it."""
        options = self.chosen(index.options, self.index_options)
        self.check_index(index)
        kind = (self.single(options, "kind") or "").upper()
        if kind not in ("", "FULLTEXT", "SPATIAL") or (kind and index.unique):
            raise UnsupportedError(
                f'index "{index.name}" is of no kind that {self.title} has',
                at=index.at,
                hint="kind: fulltext, kind: spatial, or neither; unique is neither",
            )
        words = "UNIQUE " if index.unique else f"{kind} ".lstrip()
        parts = ", ".join(self.index_parts(index))
        parser = self.single(options, "parser")
        after = f" WITH PARSER {self.quote(parser)}" if parser else ""
        return f"{words}INDEX {self.part_name(index.name)} ({parts}){after}"

    def index_parts(self, index: Index) -> Iterable[str]:
        """What an index orders by; of a long text only its beginning."""
        prefixes = keys.prefixes(self, index)
        for part in index.fields:
            match part:
                case Expression():
                    yield f"({expression(part.sql, self.features)})"
                case Desc(name) if self.features.descending_indexes:
                    yield f"{self.quote(name)}{prefixes.get(name, '')} DESC"
                case Desc(name) | str(name):
                    yield f"{self.quote(name)}{prefixes.get(name, '')}"

    def table_suffix(self, table: Table) -> str:
        """What a table is kept by, so that no setting of a server decides it."""
        said = [f"{key}={word}" for key, word in self.storage(table).items()]
        if table.comment:
            said.append(f"COMMENT={self.text(table.comment)}")
        return f" {' '.join(said)}"

    def storage(self, table: Table) -> dict[str, str]:
        """What a table is kept by: its engine, its letters, the form of its rows.

        Without ENGINE a server may take one that passes over foreign keys, and without
        CHARSET one that cannot keep every letter.
        """
        options = self.chosen(table.options, self.table_options)
        said = {key: self.single(options, key) for key in self.kept_by}
        kept = {**said, **{k: said[k] or w for k, w in self.stored_by.items()}}
        return {key.upper(): types.bare(word) for key, word in kept.items() if word}

    def resets(self, key: str) -> str:
        """What makes one of these what it is where nobody says it."""
        return f"{key}=DEFAULT"

    def _on_update(self, field: Field, words: TypeSQL) -> ExpressionSQL | None:
        if not (field.auto_update and self._is_clocked(field)):
            return None
        return self.default_words(self.clock(field, "auto_update"), words)

    def _is_clocked(self, field: Field) -> bool:
        return isinstance(self.spoken(field.type), self.clocked)
