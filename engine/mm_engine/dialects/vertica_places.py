"""Namespaces of Vertica (it says schemas): made when first used, moved between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mm_engine.dialects.statements import Expect, Item, Statement
from mm_engine.errors import UnsupportedError
from mm_engine.model.schema import Schema

if TYPE_CHECKING:
    from mm_engine.dialects.vertica import Vertica

_OWN = ("v_catalog", "v_monitor", "v_internal", "v_func", "v_txtindex")


def opened(dialect: Vertica, name: str, before: Schema) -> Iterator[Item]:
    """The namespace of a table, made where it is the first in it; it stays for ever.

    One table has one name: what lies in the session's own namespace has no point in it.
    """
    namespace, own = dialect.place(name)
    if namespace is None or dialect.lies_in(namespace, before.tables):
        return
    if namespace.lower() in _OWN:
        raise UnsupportedError(
            f'{dialect.title} keeps the namespace "{namespace}" for itself',
            hint="give the namespace another name",
        )
    yield Expect(
        "SELECT current_schema() FROM v_catalog.dual"
        f" WHERE LOWER(current_schema()) = LOWER({dialect.text(namespace)})",
        rows=(),
        message=f'names without a point lie in "{namespace}" too, so "{name}" and'
        f' "{own}" would be one',
        hint=f'call it "{own}", or let the search path begin with another namespace',
    )
    yield Statement(f"CREATE SCHEMA IF NOT EXISTS {dialect.new_name(namespace)}")


def moved(dialect: Vertica, old: str, new: str, before: Schema) -> Iterator[Item]:
    """A table under a new name, in another namespace if that says so."""
    (here, was), (there, now) = dialect.place(old), dialect.place(new)
    rename = f"RENAME TO {dialect.new_name(now)}"
    if here == there:
        yield dialect.altered(old, rename)
        return
    if there is None:
        raise UnsupportedError(
            f"nobody can say which namespace {dialect.title} takes for a name without"
            " one",
            hint="name it, or move the table in a RunSQL with state_operations",
        )
    move = f"SET SCHEMA {dialect.quote(there)}"
    if f"{there}.{was}" not in before.tables:
        yield dialect.altered(old, move)
        if was != now:
            yield dialect.altered(f"{there}.{was}", rename)
        return
    on_the_way = now if here is None else f"{here}.{now}"
    if on_the_way in before.tables:
        raise UnsupportedError(
            f'"{there}.{was}" and "{on_the_way}" are both taken, and one of them is on'
            f' the way from "{old}" to "{new}"',
            hint="move it in two migrations, by another name",
        )
    yield dialect.altered(old, rename)
    yield dialect.altered(on_the_way, move)
