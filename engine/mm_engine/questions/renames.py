"""Renames that were written, flagged or answered, told apart from drop and add."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Literal, TypeAlias

import attrs

from mm_engine.diff import Candidate, Renames, rename_candidates, written_renames
from mm_engine.errors import Problem, UsageError, nearest
from mm_engine.model.constraints import Constraint
from mm_engine.model.schema import Schema
from mm_engine.operations.base import Subject
from mm_engine.questions.question import Asking, Choice, Question

Kind: TypeAlias = Literal["table", "field", "index", "constraint", "enum", "value"]
"""What can be renamed."""

PREFIX = "rename:"
"""What the id of every question about a rename begins with."""

YES = Choice("yes", "the same thing under a new name; what it holds stays")
NO = Choice("no", "one thing goes, another one comes")


@attrs.frozen
class RenameFlags:
    """What ``--rename`` was given, word for word.

    ``earlier`` are renames that were decided before, for a migration that is made
    again or in a file of answers; those that fit no more are left out.
    """

    renamed: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])
    earlier: tuple[str, ...] = attrs.field(default=(), converter=tuple[str, ...])


@attrs.frozen(kw_only=True)
class Decided:
    """The renames that are certain, findings about written ones, and what is open.

    ``uncertain`` are the subjects of operations that an open question may do away with.
    """

    renames: Renames
    findings: tuple[Problem, ...] = ()
    uncertain: tuple[Subject, ...] = ()


def decided_renames(
    before: Schema, after: Schema, flags: RenameFlags, asking: Asking
) -> Decided:
    """Every rename that is certain now.

    Likely ones are asked about, the likeliest first, each answer before the next
    question: a renamed table brings its fields along. Raises ``UsageError`` for a flag
    that names nothing.
    """
    renames, findings = written_renames(before, after)
    for text in _owners_first(flags.renamed):
        renames = renames.merged(_flagged(text, before, after, renames, flags))
    for text in _owners_first(flags.earlier):
        again = _fitting(text, before, after, renames, flags)
        if again and asking.answer(_earlier_question(text)) == YES.word:
            renames = again.merged(renames)
    asked: set[str] = set()
    uncertain: list[Subject] = []
    while candidate := _next(rename_candidates(before, after, renames), asked):
        asked.add(_name(candidate))
        answer = asking.answer(_question(candidate))
        if answer == YES.word:
            renames = renames.merged(candidate.renames())
        elif answer is None:
            uncertain += _subjects(candidate)
    return Decided(renames=renames, findings=findings, uncertain=tuple(uncertain))


def _fitting(
    text: str, before: Schema, after: Schema, renames: Renames, flags: RenameFlags
) -> Renames | None:
    """What an earlier rename means, if it can still be."""
    with suppress(UsageError):
        return _flagged(text, before, after, renames, flags)
    return None


def _earlier_question(text: str) -> Question:
    """Whether a rename still is one; asked of flags and files only."""
    return Question(
        id=f"{PREFIX}{text}",
        topic="Rename",
        text=f"{text} was a rename before: is it still?",
        flag=f"--rename {text} or --no-rename {text.rpartition(':')[0]}",
        choices=(YES, NO),
        earlier=YES.word,
    )


def _next(candidates: Iterable[Candidate], asked: set[str]) -> Candidate | None:
    return next((found for found in candidates if _name(found) not in asked), None)


def _subjects(candidate: Candidate) -> tuple[Subject, ...]:
    """The subjects of the operations that would not be there after a rename."""
    if candidate.table is None:
        return (Subject(candidate.old, candidate.old),)
    names = (candidate.old, candidate.new)
    return tuple(Subject(candidate.table, name) for name in names)


def _question(candidate: Candidate) -> Question:
    old = _old(candidate)
    return Question(
        id=f"{PREFIX}{_name(candidate)}",
        topic="Rename",
        text=f"{candidate.kind} {old} is gone and {candidate.new} is new:"
        " was it renamed?",
        flag=f"--rename {_name(candidate)} or --no-rename {old}",
        choices=(YES, NO),
        usual=NO.word,
    )


def _old(candidate: Candidate) -> str:
    return f"{candidate.table}.{candidate.old}" if candidate.table else candidate.old


def _name(candidate: Candidate) -> str:
    """How flags and answers name it: ``users.fullname:display_name``."""
    return f"{_old(candidate)}:{candidate.new}"


def _flagged_renames(kind: Kind, owner: str, old: str, new: str) -> Renames:
    within = {(owner, old): new}
    match kind:
        case "table":
            return Renames(tables={old: new})
        case "enum":
            return Renames(enums={old: new})
        case "field":
            return Renames(fields=within)
        case "index":
            return Renames(indexes=within)
        case "constraint":
            return Renames(constraints=within)
        case "value":
            return Renames(values=within)


def _owners_first(texts: Iterable[str]) -> list[str]:
    """Tables before their fields, so that fields may be told by the new name."""
    return sorted(texts, key=lambda text: "." in text)


def _flagged(
    text: str, before: Schema, after: Schema, renames: Renames, flags: RenameFlags
) -> Renames:
    """What a ``--rename`` means; raises ``UsageError`` if it cannot be."""
    old, colon, new = text.rpartition(":")
    if not colon or not old or not new:
        raise UsageError(
            f"--rename {text}: it takes OLD:NEW",
            hint="for example users.fullname:display_name, or users:people",
        )
    owner, dot, part = old.partition(".")
    if not dot or old in before.tables or old in before.enums:
        kind: Kind = "enum" if old in before.enums else "table"
        _check(
            flags,
            _Move(text, kind, old, new),
            _owners(before, kind),
            _owners(after, kind),
        )
        return _flagged_renames(kind, "", old, new)
    now = {**renames.tables, **renames.enums}.get(owner, owner)
    known = [*renames.tables.items(), *renames.enums.items()]
    then = next((old_name for old_name, name in known if name == now), now)
    olds, news = _parts(before, then), _parts(after, now)
    for kind, names in olds.items():
        if part in names:
            _check(flags, _Move(text, kind, part, new), names, news.get(kind, ()))
            return _flagged_renames(kind, now, part, new)
    everything = [f"{then}.{name}" for names in olds.values() for name in names]
    raise UsageError(
        f'--rename {text}: there is no "{old}" in the migrations',
        hint=nearest(old, [*everything, *before.tables, *before.enums]),
    )


def _owners(schema: Schema, kind: Kind) -> tuple[str, ...]:
    return tuple(schema.enums if kind == "enum" else schema.tables)


def _parts(schema: Schema, owner: str) -> dict[Kind, tuple[str, ...]]:
    """The names within a table or an enum, by what they name."""
    if owner in schema.enums:
        return {"value": schema.enums[owner].values}
    if owner not in schema.tables:
        return {}
    table = schema.tables[owner]
    constraints: tuple[Constraint, ...] = (
        *table.uniques,
        *table.checks,
        *table.foreign_keys,
    )
    return {
        "field": tuple(field.name for field in table.fields),
        "index": tuple(index.name for index in table.indexes if index.name),
        "constraint": tuple(part.name for part in constraints if part.name),
    }


@attrs.frozen
class _Move:
    """A rename as a flag has it, word for word and taken apart."""

    text: str
    kind: Kind
    old: str
    new: str


def _check(
    flags: RenameFlags, move: _Move, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    """Raise ``UsageError`` unless the old name is gone and the new one is new.

    Names that change places are neither, so each of them needs its own flag.
    """
    kind, old, new = move.kind, move.old, move.new
    freed = [given.rpartition(":")[0].rpartition(".")[2] for given in flags.renamed]
    filled = [given.rpartition(":")[2] for given in flags.renamed]
    if old not in before:
        wrong, hint = f'there is no {kind} "{old}"', nearest(old, before)
    elif old in after and old not in filled:
        wrong, hint = f'{kind} "{old}" is still in the schema files', None
    elif new not in after:
        wrong, hint = f'the schema files have no {kind} "{new}"', nearest(new, after)
    elif new in before and new not in freed:
        wrong, hint = f'{kind} "{new}" is in the migrations already', None
    else:
        return
    raise UsageError(f"--rename {move.text}: {wrong}", hint=hint)
