"""Columns: fields as one database holds them."""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from mm_engine.dialects.features import Features
from mm_engine.dialects.sql import ExpressionSQL, TypeSQL, ValueSQL, type_text
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.model.types import Array, EnumOf, FieldType, Native


@attrs.frozen(kw_only=True)
class Column:
    """A field lowered: what two databases of one kind would have in common.

    ``allowed`` are the only values of an enum, ``enum`` is its name; ``key`` is the
    name of the primary key that a column which counts itself up is; ``generated`` is
    what the column is computed from, ``stored`` whether the result is kept;
    ``identity`` says that the database counts it up by a sequence of its own, and
    ``sequence`` what that is told;
    ``on_update`` is what a clause of the column sets when its row changes; ``comment``
    stands here where a column's comment is a clause of it; ``encoding`` is how a store
    of columns packs it; ``says`` is what only one database says of a column; ``within``
    is the table, where what stands on a column is named after both;
    ``longest`` is how many letters it has at most, where its type does not say so.
    """

    name: str
    type: TypeSQL
    not_null: bool = False
    default: ValueSQL | None = None
    enum: str | None = None
    allowed: tuple[str, ...] = ()
    key: str | None = None
    collation: str | None = None
    generated: ExpressionSQL | None = None
    stored: bool = False
    identity: bool = False
    sequence: str = ""
    on_update: ExpressionSQL | None = None
    comment: str | None = None
    encoding: str | None = None
    says: str | None = None
    within: str | None = None
    longest: int | None = None


ENUM_CHECK = "enum_"
"""What the check of a field of an enum is called, before the name of the enum."""

_PLACEHOLDER = re.compile(
    r"\{\{\s*\.(?P<go>Length|Precision|Scale)\s*\}\}"
    r"|\{(?P<plain>length|precision|scale)\}"
)


def filled(template: str, type_: FieldType, facts: Features) -> TypeSQL:
    """A type's words with its own numbers in them.

    Both the original's ``{{.Precision}}`` and ``{precision}`` are understood.
    Raises ``UnsupportedError`` for a number that the type does not have.
    """

    def number(match: re.Match[str]) -> str:
        name = (match["go"] or match["plain"]).lower()
        value: object = getattr(type_, name, None)
        if value is None:
            raise UnsupportedError(
                f'the type mapping "{template}" asks for a {name},'
                f" and {type_.yaml_name} has none"
            )
        return str(value)

    text = _PLACEHOLDER.sub(number, template)
    if "{" in text:
        raise UnsupportedError(
            f'the type mapping "{template}" cannot be read',
            hint="it may hold {length}, {precision} and {scale}",
        )
    return type_text(text, facts)


def spoken(type_: FieldType, database: str) -> FieldType:
    """The type that this database is told: a native one of its own, or a neutral one.

    Raises ``UnsupportedError`` for a native type that has no words for it.
    """
    if not isinstance(type_, Native) or database in type_.types:
        return type_
    if type_.otherwise is None:
        raise UnsupportedError(
            f"a native type has no words for {database}",
            hint=f"say native: {{{database}: …}}, or otherwise: a neutral type",
        )
    return spoken(type_.otherwise, database)


def mapped(type_: FieldType, mappings: Mapping[str, str]) -> str | None:
    """The words that the schema's own mappings have for a type, if any."""
    if isinstance(type_, Array):
        return mappings.get(f"{type_.of.yaml_name}[]", mappings.get(type_.yaml_name))
    return mappings.get(type_.yaml_name)


def enum_values(type_: FieldType, schema: Schema) -> tuple[str, ...]:
    """The only values of a field of an enum; of any other, none."""
    return schema.enum(type_.name).values if isinstance(type_, EnumOf) else ()
