"""How a database differs from what is written, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from mm_engine.cli.output import Json, Output
from mm_engine.cli.telling import counted, operation_json, operation_line

if TYPE_CHECKING:
    from mm_engine.introspect.native import Unread
    from mm_engine.project.drifting import Difference, Drifted
    from mm_engine.project.things import Words

OTHERS = "enums"
"""What stands over operations that are about no table."""


def differences_json(differences: Iterable[Difference]) -> list[Json]:
    """Differences as the contract for scripts has them: operations, and more."""
    return [_difference_json(one) for one in differences]


def _difference_json(one: Difference) -> dict[str, Json]:
    before, after = one.words
    at, origin = one.at, one.origin
    return {
        **operation_json(one.operation),
        "destructive": one.loss is not None,
        "file": None if at is None else at.file,
        "line": None if at is None else at.line,
        "column": None if at is None else at.column,
        "migration": None if origin is None else origin.made.name,
        "changed_by": None if origin is None else origin.touched.name,
        "before": before,
        "after": after,
    }


def unread_json(unread: Iterable[Unread]) -> list[Json]:
    """What no schema can say, one by one."""
    return [{"kind": one.kind, "table": one.table, "name": one.name} for one in unread]


def say_differences(output: Output, drifted: Drifted) -> None:
    """Differences as a list for people, table by table, on stdout."""
    ordered = sorted(drifted.differences, key=_table)  # stable: their order stays
    for table, group in groupby(ordered, key=_table):
        output.line(table)
        for one in group:
            text, color = operation_line(one.operation, one.loss, _changes(one))
            output.line(f"  {text}", fg=color)
            if written := _written(one):
                output.line(f"      {written}")


def _table(one: Difference) -> str:
    return one.operation.subject().table or OTHERS


def _changes(one: Difference) -> Iterable[str]:
    """What of a thing is otherwise, word by word; nothing where it came or went."""
    before, after = one.words
    if before is None or after is None or before.keys() == {"name"}:
        return ()
    return _changed(before, after)


def _changed(before: Words, after: Words) -> Iterator[str]:
    for key in dict.fromkeys([*before, *after]):
        if before.get(key) != after.get(key):
            old, new = (_shown(words.get(key)) for words in (before, after))
            yield f"{key} {old} -> {new}"


def _shown(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case list():
            return f"[{', '.join(map(_shown, value))}]"
        case dict():
            pairs = (f"{key}: {_shown(entry)}" for key, entry in value.items())
            return f"{{{', '.join(pairs)}}}"
        case _:
            return str(value)


def _written(one: Difference) -> str:
    """Where the thing is written, and which migrations it comes from."""
    said = [] if one.at is None else [str(one.at)]
    if one.origin is not None:
        made, touched = one.origin.made.name, one.origin.touched.name
        said.append(f"made by {made}")
        if touched != made:
            said.append(f"changed last by {touched}")
    return ", ".join(said)


def say_unread(output: Output, unread: Sequence[Unread], *, hint: bool = True) -> None:
    """What no schema can say: how much of each kind, and each with ``--verbose``."""
    if not unread:
        return
    kinds = dict.fromkeys(one.kind for one in unread)
    counts = ", ".join(
        counted(sum(one.kind == kind for one in unread), kind) for kind in kinds
    )
    more = "" if output.verbose or not hint else " (--verbose lists them)"
    output.say(f"no schema can say: {counts}{more}")
    for one in unread if output.verbose or not hint else ():
        where = f" on {one.table}" if one.table else ""
        output.say(f"  {one.kind} {one.name}{where}")
