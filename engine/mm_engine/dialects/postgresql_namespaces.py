"""Namespaces of PostgreSQL (it says schemas): made when first used, moved between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias

from mm_engine.dialects.statements import Expect, Item, Statement, When
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema

if TYPE_CHECKING:
    from mm_engine.dialects.postgresql import PostgreSQL

Kind: TypeAlias = Literal["TABLE", "TYPE"]
"""What lies in a namespace and can be moved to another."""

MOVING = "makemigrations_moving_"
"""What a name begins with while the one that it shall have is taken."""


def opened(dialect: PostgreSQL, name: str, before: Schema) -> Iterator[Item]:
    """The namespace of a name, made where it is the first in it; it is never dropped.

    One table has one name: where the search path leads to the namespace anyway, the
    name without it means the same table.
    """
    namespace, own = dialect.place(name)
    if namespace is None or namespace in _namespaces(dialect, before):
        return
    if namespace.startswith("pg_") or namespace == "information_schema":
        raise UnsupportedError(
            f'PostgreSQL keeps the namespace "{namespace}" for itself',
            hint="give the namespace another name",
        )
    yield Expect(
        f"SELECT current_schema() WHERE current_schema() = {dialect.text(namespace)}",
        rows=(),
        message=f'names without a point lie in "{namespace}" too, so "{name}" and'
        f' "{own}" would be one',
        hint=f'call it "{own}", or let the search path begin with another namespace',
    )
    # The right to make namespaces is asked for even where IF NOT EXISTS finds one.
    absent = (
        f"SELECT 1 WHERE to_regnamespace({_regnamespace(dialect, namespace)}) IS NULL"
    )
    create = f"CREATE SCHEMA IF NOT EXISTS {dialect.new_name(namespace)}"
    yield When(absent, items=(Statement(create),))


def moved(
    dialect: PostgreSQL, kind: Kind, old: str, new: str, before: Schema
) -> Iterator[Item]:
    """A table or type under a new name, in another namespace if that says so."""
    (here, was), (there, now) = dialect.place(old), dialect.place(new)
    between = now
    if here != there and _joined(here, now) in (*before.tables, *before.enums):
        between = was if was == now else f"{MOVING}{was}"
    if between != was:
        said = dialect.part_name(between) if between != now else dialect.new_name(now)
        yield Statement(f"ALTER {kind} {dialect.thing(old)} RENAME TO {said}")
    if here == there:
        return
    yield _set_schema(
        dialect, f"ALTER {kind} {dialect.thing(_joined(here, between))}", there
    )
    if between != now:
        on_the_way = dialect.thing(_joined(there, between))
        yield Statement(f"ALTER {kind} {on_the_way} RENAME TO {dialect.new_name(now)}")


def _set_schema(dialect: PostgreSQL, alter: str, there: str | None) -> Statement:
    if there is not None:
        return Statement(f"{alter} SET SCHEMA {dialect.quote(there)}")
    # No statement says "the first of the search path", so a block asks for it.
    pattern = alter.replace("%", "%%") + " SET SCHEMA %I"
    body = f"BEGIN EXECUTE format({dialect.text(pattern)}, current_schema()); END"
    quoted = dialect.text(body) if "$$" in body else f"$${body}$$"
    return Statement(f"DO {quoted}")


def _namespaces(dialect: PostgreSQL, schema: Schema) -> set[str | None]:
    return {dialect.place(name)[0] for name in (*schema.tables, *schema.enums)}


def _regnamespace(dialect: PostgreSQL, namespace: str) -> str:
    return dialect.text(dialect.quote(namespace))


def _joined(namespace: str | None, own: str) -> str:
    return own if namespace is None else f"{namespace}.{own}"
