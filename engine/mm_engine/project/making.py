"""New migrations: made from what changed, from branches, from nothing, made again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs

from mm_engine.errors import GraphError, UsageError
from mm_engine.migrations.migration import Migration
from mm_engine.migrations.standing import parts
from mm_engine.model.schema import Schema
from mm_engine.operations import (
    Operation,
    RenameConstraint,
    RenameEnum,
    RenameField,
    RenameIndex,
    RenameTable,
    RunPython,
    RunSQL,
    UpsertData,
)
from mm_engine.project.changes import Changes
from mm_engine.project.drafts import Draft, chosen_name, split
from mm_engine.questions.question import Asking, Choice, Question, Questioner, Silent
from mm_engine.questions.renames import RenameFlags

if TYPE_CHECKING:
    from mm_engine.migrations.graph import MigrationGraph
    from mm_engine.migrations.merge import Conflict
    from mm_engine.project.belongings import Belongings


def decided_changes(
    project: Belongings,
    before: Schema,
    questioner: Questioner | None,
    flags: RenameFlags,
    settled: Iterable[Operation] = (),
) -> Changes:
    """The differences as the answers make them.

    Raises ``OpenQuestionsError`` with every question that nobody answered.
    """
    from mm_engine.diff import diff
    from mm_engine.questions.decide import decided_by
    from mm_engine.questions.renames import decided_renames

    file = project.schema_file()
    asking = Asking(questioner or Silent())
    renames = decided_renames(before, file.schema, flags, asking)
    operations = decided_by(
        diff(before, file.schema, renames.renames),
        before,
        asking,
        settled=settled,
        uncertain=renames.uncertain,
    )
    asking.require_answers()
    return Changes(
        operations=operations,
        before=before,
        after=file.schema,
        findings=(*file.findings, *renames.findings),
    )


def draft(
    project: Belongings,
    *,
    name: str | None,
    questioner: Questioner | None,
    renames: RenameFlags | None,
) -> Draft | None:
    """A migration for what changed in the schema files; None if nothing did."""
    graph = project.graph()
    leaves = one_leaf(graph)
    decided = decided_changes(
        project, graph.schema(), questioner, renames or RenameFlags()
    )
    if not decided.operations:
        return None
    first, *rest = parts(decided.operations, decided.before)
    return split(
        Draft(
            migration=Migration(
                name=chosen_name(graph.names, name, first, decided.before),
                dependencies=leaves,
                operations=first,
            ),
            before=decided.before,
            findings=decided.findings,
        ),
        rest,
        name,
        graph.names,
    )


def one_leaf(graph: MigrationGraph) -> tuple[str, ...]:
    """What a new migration comes after: the one leaf, or nothing at the start."""
    leaves = tuple(graph.leaves())
    if len(leaves) > 1:
        raise GraphError(
            f"the migrations end in {len(leaves)} branches: {', '.join(leaves)}",
            hint='"makemigrations makemigrations --merge" brings them together',
        )
    return leaves


def empty(project: Belongings, *, name: str | None) -> Draft:
    """A migration without operations, to be filled in by hand."""
    graph = project.graph()
    leaves = one_leaf(graph)
    migration = Migration(
        name=chosen_name(graph.names, name or "empty", (), Schema()),
        dependencies=leaves,
        operations=(),
    )
    return Draft(migration=migration, before=graph.schema())


def merge(
    project: Belongings, *, name: str | None, questioner: Questioner | None
) -> Draft:
    """A migration that brings all branches together, whichever order they ran in.

    What branches changed in different ways is asked. Raises ``GraphError`` where there
    is nothing to merge, or no merge is possible.
    """
    from mm_engine.migrations.merge import ends
    from mm_engine.migrations.merge import merge as merged
    from mm_engine.questions.decide import decided_by

    graph = project.graph()
    asking = Asking(questioner or Silent())
    found = merged(graph)
    if not isinstance(found, Migration):
        answers = {one.id: asking.answer(conflict_question(one)) for one in found}
        asking.require_answers()
        found = merged(graph, {key: leaf for key, leaf in answers.items() if leaf})
    if not isinstance(found, Migration):
        raise GraphError(f"still undecided: {'; '.join(map(str, found))}")
    # What rows need that exist may depend on which branch was there first.
    operations = found.operations
    for end in ends(graph):
        operations = decided_by(operations, end, asking)
    asking.require_answers()
    before = graph.schema()
    first, *rest = parts(operations, before)
    chosen = found.name
    if name is not None:
        chosen = chosen_name(graph.names, name, first, before)
    merging = attrs.evolve(found, name=chosen, operations=first)
    drafted = Draft(migration=merging, before=before)
    return split(drafted, rest, name, graph.names)


def conflict_question(conflict: Conflict) -> Question:
    """Which branch is right about something that two of them changed."""
    return Question(
        id=conflict.id,
        topic="Merge",
        text=f"branches disagree about the {conflict.what}: which one holds?",
        flag=f"--answer {conflict.id}=LEAF",
        choices=[Choice(leaf, value) for leaf, value in conflict.values.items()],
    )


def redraft(
    project: Belongings,
    *,
    name: str | None,
    questioner: Questioner | None,
    renames: RenameFlags | None,
) -> Draft | None:
    """The last migration made again from the schema files; None if it is not needed.

    What was decided for it holds, as far as the same is asked again. Raises
    ``UsageError`` if it is applied, or holds what only its author knows.
    """
    graph = project.graph()
    last = _last(project, graph)
    earlier = graph_without(graph, last.name)
    before = earlier.schema()
    flags = _with_renames_of(last, renames or RenameFlags())
    decided = decided_changes(project, before, questioner, flags, last.operations)
    if not decided.operations:
        return None
    first, *rest = parts(decided.operations, before)
    drafted = Draft(
        migration=attrs.evolve(
            last,
            name=_name_again(earlier, last, name, first),
            operations=first,
        ),
        before=before,
        findings=decided.findings,
        replaced=last.name,
    )
    return split(drafted, rest, name, earlier.names)


def _last(project: Belongings, graph: MigrationGraph) -> Migration:
    """The last migration, if it may be made again."""
    from mm_engine.project.running import read_history

    leaves = one_leaf(graph)
    if not leaves:
        raise UsageError("there is no migration yet that could be replaced")
    last = graph.by_name[leaves[0]]
    if project.config.url is not None:
        applied = read_history(project).names
        if last.name in applied:
            raise UsageError(
                f"{last.name} is applied to the configured database",
                hint='"makemigrations migrate down" takes it back first',
            )
    if last.replaces or len(last.dependencies) > 1:
        raise UsageError(f"{last.name} brings others together; it was not made of YAML")
    for operation in last.operations:
        if isinstance(operation, RunSQL | RunPython | UpsertData):
            raise UsageError(
                f"{last.name} holds what no schema file says: {operation.describe()}",
                at=operation.at or last.at,
                hint="move it into a migration of its own first",
            )
    return last


def graph_without(graph: MigrationGraph, name: str) -> MigrationGraph:
    """The migrations apart from one that nothing depends on."""
    return type(graph).of(one for one in graph.order() if one.name != name)


def _with_renames_of(last: Migration, flags: RenameFlags) -> RenameFlags:
    """The flags, and the renames that were decided for the migration before."""
    earlier: list[str] = []
    for operation in last.operations:
        match operation:
            case RenameTable() | RenameEnum():
                earlier.append(f"{operation.old}:{operation.new}")
            case RenameField() | RenameIndex() | RenameConstraint():
                table = operation.table
                earlier.append(f"{table}.{operation.old}:{operation.new}")
            case _:
                pass
    return attrs.evolve(flags, earlier=earlier)


def _name_again(
    earlier: MigrationGraph,
    last: Migration,
    name: str | None,
    operations: tuple[Operation, ...],
) -> str:
    """A chosen name stays; one made from the operations is made from them again."""
    from mm_engine.migrations.naming import next_name, slug_of

    existing = earlier.names
    slug = slug_of(last.operations, before=earlier.schema(), first=not existing)
    made = next_name(existing, slug)
    if name is None and last.name != made:
        return last.name
    return chosen_name(existing, name, operations, earlier.schema())


def squash(
    project: Belongings, first: str | None, last: str | None, *, name: str | None
) -> Draft:
    """One migration in the place of those from the first to the last, or of all."""
    from mm_engine.migrations.naming import chosen_slug, number_of
    from mm_engine.migrations.squash import squash as squashed

    graph = project.graph()
    order = graph.order()
    if not order:
        raise UsageError("there is no migration yet that could be squashed")
    start = order[0].name if first is None else graph.resolve(first)
    end = one_leaf(graph)[0] if last is None else graph.resolve(last)
    made = squashed(graph, start, end)
    if name is not None:
        number = f"{number_of(made.name):04}"
        made = attrs.evolve(made, name=f"{number}_{chosen_slug(name)}")
    return Draft(migration=made)
