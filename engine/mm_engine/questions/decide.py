"""Deciding: a fold over operations in which questions become keywords of theirs."""

from __future__ import annotations

from collections.abc import Container, Iterable

import attrs

from mm_engine.model.schema import Schema
from mm_engine.model.table import Field
from mm_engine.model.types import BigSerial, Serial
from mm_engine.model.values import Symbol
from mm_engine.operations import (
    AddField,
    AlterEnum,
    AlterField,
    CreateTable,
    DropField,
    DropTable,
    Operation,
)
from mm_engine.operations.base import Subject
from mm_engine.questions.question import Asking, Choice, Question, Questioner
from mm_engine.questions.values import NONE, one_off, value_problem

GENERATE = Choice("generate", "do it when the migration is applied")
REVIEW = Choice("review", "write it; up refuses until somebody has looked at it")
OMIT = Choice("omit", "leave the database as it is and only remember the change")
IGNORE_ERRORS = Choice(
    "ignore-errors", "do it; what is already as it shall be is no error"
)

FATES = (GENERATE, REVIEW, OMIT, IGNORE_ERRORS)
"""What can become of an operation that loses something."""

_DECISIONS = ("schema_only", "if_present", "review", "one_off", "convert", "replaced")
"""The attributes of operations in which answers end up."""


def decide(
    operations: Iterable[Operation], before: Schema, questioner: Questioner
) -> tuple[Operation, ...]:
    """The operations as the answers make them.

    Raises ``OpenQuestionsError`` with every question that nobody answered.
    """
    asking = Asking(questioner)
    decided = decided_by(operations, before, asking)
    asking.require_answers()
    return decided


def decided_by(
    operations: Iterable[Operation],
    before: Schema,
    asking: Asking,
    *,
    settled: Iterable[Operation] = (),
    uncertain: Container[Subject] = (),
) -> tuple[Operation, ...]:
    """The operations as the answers make them; open questions leave them as they are.

    ``settled`` are operations that were decided before: like ones are not asked about
    again. Nor are those whose subject is ``uncertain``, since an open question about
    them comes first, and a table made on the way has no rows to lose.
    """
    known = {_kind(operation): operation for operation in settled}
    decided: list[Operation] = []
    new_tables: set[str] = set()
    for operation in operations:
        after = operation.apply(before)
        if isinstance(operation, CreateTable):
            new_tables.add(operation.name)
        subject = operation.subject()
        again = _as_before(operation, known.get(_kind(operation)))
        if again is not None:
            decided.append(again)
        elif subject.table in new_tables or subject in uncertain:
            decided.append(operation)
        else:
            decided.append(_asked(operation, before, asking))
        before = after
    return tuple(decided)


def _asked(operation: Operation, before: Schema, asking: Asking) -> Operation:
    return _with_values(_with_fate(operation, before, asking), before, asking)


def _kind(operation: Operation) -> object:
    return type(operation), operation.subject()


def _as_before(operation: Operation, known: Operation | None) -> Operation | None:
    """The operation as it was decided, if it is the same but for what was decided."""
    if known is None:
        return None
    decisions = {
        name: getattr(known, name) for name in _DECISIONS if hasattr(known, name)
    }
    again = attrs.evolve(operation, **decisions)
    return again if again == known else None


def _with_fate(operation: Operation, before: Schema, asking: Asking) -> Operation:
    """The operation with what shall become of it, if it loses something."""
    loss = operation.loses(before)
    if loss is None or operation.schema_only:
        return operation
    match asking.answer(_fate_question(operation, before, loss)):
        case REVIEW.word:
            return attrs.evolve(operation, review=f"loses {loss}")
        case OMIT.word:
            return attrs.evolve(operation, schema_only=True)
        case IGNORE_ERRORS.word:
            return attrs.evolve(operation, if_present=True)
        case _:
            return operation


def _fate_question(operation: Operation, before: Schema, loss: str) -> Question:
    name = _question_id(operation)
    return Question(
        id=name,
        topic=type(operation).__name__,
        text=f"{operation.describe()}: {loss} will be lost",
        flag=f"--destructive {name}=WORD, WORD being one of"
        f" {', '.join(choice.word for choice in FATES)}",
        choices=FATES,
        operation=operation,
        before=before,
    )


def _question_id(operation: Operation) -> str:
    table, name = operation.subject()
    match operation:
        case DropTable():
            return f"drop:{table}"
        case DropField():
            return f"drop:{table}.{name}"
        case _:
            subject = ".".join(word for word in (table, name) if word)
            return f"alter:{subject or operation.slug()}"


def _with_values(operation: Operation, before: Schema, asking: Asking) -> Operation:
    """The operation with what existing rows get, if it needs to say so."""
    if operation.schema_only:
        return operation
    match operation:
        case AddField(one_off=None) if _wants_value(operation.field):
            return _filled(operation, before, asking)
        case AlterField(one_off=None):
            old = before.table(operation.table).field(operation.field.name)
            return _stricter(operation, old, before, asking)
        case AlterEnum():
            return _replacing(operation, before, asking)
        case _:
            return operation


def _wants_value(field: Field) -> bool:
    counted = isinstance(field.type, Serial | BigSerial)
    given = field.default is not None or field.auto_create or counted
    return not (field.nullable or given)


def _filled(operation: AddField, before: Schema, asking: Asking) -> Operation:
    field = operation.field
    subject = f"{operation.table}.{field.name}"
    question = _value_question(
        operation,
        before,
        text=f"{subject} is required and has no default: what do rows get"
        f" that are already in {operation.table}?",
    )
    answer = asking.answer(question)
    return (
        operation
        if answer is None
        else attrs.evolve(operation, one_off=one_off(answer, field.type, before))
    )


def _stricter(
    operation: AlterField, old: Field, before: Schema, asking: Asking
) -> Operation:
    field = operation.field
    if field.nullable or not old.nullable:
        return operation
    match field.default:
        case None | Symbol():
            question = _value_question(
                operation,
                before,
                text=f"{operation.table}.{field.name} becomes required: what do rows"
                " get that have no value in it?",
            )
            answer = asking.answer(question)
            value = None if answer is None else one_off(answer, field.type, before)
        case default:
            value = default
    return attrs.evolve(operation, one_off=value)


def _value_question(
    operation: AddField | AlterField, before: Schema, *, text: str
) -> Question:
    field = operation.field
    subject = f"{operation.table}.{field.name}"

    def check(answer: str) -> str | None:
        return value_problem(answer, field.type, before)

    return Question(
        id=f"one-off:{subject}",
        topic="OneOff",
        text=text,
        flag=f"--one-off {subject}=VALUE (VALUE may be expr:SQL, or {NONE}:"
        " there is no such row, up stops if one is found)",
        wanted=field.type.yaml_name,
        check=check,
        at=field.at,
        operation=operation,
        before=before,
    )


def _replacing(operation: AlterEnum, before: Schema, asking: Asking) -> Operation:
    """The enum with what rows get whose value goes; by default none has it."""
    replaced = dict(operation.replaced)
    for value in operation.gone(before):
        if value not in replaced:
            answer = asking.answer(_replacement_question(operation, value, before))
            if answer is not None and answer != NONE:
                replaced[value] = answer.removeprefix("text:")
    return attrs.evolve(operation, replaced=replaced)


def _replacement_question(operation: AlterEnum, value: str, before: Schema) -> Question:
    subject = f"{operation.enum.name}.{value}"
    values = operation.enum.values

    def check(answer: str) -> str | None:
        if answer == NONE or answer.removeprefix("text:") in values:
            return None
        return f'"{answer}" is none of {", ".join(values)}'

    return Question(
        id=f"one-off:{subject}",
        topic="OneOff",
        text=f'"{value}" goes from enum {operation.enum.name}: what do rows get that'
        f" have it? ({NONE}: there are none, up stops if one is found)",
        flag=f"--one-off {subject}=VALUE",
        wanted="value",
        default=NONE,
        check=check,
        operation=operation,
        before=before,
    )
