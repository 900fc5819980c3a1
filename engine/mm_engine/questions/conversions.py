"""How values become values of another type, where somebody says it beforehand."""

from __future__ import annotations

import attrs

from mm_engine.model.databases import DATABASES
from mm_engine.model.schema import Schema
from mm_engine.operations import AlterField
from mm_engine.questions.question import Asking, Question
from mm_engine.questions.values import NONE


def with_conversions(
    operation: AlterField, before: Schema, asking: Asking
) -> AlterField:
    """The operation with the conversions that were given for it, by database."""
    old = before.table(operation.table).field(operation.field.name)
    if operation.schema_only or old.type == operation.field.type:
        return operation
    convert = dict(operation.convert)
    for database in DATABASES:
        up = asking.answer(_way_there(operation, database))
        if up is None or up == NONE:
            continue
        back = asking.answer(_way_back(operation, database))
        if back is not None:
            convert[database] = (up, back)
    return attrs.evolve(operation, convert=convert)


def _way_there(operation: AlterField, database: str) -> Question:
    subject = f"{_subject(operation)}:{database}"
    return Question(
        id=f"convert:{subject}",
        topic="Convert",
        text=f"{_subject(operation)} becomes {operation.field.type.yaml_name}: what SQL"
        f" makes the new value of the old one on {database}?",
        flag=f"--convert {subject}=SQL",
        wanted="SQL",
        default=NONE,
        is_offered=True,
        operation=operation,
    )


def _way_back(operation: AlterField, database: str) -> Question:
    subject = f"{_subject(operation)}:{database}"
    return Question(
        id=f"convert-back:{subject}",
        topic="Convert",
        text=f"{_subject(operation)} is converted on {database}: what SQL makes the old"
        " value of the new one, on the way down?",
        flag=f"--convert-back {subject}=SQL",
        wanted="SQL",
        operation=operation,
    )


def _subject(operation: AlterField) -> str:
    return f"{operation.table}.{operation.field.name}"
