"""Branches brought together, without one silently undoing the other.

Every operation on a field holds the whole field, so two branches that change different
things of one field undo each other, one way or the other, depending on which came
first. A merge replays the branches in every order that databases may have applied them
in; where the schemas differ it compares fact by fact with the common ancestor, and adds
operations after which they are equal again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from mm_engine.errors import GraphError, StateError
from mm_engine.migrations.facts import Path, facts, phrase
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.migrations.migration import Migration
from mm_engine.migrations.naming import merge_slug, next_name
from mm_engine.migrations.reconcile import reconciling
from mm_engine.migrations.source import expression
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema


@attrs.frozen
class Conflict:
    """One fact that branches changed in different ways: a question for a person.

    ``id`` is what ``merge`` takes as a key of *choices*, with the name of the leaf
    whose value shall hold; ``values`` shows what each would give.
    """

    id: str
    what: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        said = ", ".join(f"{leaf} says {value}" for leaf, value in self.values.items())
        return f"the {self.what}: {said}"


def ends(graph: MigrationGraph) -> tuple[Schema, ...]:
    """The schemas that databases may have, by the order in which branches arrived.

    First comes that of the graph's own order; each is told once.
    """
    base, branches = _branches(graph, graph.leaves())
    found = [graph.schema()]
    for order in _orders(branches):
        end = _replayed(base, order)
        if end not in found:
            found.append(end)
    return tuple(found)


@attrs.frozen
class Branch:
    """A leaf, and the migrations that no other leaf shares with all the rest."""

    leaf: str
    own: tuple[Migration, ...]
    alone: Schema = attrs.field(repr=False)


def merge(
    graph: MigrationGraph, choices: Mapping[str, str] | None = None
) -> Migration | tuple[Conflict, ...]:
    """The migration that depends on all leaves, or what has to be chosen before.

    Raises ``GraphError`` if there is but one leaf, if branches cannot follow each other
    (naming the two migrations and the way out), and for a choice that does not fit.
    """
    leaves = graph.leaves()
    if len(leaves) < 2:  # noqa: PLR2004 (a branch and another)
        raise GraphError(
            "there is nothing to merge: the migrations have no branches",
            hint="make a migration without --merge",
        )
    base, branches = _branches(graph, leaves)
    results = [_replayed(base, order) for order in _orders(branches)]
    wanted: dict[Path, object] = {}
    conflicts: list[Conflict] = []
    for path in _unequal(results):
        ends = [facts(result).get(path) for result in results]
        found = _settled(path, base, branches, ends, choices or {})
        if isinstance(found, Conflict):
            conflicts.append(found)
        else:
            wanted[path] = found[0]
    if conflicts:
        return tuple(conflicts)
    operations = reconciling(graph.schema(), wanted)
    migration = Migration(
        name=next_name(graph.names, merge_slug(leaves)),
        dependencies=leaves,
        operations=operations,
    )
    _require_equal(migration, results)
    return migration


def _branches(
    graph: MigrationGraph, leaves: Sequence[str]
) -> tuple[Schema, list[Branch]]:
    """The schema that all leaves share, and each leaf's own way from there."""
    below = {leaf: {leaf, *graph.ancestors(leaf)} for leaf in leaves}
    shared = set.intersection(*below.values())
    base = Schema()
    for migration in graph.order():
        if migration.name in shared:
            base = migration.apply(base)
    branches: list[Branch] = []
    for leaf in leaves:
        own = tuple(m for m in graph.order() if m.name in below[leaf] - shared)
        branches.append(Branch(leaf, own, _applied(base, own)))
    return base, branches


def _applied(schema: Schema, migrations: Sequence[Migration]) -> Schema:
    for migration in migrations:
        schema = migration.apply(schema)
    return schema


def _orders(branches: list[Branch]) -> Iterator[list[Branch]]:
    """Orders in which each branch comes first once, and each comes after each other."""
    for start in range(len(branches)):
        yield [*branches[start:], *branches[:start]]
    if len(branches) > 2:  # noqa: PLR2004 (of two branches there are no more orders)
        yield branches[::-1]


def _replayed(base: Schema, order: Sequence[Branch]) -> Schema:
    """The schema after the branches in this order."""
    schema = base
    done: dict[str, Migration] = {}
    for branch in order:
        for migration in branch.own:
            if migration.name in done:
                continue
            try:
                schema = migration.apply(schema)
            except StateError as error:
                raise _misfit(base, done, branch, migration, error) from error
            done[migration.name] = migration
    return schema


def _misfit(
    base: Schema,
    done: Mapping[str, Migration],
    branch: Branch,
    late: Migration,
    error: StateError,
) -> GraphError:
    """What to do about a migration that does not fit behind another branch."""
    others = [m for m in done.values() if m not in branch.own]
    early = _culprit(base, others, branch, late)
    return GraphError(
        f"{late.name} does not fit behind {early.name}: {error.message}",
        at=error.at,
        hint=f"take out of {late.name} what {early.name} does already, or let"
        f" {early.name} depend on {late.name} if the two fit in that order; a database"
        " that has applied the changed one will be told so",
    )


def _culprit(
    base: Schema, others: Sequence[Migration], branch: Branch, late: Migration
) -> Migration:
    """The first of the other migrations behind which the branch does not fit."""
    needed = [*branch.own[: branch.own.index(late) + 1]]
    for number, other in enumerate(others):
        try:
            _applied(_applied(base, others[: number + 1]), needed)
        except StateError:
            return other
    return others[-1]


def _unequal(results: Sequence[Schema]) -> list[Path]:
    """The facts that depend on the order, sorted."""
    said = [facts(result) for result in results]
    paths = {path for one in said for path in one}
    return sorted(
        path
        for path in paths
        if any(one.get(path) != said[0].get(path) for one in said)
    )


def _settled(
    path: Path,
    base: Schema,
    branches: list[Branch],
    ends: Sequence[object],
    choices: Mapping[str, str],
) -> tuple[object] | Conflict:
    """The value a fact shall have: what one branch made of it, or what was chosen."""
    old = facts(base).get(path)
    new = {branch.leaf: facts(branch.alone).get(path, old) for branch in branches}
    changed = {leaf: value for leaf, value in new.items() if value != old}
    values = list(changed.values())
    if not values:
        return (old,)
    if all(value == values[0] for value in values):
        added = old is None and path[0] in ("index", "check")
        return (_followed(values[0], ends) if added else values[0],)
    if (grown := _grown(old, values)) is not None:
        return (grown,)
    key = f"merge:{'.'.join(path[1:])}" + (f":{path[0]}" if path[0] != "field" else "")
    conflict = Conflict(
        key, phrase(path), {leaf: expression(value) for leaf, value in changed.items()}
    )
    if key not in choices:
        return conflict
    if choices[key] not in changed:
        raise GraphError(
            f'"{choices[key]}" is no answer to {key}',
            hint=f"say one of {', '.join(changed)}",
        )
    return (changed[choices[key]],)


def _followed(value: object, ends: Sequence[object]) -> object:
    """What one branch added, as another branch's renaming of a field left it.

    SQL in indexes and checks follows a renaming only if it was there before; in the
    other order it still has the old name.
    """
    return next((end for end in ends if end != value), value)


def _grown(old: object, values: Sequence[object]) -> Enum | None:
    """An enum that branches only added values to, with all of them."""
    if not isinstance(old, Enum):
        return None
    grown: dict[str, None] = dict.fromkeys(old.values)
    for value in values:
        if not isinstance(value, Enum) or attrs.evolve(value, values=old.values) != old:
            return None
        if value.values[: len(old.values)] != old.values:
            return None
        grown |= dict.fromkeys(value.values)
    return attrs.evolve(old, values=grown)


def _require_equal(migration: Migration, results: Sequence[Schema]) -> None:
    """Make sure that every database ends alike, whatever order it applied."""
    hint = (
        "let one branch depend on the other: write the leaf of one into the"
        " dependencies of the other's first migration"
    )
    try:
        ends = [migration.apply(result) for result in results]
    except StateError as error:
        raise GraphError(
            f"the branches cannot be merged: {error.message}", hint=hint
        ) from error
    for path in _unequal(ends):
        raise GraphError(
            f"the branches cannot be merged: the {phrase(path)} depends on their order",
            hint=hint,
        )
