"""What stands on a table of SQL Server: constraints, indexes, triggers, comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias, assert_never

from mm_engine.dialects import sqlserver_filters as filters
from mm_engine.dialects import sqlserver_types as types
from mm_engine.dialects.autoupdate import trigger_name
from mm_engine.dialects.base import Dialect, Items
from mm_engine.dialects.columns import Column
from mm_engine.dialects.sql import TypeSQL
from mm_engine.dialects.sqlserver_rows import SQLServerRows
from mm_engine.dialects.sqlserver_words import check_name, default_name
from mm_engine.dialects.statements import Item, Move, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import EnumOf

Part: TypeAlias = ForeignKey | Unique | Check | PrimaryKey | Index
"""What stands on a table under a name of the schema's."""

LONGEST_COMMENT = 3750
"""Letters of a property, which has 7,500 bytes (sp_addextendedproperty)."""


class SQLServerParts(SQLServerRows, Dialect):
    """The statements for what stands on a table, as the operations need them."""

    def own_constraints(self, table: Table) -> Iterable[tuple[str, str]]:
        """Defaults and checks of types, which are named after their fields."""
        for field in table.fields:
            if field.default is not None or field.auto_create:
                yield "default", default_name(table.name, field.name)
            type_ = self.spoken(field.type)
            enum = type_.name if isinstance(type_, EnumOf) else None
            bare = Column(
                name=field.name,
                type=TypeSQL(""),
                enum=enum,
                longest=types.longest(type_),
                within=table.name,
            )
            if (name := check_name(bare)) is not None:
                yield "check", name

    def check_sql(self, check: Check) -> str:
        """The clause of a check."""
        condition = self.condition(check.expression, f'check "{check.name}"')
        return f"CONSTRAINT {self.part_name(check.name)} CHECK ({condition})"

    def made_sql(self, table: Table, index: Index) -> str:
        """The CREATE INDEX of an index; a unique one leaves out rows with nulls."""
        self.check_index(index)
        kind = "UNIQUE INDEX" if index.unique else "INDEX"
        parts = ", ".join(self.index_parts(index))
        sql = f"CREATE {kind} {self.part_name(index.name)}"
        sql += f" ON {self.thing(table.name)} ({parts})"
        if index.include:
            sql += f" INCLUDE ({self.listed(index.include)})"
        rows = list(filters.conditions(self, table, index))
        sql += f" WHERE {' AND '.join(rows)}" if rows else ""
        options = self.chosen(index.options, self.index_options)
        packed, factor = self.compression(index), self.single(options, "fillfactor")
        if factor is not None and not factor.isdecimal():
            raise UnsupportedError(
                f'the option "fillfactor" is a number from 1 to 100, not "{factor}"',
                at=index.at,
            )
        said = [f"FILLFACTOR = {factor}"] if factor else []
        said += [f"DATA_COMPRESSION = {packed}"] if packed else []
        return f"{sql} WITH ({', '.join(said)})" if said else sql

    def add_index(
        self, table: Table, index: Index, schema: Schema, *, tolerant: bool
    ) -> Items:
        """Make an index on a table that already lists it."""
        del schema, tolerant
        yield Statement(self.made_sql(table, index))

    def drop_index(self, table: str, name: str, *, tolerant: bool) -> Items:
        """Drop an index, whose name is its table's own."""
        guard = "IF EXISTS " if tolerant else ""
        yield Statement(
            f"DROP INDEX {guard}{self.part_name(name)} ON {self.thing(table)}"
        )

    def part_added(self, table: Table, part: Part) -> Statement:
        """One more constraint or index on a table."""
        match part:
            case Unique() if self.is_by_index(table, part):
                index = Index(part.fields, name=part.name, unique=True, at=part.at)
                return Statement(self.made_sql(table, index))
            case Index():
                return Statement(self.made_sql(table, part))
            case Unique():
                clause = self.unique_sql(part)
            case ForeignKey():
                clause = self.foreign_key_sql(part)
            case Check():
                clause = self.check_sql(part)
            case PrimaryKey():
                clause = self.primary_key_sql(part)
            case _:
                assert_never(part)
        return self.altered(table.name, f"ADD {clause}")

    def part_dropped(self, table: Table, part: Part) -> Statement:
        """A constraint or index of a table gone."""
        name = self.part_name(part.name)
        if isinstance(part, Index) or (
            isinstance(part, Unique) and self.is_by_index(table, part)
        ):
            return Statement(f"DROP INDEX {name} ON {self.thing(table.name)}")
        return self.altered(table.name, f"DROP CONSTRAINT {name}")

    def default_added(self, table: str, column: Column) -> Iterator[Item]:
        """The default of a column that is there, if it has one."""
        if column.default is not None:
            clause = self.default_sql(column)
            name = self.quote(column.name)
            yield self.altered(table, f"ADD {clause} FOR {name}")

    def default_dropped(self, table: str, column: Column) -> Iterator[Item]:
        """The default of a column gone, if it has one: it holds the column."""
        if column.default is not None:
            name = self.part_name(default_name(column.within, column.name))
            yield self.altered(table, f"DROP CONSTRAINT {name}")

    def check_added(self, table: str, column: Column) -> Iterator[Item]:
        """The check that the type of a column needs, on one that is there."""
        if check_name(column) is not None:
            yield self.altered(table, f"ADD {self.own_check_sql(column)}")

    def check_dropped(self, table: str, column: Column) -> Iterator[Item]:
        """The same check gone."""
        if (name := check_name(column)) is not None:
            yield self.altered(table, f"DROP CONSTRAINT {self.part_name(name)}")

    def renamed(self, what: str, path: str, new: str) -> Statement:
        """What is found by a path in quotes under a new name, which is in none."""
        path_, new_ = self.text(path), self.text(new)
        return Statement(f"EXEC sp_rename {path_}, {new_}, N'{what}'")

    def part_renamed(self, table: str, old: str, new: str) -> Statement:
        """A constraint under a new name; it lies where its table does."""
        self.part_name(new)
        return self.renamed("OBJECT", self.part_beside(table, old), self.cut_name(new))

    def comments(self, table: Table, comment: str | None) -> Items:
        """What people read about a table, if that is another now."""
        return self.said_of(table.name, None, table.comment, comment)

    def said_of(
        self, table: str, field: str | None, before: str | None, after: str | None
    ) -> Iterator[Item]:
        """What is said of a table or column, as tools of the vendor's show it."""
        if before == after:
            return
        if len(after or "") > LONGEST_COMMENT:
            raise UnsupportedError(
                f"a comment has {len(after or '')} letters, and {self.title} keeps"
                f" {LONGEST_COMMENT}",
                hint="say it shorter",
            )
        doing = "add" if before is None else "drop" if after is None else "update"
        namespace, own = self.place(table)
        said = ["@name = N'MS_Description'"]
        if after is not None:
            said.append(f"@value = {self.text(after)}")
        said += ["@level0type = N'SCHEMA'", "@level0name = @namespace"]
        said += ["@level1type = N'TABLE'", f"@level1name = {self.text(own)}"]
        if field is not None:
            said += ["@level2type = N'COLUMN'", f"@level2name = {self.text(field)}"]
        here = self.text(namespace) if namespace else "SCHEMA_NAME()"
        yield Statement(
            f"DECLARE @namespace sysname = {here};\n"
            f"EXEC sp_{doing}extendedproperty {', '.join(said)}"
        )

    def triggers(self, table: Table) -> dict[str, str]:
        """Our triggers on a table, by name."""
        return {
            trigger_name(table, field): self._trigger(table, field)
            for field in self.updates_by_trigger(table)
        }

    def triggers_dropped(self, table: Table) -> Iterator[Item]:
        """All of our triggers on a table gone."""
        for name in self.triggers(table):
            yield self.trigger_dropped(table, name)

    def triggers_made(self, table: Table) -> Iterator[Item]:
        """All of our triggers on a table."""
        return map(Statement, self.triggers(table).values())

    def triggers_changed(self, move: Move, name: str) -> Iterator[Item]:
        """Our triggers that are gone or new, or no longer say the same."""
        old, new = move.before.table(name), move.after.table(name)
        before, after = self.triggers(old), self.triggers(new)
        gone = [n for n, said in before.items() if after.get(n) != said]
        yield from (self.trigger_dropped(old, trigger) for trigger in gone)
        for trigger, said in after.items():
            if before.get(trigger) != said:
                yield Statement(said)

    def trigger_dropped(self, table: Table, name: str) -> Statement:
        """One of our triggers gone."""
        return Statement(f"DROP TRIGGER IF EXISTS {self.part_beside(table.name, name)}")

    def trigger_dropped_sql(self, table: str, name: str) -> str:
        """What drops a trigger of a table, beside which it lies."""
        return f"DROP TRIGGER {self.part_beside(table, name)}"

    def filled(
        self, table: Table, name: str, value: str, where: str = ""
    ) -> Iterator[Item]:
        """Rows get a value, and our triggers take no note: the change is ours."""
        here = self.thing(table.name)
        ours = [self.part_beside(table.name, name) for name in self.triggers(table)]
        yield from (Statement(f"DISABLE TRIGGER {t} ON {here}") for t in ours)
        yield Statement(f"UPDATE {here} SET {self.quote(name)} = {value}{where}")
        yield from (Statement(f"ENABLE TRIGGER {t} ON {here}") for t in ours)

    def counted(self, table: Table, schema: Schema) -> list[Field]:
        """The fields of a table that count themselves up."""
        return [f for f in table.fields if self.counts_up(table, f, schema)]

    def _trigger(self, table: Table, field: Field) -> str:
        """For rows of which nobody wrote the field; its own writing is passed over."""
        key = table.primary_key
        if key is None:
            raise UnsupportedError(
                f'auto_update of "{field.name}" needs a primary key: a trigger of'
                f" {self.title} finds the rows by it",
                at=field.at,
                hint="give the table a primary key, or leave auto_update out",
            )
        here, name = self.thing(table.name), self.quote(field.name)
        now = self.clock(field, "auto_update")

        def same(one: str, other: str) -> str:
            names = map(self.quote, key.fields)
            return " AND ".join(f"{one}.{n} = {other}.{n}" for n in names)

        return (
            f"CREATE TRIGGER {self.part_beside(table.name, trigger_name(table, field))}"
            f" ON {here} AFTER UPDATE AS\nBEGIN\n    SET NOCOUNT ON;\n"
            "    IF TRIGGER_NESTLEVEL(@@PROCID) > 1 RETURN;\n"
            f"    UPDATE t SET {name} = {now} FROM {here} AS t\n"
            f"    INNER JOIN inserted AS n ON {same('n', 't')}\n"
            f"    INNER JOIN deleted AS o ON {same('o', 't')}\n"
            f"    WHERE n.{name} = o.{name}"
            f" OR (n.{name} IS NULL AND o.{name} IS NULL);\nEND"
        )
