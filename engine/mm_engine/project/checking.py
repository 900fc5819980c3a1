"""Whether schema files, migrations and history agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, assert_never

import attrs

from mm_engine.dialects.features import Declarable, ForeignKeys
from mm_engine.errors import (
    ConfigError,
    LockError,
    Position,
    Problem,
    UnsupportedError,
)
from mm_engine.model.constraints import Check, ForeignKey, Unique
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table

if TYPE_CHECKING:
    from mm_engine.dialects.base import Dialect
    from mm_engine.dialects.extras import Part
    from mm_engine.migrations.graph import MigrationGraph
    from mm_engine.project.belongings import Belongings


@attrs.frozen
class Finding:
    """One thing that does not agree, under a code that never changes its meaning."""

    code: str
    message: str
    at: Position | None = attrs.field(default=None, kw_only=True)
    hint: str | None = attrs.field(default=None, kw_only=True)

    @property
    def problem(self) -> Problem:
        """The finding as errors are told."""
        return Problem(self.message, at=self.at, hint=self.hint)


UNWRITTEN = "unwritten-changes"
BRANCHES = "several-leaves"
CHANGED = "changed-after-applied"
MISSING = "applied-but-missing"
PARTLY = "squash-partly-applied"
UNFINISHED = "unfinished"
DRIFT = "drift"
DECLARED_ONLY = "declared-only"
NOT_PORTABLE = "not-portable"


@attrs.frozen(kw_only=True)
class Checked:
    """What was found, what is worth knowing besides, and what was looked at.

    ``notes`` are findings that somebody has agreed to: nothing has to be done.
    ``database`` is None where no history was looked at; ``reason`` says why.
    """

    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()
    warnings: tuple[Problem, ...] = ()
    database: str | None = None
    reason: str | None = None


def check(
    project: Belongings,
    *,
    is_drift_wanted: bool = False,
    must_be_portable: bool = False,
) -> Checked:
    """Compare the schema files with the migrations, and those with the history.

    Where drift is wanted, the database has to be there. What must be portable is told
    to every configured database, on paper.
    """
    from mm_engine.project.changes import changes

    graph = project.graph()
    branches = tuple(_branches(graph))
    compared = changes(project, graph)
    count = len(compared.operations)
    unwritten = [
        Finding(
            UNWRITTEN,
            f"the schema files have {count} change{'s' if count > 1 else ''} that no"
            " migration makes: "
            + "; ".join(operation.describe() for operation in compared.operations),
            hint='"makemigrations makemigrations" writes a migration',
        )
    ]
    of_history, database, reason = _of_history(project, graph)
    drift = tuple(_drift(project)) if is_drift_wanted else ()
    dialects = project.dialects()
    return Checked(
        findings=(
            *branches,
            *(unwritten if count else ()),
            *refused_keys(compared.after, dialects),
            *(_refused(compared.after, graph, dialects) if must_be_portable else ()),
            *of_history,
            *drift,
        ),
        notes=tuple(declared_only(compared.after, dialects)),
        warnings=compared.findings,
        database=database,
        reason=reason,
    )


def _branches(graph: MigrationGraph) -> Iterator[Finding]:
    leaves = tuple(graph.leaves())
    if len(leaves) > 1:
        yield Finding(
            BRANCHES,
            f"the migrations end in {len(leaves)} branches: {', '.join(leaves)}",
            hint='"makemigrations makemigrations --merge" brings them together',
        )


def declared_only(schema: Schema, dialects: Mapping[str, Dialect]) -> Iterator[Finding]:
    """A note of each thing that only the schema has, as some database cannot keep it.

    ``dialects`` are those of the databases, by what people call them.
    """
    from mm_engine.dialects.untold import Telling, leaves_out
    from mm_engine.model.naming import with_names

    telling = {name: Telling(one) for name, one in dialects.items() if leaves_out(one)}
    if not telling:
        return
    # No database would be told of what has no name yet.
    schema = with_names(schema, Schema())
    for table in schema.tables.values():
        without: dict[str, list[str]] = {}
        places: dict[str, Position | None] = {}
        for called, one in telling.items():
            for part in one.left_out(table, schema):
                what = _named(table, part)
                without.setdefault(what, []).append(called)
                places[what] = part.at
        for what, those in without.items():
            cannot = f"{', '.join(those)} cannot keep it"
            message = f"{what}: {cannot}, so only the schema knows of it"
            yield Finding(DECLARED_ONLY, message, at=places[what])


def _named(table: Table, part: Field | Part) -> str:
    match part:
        case Field(name=name):
            return f"default, auto_update, enum or serial of {table.name}.{name}"
        case ForeignKey(fields=fields, table=other):
            return f"foreign key of {table.name} ({', '.join(fields)}) to {other}"
        case Index(name=name):
            return f"index {name} of {table.name}"
        case Unique(name=name):
            return f"unique constraint {name} of {table.name}"
        case Check(name=name):
            return f"check {name} of {table.name}"
        case _:
            assert_never(part)


def refused_keys(schema: Schema, dialects: Mapping[str, Dialect]) -> Iterator[Finding]:
    """A finding for each foreign key that some database is not to be without."""
    refusing = {
        called: one
        for called, one in dialects.items()
        if one.features.foreign_keys is ForeignKeys.ABSENT
        and Declarable.FOREIGN_KEYS not in one.declared
    }
    if not refusing:
        return
    have = "has" if len(refusing) == 1 else "have"
    for table in schema.tables.values():
        for key in table.foreign_keys:
            yield Finding(
                DECLARED_ONLY,
                f"{_named(table, key)}: {', '.join(refusing)} {have} no foreign keys",
                at=key.at,
                hint="leave it out, or set unsupported.foreign_keys: declare-only",
            )


def _refused(
    schema: Schema, graph: MigrationGraph, dialects: Mapping[str, Dialect]
) -> Iterator[Finding]:
    from mm_engine.project.portability import refusals

    for called, one in dialects.items():
        for error in refusals(schema, graph, one):
            message = f"{called}: {error.message}"
            yield Finding(NOT_PORTABLE, message, at=error.at, hint=error.hint)


def _drift(project: Belongings) -> Iterator[Finding]:
    from mm_engine.project.drifting import drifted

    for one in drifted(project).differences:
        yield Finding(
            DRIFT,
            f"done by hand: {one.operation.describe()}",
            at=one.at,
            hint='"makemigrations db-diff" tells more',
        )


def _of_history(
    project: Belongings, graph: MigrationGraph
) -> tuple[tuple[Finding, ...], str | None, str | None]:
    """Findings about what is applied, the database, or why none was looked at."""
    from mm_engine.project.running import read_history, unfinished

    if project.config.url is None:
        return (), None, "no database is configured"
    try:
        history = read_history(project)
        left = unfinished(project, history)
    except (ConfigError, LockError, UnsupportedError) as error:
        return (), None, error.message
    from mm_engine.runner.states import State, partly_applied, states

    files = {**graph.replacing.kept, **graph.by_name}
    found = [
        Finding(
            CHANGED,
            f"{one.name} was changed after it was applied",
            at=files[one.name].at,
            hint="put the file back as it was, and write the change as a new migration",
        )
        if one.state is State.CHANGED
        else Finding(
            MISSING,
            f"{one.name} is applied, but there is no such file",
            hint="bring the file back, perhaps from another branch",
        )
        for one in states(graph, history)
        if one.state in (State.CHANGED, State.MISSING)
    ]
    if left is not None:
        problem = left.problem()
        found.append(Finding(UNFINISHED, problem.message, hint=problem.hint))
    if graph.for_history(history.names) is graph:
        found += [
            Finding(PARTLY, problem.message, at=problem.at, hint=problem.hint)
            for problem in partly_applied(graph, history)
        ]
    return tuple(found), str(project.url()), None
