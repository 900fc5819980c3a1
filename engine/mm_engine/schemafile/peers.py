"""Files side by side: fields that two of them tell are made to fit both.

The rules are those of the original, which found its files all over a project: a wider
type, a greater length, a stricter NOT NULL and the last default win.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import attrs

from mm_engine.schemafile.fieldtypes import plain_name
from mm_engine.schemafile.merge import Choice, Told, content
from mm_engine.schemafile.nodes import TextNode
from mm_engine.schemafile.precedence import report_conflict
from mm_engine.schemafile.report import Report, first_given
from mm_engine.schemafile.written import WrittenField

T = TypeVar("T")

_WIDER: Mapping[str, tuple[str, ...]] = {
    "smallint": ("integer", "bigint"),
    "integer": ("bigint",),
    "varchar": ("text",),
    "char": ("varchar", "text"),
    "float": ("decimal", "double"),
}


@attrs.frozen
class Beside(Choice):
    """The choice among files that were all asked for."""

    report: Report

    def one(self, what: str, told: Sequence[Told[T]]) -> T:
        """The one thing that all of them tell."""
        chosen = told[0]
        for other in told[1:]:
            if other.content != chosen.content and chosen.at and other.at:
                report_conflict(what, chosen.at, other.at, self.report)
        return chosen.value

    def setting(self, what: str, told: Sequence[Told[TextNode]]) -> TextNode:
        """What the last file says."""
        chosen = told[-1]
        for other in told[:-1]:
            if other.content != chosen.content and chosen.at:
                self.report.finding(
                    f"{what} wins over the one at {other.at}", chosen.at
                )
        return chosen.value

    def field(self, what: str, told: Sequence[Told[WrittenField]]) -> WrittenField:
        """A field that fits what every file says of it."""
        field = told[0].value
        seen = {told[0].file: told[0]}
        for other in told[1:]:
            first = seen.setdefault(other.file, other)
            if first is not other and first.at and other.at:
                hint = first_given(first.at, other.at)
                self.report.problem(f"{what} is given twice", other.at, hint)
            elif other.content != told[0].content:
                field = self._fitting(what, field, other.value)
        return field

    def _fitting(self, what: str, a: WrittenField, b: WrittenField) -> WrittenField:
        word = _wider(a.type, b.type)
        if word is None or not _agree(a, b):
            report_conflict(what, a.name.at, b.name.at, self.report)
            return a
        self.report.finding(
            f"{what} is told by two files and made to fit both",
            b.name.at,
            f"first given at {a.name.at}",
        )
        is_decimal = plain_name(word.text) == "decimal"
        precise = b if (b.precision or 0) > (a.precision or 0) else a
        return attrs.evolve(
            a,
            type=word,
            length=_longer(a, b, plain_name(word.text)),
            precision=precise.precision if is_decimal else None,
            scale=precise.scale if is_decimal else None,
            primary_key=a.primary_key or b.primary_key,
            nullable=_stricter(a.nullable, b.nullable),
            default=b.default if b.default is not None else a.default,
            auto_create=a.auto_create or b.auto_create,
            auto_update=a.auto_update or b.auto_update,
            foreign_key=a.foreign_key or b.foreign_key,
            many_to_many=a.many_to_many or b.many_to_many,
            unique=a.unique or b.unique,
            index=a.index or b.index,
            check=a.check or b.check,
            comment=a.comment or b.comment,
            options={**b.options, **a.options},
            renamed_from=a.renamed_from or b.renamed_from,
        )


def _wider(a: TextNode | None, b: TextNode | None) -> TextNode | None:
    """The type that holds the values of both, where there is one."""
    if a is None or b is None:
        return a or b
    one, other = plain_name(a.text), plain_name(b.text)
    if one == other or one in _WIDER.get(other, ()):
        return a
    return b if other in _WIDER.get(one, ()) else None


def _agree(a: WrittenField, b: WrittenField) -> bool:
    """Whether neither contradicts what the other says beside the type's width."""
    pairs: list[tuple[object, object]] = [
        (_target(a), _target(b)),
        (_word(a.many_to_many), _word(b.many_to_many)),
        (_word(a.enum), _word(b.enum)),
        (a.of and content(a.of.node), b.of and content(b.of.node)),
        (a.native, b.native),
    ]
    return all(one is None or other is None or one == other for one, other in pairs)


def _target(field: WrittenField) -> str | None:
    return field.foreign_key.table.text if field.foreign_key is not None else None


def _word(node: TextNode | None) -> str | None:
    return None if node is None else node.text


def _longer(a: WrittenField, b: WrittenField, word: str) -> int | None:
    """The length that holds the values of both; a text without one has no limit."""
    if word not in ("varchar", "char", "text"):
        return None
    if word == "text" and (a.length is None or b.length is None or _differ(a, b)):
        return None
    return max(a.length or 0, b.length or 0) or None


def _differ(a: WrittenField, b: WrittenField) -> bool:
    return (a.type and a.type.text) != (b.type and b.type.text)


def _stricter(a: bool | None, b: bool | None) -> bool | None:  # noqa: FBT001
    if a is False or b is False:
        return False
    return a if b is None else b
