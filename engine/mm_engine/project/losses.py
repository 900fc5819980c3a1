"""What would be lost if steps ran now, by what the database really holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.statements import Move
from mm_engine.model.schema import Schema
from mm_engine.operations import (
    AlterEnum,
    AlterField,
    DropField,
    DropTable,
    RenameField,
    RenameTable,
    RunPython,
    RunSQL,
)

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect
    from mm_engine.runner.plan import Step
    from mm_engine.runner.session import Session


def losses(
    session: Session, dialect: Dialect, steps: Sequence[Step]
) -> tuple[str, ...]:
    """Every loss in words; what holds no value now cannot be lost.

    The tables are asked as they are before the first step, so after a renaming, when
    names may mean something else, everything counts as a loss.
    """
    from mm_engine.runner.plan import moves

    found: list[str] = []
    is_known = True
    for step in steps:
        for move in moves(step):
            said = f"{step.name}: {move.operation.describe()} loses"
            for part in _parts(move):
                if isinstance(part.operation, RenameTable | RenameField):
                    is_known = False
                loss = part.operation.loses(part.before)
                if loss is None or move.operation.schema_only:
                    continue
                if not is_known or _is_there(session, dialect, part):
                    found.append(f"{said} {loss}")
    return tuple(found)


def _parts(move: Move) -> Iterator[Move]:
    """What a move does: itself, or what the user says that SQL or a function does."""
    match move.operation:
        case RunSQL(state_operations=parts) | RunPython(state_operations=parts):
            before = move.before
            for operation in parts:
                yield attrs.evolve(move, operation=operation, before=before)
                before = operation.apply(before)
        case _:
            yield move


def _is_there(session: Session, dialect: Dialect, move: Move) -> bool:
    """Whether anything that the move takes away has a value in any row."""
    places = tuple(_places(move))
    return not places or any(
        _holds(session, dialect, table, field) for table, field in places
    )


def _places(move: Move) -> Iterator[tuple[str, str | None]]:
    """Tables and fields whose values go; a whole table is told without a field."""
    match move.operation:
        case DropTable(name=name):
            yield name, None
        case DropField(table=table, name=name):
            yield table, name
        case AlterField(table=table, field=field):
            yield table, field.name
        case AlterEnum(enum=enum):
            yield from _places_of_enum(move.before, enum.name)
        case _:
            pass


def _places_of_enum(before: Schema, enum: str) -> Iterator[tuple[str, str | None]]:
    for table, field in before.fields_of_enum(enum):
        yield table.name, field.name


def _holds(session: Session, dialect: Dialect, table: str, field: str | None) -> bool:
    backend, connection = session.backend, session.connection
    try:
        where = f" WHERE {dialect.quote(field)} IS NOT NULL" if field else ""
        with backend.waiting(connection, backend.patience):
            rows = session.rows(
                f"SELECT CASE WHEN EXISTS (SELECT 1 FROM {dialect.thing(table)}{where})"
                " THEN 1 ELSE 0 END"
            )
    except Exception:  # noqa: BLE001 - a driver's, or ours about the name
        # What cannot be asked about may be lost.
        return True
    return rows != ((0,),)
