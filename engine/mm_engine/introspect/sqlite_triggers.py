"""Our triggers among those of a table: what keeps the moment of the last change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from mm_engine.dialects.autoupdate import trigger_name, trigger_sql
from mm_engine.dialects.sql import ExpressionSQL, Identifier
from mm_engine.introspect.sqlite_tokens import normal, tokens
from mm_engine.model.sqltext import plainly_quoted
from mm_engine.model.table import Field, Table
from mm_engine.model.types import Timestamp

_CLOCKS = ("CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME")
_HEAD = 3
"""CREATE TRIGGER name: what two triggers that do the same may differ in."""


@attrs.frozen
class Kept:
    """The clock that each field is set by, and the triggers under their own name."""

    clocks: Mapping[str, str]
    names: tuple[str, ...]


def kept_fields(
    triggers: Mapping[str, str],
    table: str,
    keys: Iterable[Sequence[str]],
    fields: Sequence[str],
) -> Kept:
    """Which fields are kept at the moment of the last change by which triggers.

    A trigger is ours if it says what we would say, whatever it is called, and by
    whichever of the keys it finds the row again.
    """
    clocks: dict[str, str] = {}
    found: list[str] = []
    if not triggers:
        return Kept(clocks, ())
    known = {field.casefold(): field for field in fields}
    meanings = _meanings(table, keys, fields, known)
    for name, sql in triggers.items():
        meant = meanings.get(_said(sql, known))
        if meant is not None and meant[0] not in clocks:
            clocks[meant[0]] = meant[1]
            if name == trigger_name(Table(table, ()), Field(meant[0], Timestamp())):
                found.append(name)
    return Kept(clocks, tuple(found))


def _meanings(
    table: str,
    keys: Iterable[Sequence[str]],
    fields: Sequence[str],
    known: Mapping[str, str],
) -> dict[str, tuple[str, str]]:
    """Every text that a trigger of ours could have here, and field and clock of it."""
    rows = tuple(keys)
    return {
        _said(
            trigger_sql(
                Identifier("t"),
                Identifier(plainly_quoted(table)),
                Identifier(plainly_quoted(field)),
                ExpressionSQL(clock),
                [Identifier(plainly_quoted(key)) for key in row],
            ),
            known,
        ): (field, clock)
        for field in fields
        for clock in _CLOCKS
        for row in rows
    }


def _said(sql: str, known: Mapping[str, str]) -> str:
    found = [
        token._replace(text=plainly_quoted(token.name))
        if token.kind == "name"
        else token
        for token in tokens(sql)
    ]
    return normal(found[_HEAD:], known).casefold()
