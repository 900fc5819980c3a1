"""Deciding: a fold over operations in which questions become keywords of theirs."""

from __future__ import annotations

from collections.abc import Container, Iterable

import attrs

from mm_engine.model.schema import Schema
from mm_engine.model.table import Field
from mm_engine.model.values import Expression, Literal
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
from mm_engine.questions.conversions import with_conversions
from mm_engine.questions.earlier import Earlier, by_kind, kind
from mm_engine.questions.fates import FATES, GENERATE, fated, without_fate
from mm_engine.questions.question import Asking, Question, Questioner
from mm_engine.questions.values import (
    NONE,
    becomes_stricter,
    one_off,
    value_problem,
    wants_value,
)


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

    ``settled`` are operations that were decided before: a question that is the same
    for a like one has their answer, unless another is given now. Nothing is asked about
    a subject that is ``uncertain``, since an open question about it comes first, nor
    about a table made on the way, which has no rows to lose.
    """
    known = by_kind(settled)
    decided: list[Operation] = []
    new_tables: set[str] = set()
    for operation in operations:
        after = operation.apply(before)
        if isinstance(operation, CreateTable):
            new_tables.add(operation.name)
        subject = operation.subject()
        earlier = Earlier(known.get(kind(operation)))
        again = earlier.again(operation)
        if subject.table in new_tables or subject in uncertain:
            decided.append(again)
        else:
            if isinstance(again, AlterField):
                again = with_conversions(again, before, asking)
            fate = _with_fate(again, before, asking, earlier)
            decided.append(_with_values(fate, before, asking, earlier))
        before = after
    return tuple(decided)


def _with_fate(
    operation: Operation, before: Schema, asking: Asking, earlier: Earlier
) -> Operation:
    """The operation with what shall become of it, if it loses something."""
    loss = operation.loses(before)
    before_now = earlier.fate(operation)
    if loss is None or (operation.schema_only and before_now is None):
        return operation
    answer = asking.answer(_fate_question(operation, before, loss, before_now))
    if answer is None:
        return operation
    if earlier.is_same(operation):
        if answer == before_now:
            return operation
        operation = without_fate(operation)
    return fated(operation, answer, loss)


def _fate_question(
    operation: Operation, before: Schema, loss: str, earlier: str | None
) -> Question:
    name = _question_id(operation)
    is_converted = isinstance(operation, AlterField) and bool(operation.convert)
    return Question(
        id=name,
        topic=type(operation).__name__,
        text=f"{operation.describe()}: {loss} will be lost",
        flag=f"--destructive {name}=WORD, WORD being one of"
        f" {', '.join(choice.word for choice in FATES)}{_conversion_flag(operation)}",
        choices=FATES,
        earlier=earlier,
        # Who says how values are converted has looked at what becomes of them.
        is_offered=is_converted,
        default=GENERATE.word if is_converted else None,
        operation=operation,
        before=before,
    )


def _conversion_flag(operation: Operation) -> str:
    """The other answer to a loss of values: what becomes of them."""
    if not isinstance(operation, AlterField):
        return ""
    subject = f"{operation.table}.{operation.field.name}"
    return f",\n        or say what becomes of them: --convert {subject}:DATABASE=SQL"


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


def _with_values(
    operation: Operation, before: Schema, asking: Asking, earlier: Earlier
) -> Operation:
    """The operation with what existing rows get, if it needs to say so."""
    if operation.schema_only:
        return operation
    match operation:
        case AddField() | AlterField() if wants_value(operation, before):
            return _filled(operation, before, asking, earlier)
        case AlterField(
            one_off=None, field=Field(default=Literal() | Expression() as value)
        ) if becomes_stricter(operation, before):
            return attrs.evolve(operation, one_off=value)
        case AlterEnum():
            return _replacing(operation, before, asking, earlier)
        case _:
            return operation


def _filled(
    operation: AddField | AlterField,
    before: Schema,
    asking: Asking,
    earlier: Earlier,
) -> Operation:
    value = earlier.value(before)
    if operation.one_off is not None and value is None:
        return operation
    answer = asking.answer(_value_question(operation, before, value))
    if answer is None:
        return operation
    return attrs.evolve(
        operation, one_off=one_off(answer, operation.field.type, before)
    )


def _value_question(
    operation: AddField | AlterField, before: Schema, earlier: str | None
) -> Question:
    field = operation.field
    subject = f"{operation.table}.{field.name}"

    def check(answer: str) -> str | None:
        return value_problem(answer, field.type, before)

    why = (
        f"{subject} is required and has no default: what do rows get that are already"
        f" in {operation.table}?"
        if isinstance(operation, AddField)
        else f"{subject} becomes required: what do rows get that have no value in it?"
    )
    return Question(
        id=f"one-off:{subject}",
        topic="OneOff",
        text=why,
        flag=f"--one-off {subject}=VALUE (VALUE may be expr:SQL, or {NONE}:"
        " there is no such row, up stops if one is found)",
        wanted=field.type.yaml_name,
        check=check,
        earlier=earlier,
        at=field.at,
        operation=operation,
        before=before,
    )


def _replacing(
    operation: AlterEnum, before: Schema, asking: Asking, earlier: Earlier
) -> Operation:
    """The enum with what rows get whose value goes; by default none has it."""
    replaced = dict(operation.replaced)
    for value in operation.gone(before):
        known = earlier.replacement(value, before)
        if value in replaced and known is None:
            continue
        answer = asking.answer(_replacement_question(operation, value, before, known))
        replaced.pop(value, None)
        if answer is not None and answer != NONE:
            replaced[value] = answer.removeprefix("text:")
    return attrs.evolve(operation, replaced=replaced)


def _replacement_question(
    operation: AlterEnum, value: str, before: Schema, earlier: str | None
) -> Question:
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
        earlier=earlier,
        check=check,
        operation=operation,
        before=before,
    )
