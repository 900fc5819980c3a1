"""A table copied into a new shape: where the value of each field comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects import conversions
from mm_engine.dialects.literals import NULL
from mm_engine.dialects.sql import ExpressionSQL, ValueSQL
from mm_engine.dialects.statements import Expect, Move
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.values import Expression
from mm_engine.operations import AddField, AlterField, DropField, Operation
from mm_engine.operations.fields import OneOff

if TYPE_CHECKING:
    from mm_engine.dialects.sqlite import SQLite


def _sources(sources: Mapping[str, ValueSQL]) -> dict[str, ValueSQL]:
    return dict(sources)


@attrs.frozen
class Copy:
    """A table as it lies there, as it shall be, and how rows get from one to the other.

    ``sources`` give the value of each field of ``after`` from a row of ``before``;
    ``guards`` are expected to hold before anything is copied; ``tolerant`` is a copy
    that finds what it adds there already.
    """

    before: Table
    schema: Schema
    after: Table
    new_schema: Schema
    sources: Mapping[str, ValueSQL] = attrs.field(converter=_sources, kw_only=True)
    guards: tuple[Expect, ...] = attrs.field(default=(), kw_only=True)
    drops_fields: bool = attrs.field(default=False, kw_only=True)
    tolerant: bool = attrs.field(default=False, kw_only=True)

    @classmethod
    def of(cls, dialect: SQLite, table: Table, schema: Schema) -> Copy:
        """A copy that changes nothing."""
        sources = {f.name: ExpressionSQL(dialect.quote(f.name)) for f in table.fields}
        return cls(table, schema, table, schema, sources=sources)

    def told(self, dialect: SQLite, move: Move) -> Copy:
        """This copy with one more operation on its table in it."""
        operation, schema = move.operation, move.after
        changed = attrs.evolve(
            self, after=schema.table(self.before.name), new_schema=schema
        )
        match operation:
            case AddField():
                return changed.adding(dialect, operation.field, operation.one_off)
            case DropField():
                return changed.dropping(operation.name)
            case AlterField(field=field, one_off=one_off, convert=convert):
                old = move.before.table(self.before.name).field(field.name)
                both = convert.get(dialect.name)
                up = both and dialect.expression(both[0])
                return changed.altering(dialect, old, field, up, one_off)
            case _:
                return changed

    def adding(self, dialect: SQLite, field: Field, one_off: OneOff | None) -> Copy:
        """With one more field, holding what its rows get once, or its default."""
        schema = self.new_schema
        value: ValueSQL | None = dialect.field_default(field, schema)
        if one_off is not None:
            value = dialect.default(one_off, field, schema)
        guards = self.guards
        fills_itself = dialect.fills_itself(field, schema)
        if value is None and not field.nullable and not fills_itself:
            guards = (*guards, _is_empty(dialect, self.before, field))
        return attrs.evolve(
            self,
            sources={**self.sources, field.name: value or NULL},
            guards=guards,
        )

    def dropping(self, name: str) -> Copy:
        """Without a field."""
        return attrs.evolve(
            self,
            sources={n: sql for n, sql in self.sources.items() if n != name},
            drops_fields=True,
        )

    def altering(
        self,
        dialect: SQLite,
        old: Field,
        new: Field,
        up: ExpressionSQL | None,
        one_off: OneOff | None,
    ) -> Copy:
        """With a field as it now is, its values turned, its gaps filled."""
        value, guards = self.sources[new.name], self.guards
        if up is not None:
            value = up
        elif turned := self._turned(dialect, old, new):
            value = turned.value
            if turned.misfit is not None:
                guards = (*guards, _survive(dialect, self.before, new, turned.misfit))
        if one_off is not None:
            filling = dialect.default(one_off, new, self.new_schema)
            value = ExpressionSQL(f"COALESCE({value}, {filling})")
        elif old.nullable and not new.nullable:
            guards = (*guards, _no_gaps(dialect, self.before, new, value))
        return self._with_value(new.name, value, guards)

    def replacing(self, name: str, value: ValueSQL, guards: tuple[Expect, ...]) -> Copy:
        """With other values in a field."""
        return self._with_value(name, value, (*self.guards, *guards))

    def _with_value(
        self, name: str, value: ValueSQL, guards: tuple[Expect, ...]
    ) -> Copy:
        return attrs.evolve(
            self,
            sources={**self.sources, name: value},
            guards=guards,
        )

    def _turned(
        self, dialect: SQLite, old: Field, new: Field
    ) -> conversions.Conversion | None:
        """How values are turned where the type is another; None where it is not."""
        was, now = dialect.kept(old, self.schema), dialect.kept(new, self.new_schema)
        if was == now:
            return None
        turned = conversions.conversion(dialect.quote(new.name), was, now)
        if turned is None:
            raise UnsupportedError(
                f"{dialect.title} is not told how to turn {old.type.yaml_name}"
                f" into {new.type.yaml_name}",
                hint=f'say how: convert={{"{dialect.name}":'
                ' ("SQL of the new value", "SQL of the old one")}',
            )
        return turned


def turns(dialect: SQLite, move: Move) -> bool:
    """Whether an alteration of a field makes other values of those that are there."""
    match move.operation:
        case AlterField(table=table, field=field, convert=convert):
            old = move.before.table(table).field(field.name)
            was, now = (old, move.before), (field, move.after)
            return (
                convert.get(dialect.name) is not None
                or dialect.kept(*was) != dialect.kept(*now)
                or dialect.column(*was).generated != dialect.column(*now).generated
            )
        case _:
            return False


def own_sql(operation: Operation) -> tuple[str, ...]:
    """The SQL that an operation itself gives for the values of a field."""
    match operation:
        case AddField(one_off=Expression(sql=sql)):
            return (sql,)
        case AlterField(convert=convert, one_off=one_off):
            filling = (one_off.sql,) if isinstance(one_off, Expression) else ()
            return (*(text for both in convert.values() for text in both), *filling)
        case _:
            return ()


def _is_empty(dialect: SQLite, table: Table, field: Field) -> Expect:
    return Expect(
        f"SELECT count(*) FROM {dialect.quote(table.name)}",
        rows=((0,),),
        message=f"{table.name}.{field.name} is required and has no default,"
        " and there are rows without it",
        hint="give the rows that exist a value: one_off=…",
    )


def _survive(
    dialect: SQLite, table: Table, field: Field, misfit: ExpressionSQL
) -> Expect:
    name = dialect.quote(field.name)
    return Expect(
        f"SELECT count(*) FROM {dialect.quote(table.name)}"
        f" WHERE {name} IS NOT NULL AND ({misfit})",
        rows=((0,),),
        message=f"{table.name}.{field.name} holds values"
        f" that are no {field.type.yaml_name}",
        hint=f'say what becomes of them: convert={{"{dialect.name}":'
        ' ("SQL of the new value", "SQL of the old one")}',
    )


def _no_gaps(dialect: SQLite, table: Table, field: Field, value: ValueSQL) -> Expect:
    return Expect(
        f"SELECT count(*) FROM {dialect.quote(table.name)} WHERE {value} IS NULL",
        rows=((0,),),
        message=f"{table.name}.{field.name} becomes required,"
        " and there are rows without it",
        hint="give the rows that have none a value: one_off=…",
    )
