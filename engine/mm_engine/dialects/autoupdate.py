"""The moment of the last change, kept by a trigger where no column can keep it."""

from __future__ import annotations

from collections.abc import Iterable

from mm_engine.dialects.sql import ExpressionSQL, Identifier
from mm_engine.model.table import Field, Table


def trigger_name(table: Table, field: Field) -> str:
    """What the trigger of a field is called; a point stands between its two names."""
    return f"auto_update_{table.name}.{field.name}"


def trigger_sql(
    name: Identifier,
    table: Identifier,
    field: Identifier,
    now: ExpressionSQL,
    keys: Iterable[Identifier],
) -> str:
    """A trigger that sets a field to now when its row changes and it does not.

    An update by the trigger itself does not satisfy the condition, so it ends even
    where triggers are recursive.
    """
    same = " AND ".join(f"{key} = NEW.{key}" for key in keys)
    return (
        f"CREATE TRIGGER {name} AFTER UPDATE ON {table} FOR EACH ROW\n"
        f"WHEN NEW.{field} IS OLD.{field} AND NEW.{field} IS NOT {now}\n"
        f"BEGIN\n    UPDATE {table} SET {field} = {now} WHERE {same};\nEND"
    )
