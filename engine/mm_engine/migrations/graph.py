"""Migrations as a graph: what comes after what, and the schema at any point."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence

import attrs

from mm_engine.errors import GraphError, HistoryError, nearest
from mm_engine.migrations.migration import Migration
from mm_engine.migrations.naming import number_of
from mm_engine.migrations.replacing import Replacing, replacing
from mm_engine.model.schema import Schema

_SHOWN = 5


@attrs.frozen
class MigrationGraph:
    """Migrations that can be applied, each after all that it depends on.

    ``by_name`` holds what counts: a squash stands for what it replaces. ``parents`` are
    the dependencies with replaced names told by their squash. ``apart`` are squashes
    that do not count, each with the last that it replaces.
    """

    by_name: Mapping[str, Migration]
    parents: Mapping[str, tuple[str, ...]] = attrs.field(repr=False)
    children: Mapping[str, tuple[str, ...]] = attrs.field(repr=False)
    replacing: Replacing = attrs.field(repr=False)
    apart: Mapping[str, str] = attrs.field(factory=dict, repr=False)

    @classmethod
    def of(cls, migrations: Iterable[Migration]) -> MigrationGraph:
        """The graph of these migrations; raises ``GraphError`` where there is none."""
        found = replacing(_by_name(migrations))
        parents = {
            name: found.parents_of(migration)
            for name, migration in found.active.items()
        }
        children: dict[str, list[str]] = {name: [] for name in parents}
        for name, needed in parents.items():
            for parent in needed:
                if parent not in children:
                    raise _missing(found.active[name], parent, children)
                children[parent].append(name)
        graph = cls(
            found.active,
            parents,
            {name: tuple(sorted(after)) for name, after in children.items()},
            found,
        )
        if len(graph.order()) < len(parents):
            raise _circle(graph)
        return graph

    def for_history(self, applied: Sequence[str]) -> MigrationGraph:
        """The graph for a database that may have applied only a part of a squash.

        There what the squash replaces counts in its place, if all files are there.
        """
        partly = self.replacing.partly(applied)
        files = {**self.replacing.kept, **self.by_name}
        if not partly or any(n not in files for one in partly for n in one.replaces):
            return self
        parts = {squash.name: squash.replaces for squash in partly}
        graph = self.of(
            attrs.evolve(one, dependencies=_in_parts(one.dependencies, parts))
            for name, one in files.items()
            if name not in parts
        )
        last = {name: _in_parts((name,), parts)[-1] for name in parts}
        return attrs.evolve(graph, apart=last)

    def order(self) -> tuple[Migration, ...]:
        """Every migration after all it depends on; names break ties."""
        waiting = {name: len(parents) for name, parents in self.parents.items()}
        ready = [name for name, number in waiting.items() if number == 0]
        heapq.heapify(ready)
        ordered: list[Migration] = []
        while ready:
            name = heapq.heappop(ready)
            ordered.append(self.by_name[name])
            for child in self.children[name]:
                waiting[child] -= 1
                if waiting[child] == 0:
                    heapq.heappush(ready, child)
        return tuple(ordered)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in use, also those that a squash stands for."""
        return tuple(sorted({*self.by_name, *self.replacing.by_original}))

    def leaves(self) -> tuple[str, ...]:
        """The migrations that none depends on, by name."""
        return tuple(sorted(n for n, after in self.children.items() if not after))

    def roots(self) -> tuple[str, ...]:
        """The migrations that depend on none, by name."""
        return tuple(sorted(n for n, before in self.parents.items() if not before))

    def ancestors(self, name: str) -> tuple[str, ...]:
        """All that a migration needs, without itself, in order."""
        return self._reached(name, self.parents)

    def descendants(self, name: str) -> tuple[str, ...]:
        """All that needs a migration, without itself, in order."""
        return self._reached(name, self.children)

    def _reached(
        self, name: str, steps: Mapping[str, tuple[str, ...]]
    ) -> tuple[str, ...]:
        seen: set[str] = set()
        waiting = [*steps[name]]
        while waiting:
            step = waiting.pop()
            if step not in seen:
                seen.add(step)
                waiting += steps[step]
        return tuple(m.name for m in self.order() if m.name in seen)

    def schema(self, applied: Sequence[str] | None = None) -> Schema:
        """The schema after all migrations, or after those applied, in the order given.

        Raises ``StateError`` where an operation does not fit, ``HistoryError`` for a
        name that no file has.
        """
        schema = Schema()
        for migration in self.trail(applied):
            schema = migration.apply(schema)
        return schema

    def trail(self, applied: Sequence[str] | None = None) -> Sequence[Migration]:
        """All migrations in order, or those applied, in the order given.

        What was applied comes by its own files where they are there, else by squashes.
        """
        if applied is None:
            return self.order()
        counted = self.counted(applied)
        unknown = [name for name in counted if name not in self.by_name]
        if unknown:
            raise HistoryError(
                f'"{unknown[0]}" is applied, but there is no such migration',
                hint=nearest(unknown[0], self.by_name)
                or "bring its file back, or take it out of the history",
            )
        return self.replacing.trail(applied, counted)

    def counted(self, applied: Sequence[str]) -> tuple[str, ...]:
        """What a history says, told in the names of this graph.

        A squash counts as applied where all that it replaces is; unknown names stay as
        they are. Raises ``HistoryError`` where only a part of it is.
        """
        return self.replacing.counted(applied)

    def resolve(self, prefix: str) -> str:
        """The migration of that name, of that number, or that alone starts like that.

        Raises ``GraphError`` with the names that could be meant.
        """
        if prefix in self.by_name:
            return prefix
        if prefix in self.apart:
            return self.apart[prefix]
        if not prefix:
            raise GraphError("no migration was named", hint=_existing(self))
        old = self.replacing.by_original
        found = [] if prefix in old else _like(prefix, self.by_name)
        if len(found) == 1:
            return found[0]
        if found:
            raise GraphError(
                f'"{prefix}" could be any of {len(found)} migrations',
                hint=f"say more of the name: {_listed(found)}",
            )
        if squashed := _like(prefix, old):
            squash = old[squashed[0]]
            raise GraphError(
                f'"{squashed[0]}" was squashed into "{squash}"', hint=f'say "{squash}"'
            )
        raise GraphError(
            f'there is no migration "{prefix}"',
            hint=nearest(prefix, sorted(self.by_name)) or _existing(self),
        )


def _like(prefix: str, names: Iterable[str]) -> list[str]:
    """The name itself, or those that begin so, or else those of that number."""
    known = sorted(names)
    if prefix in known:
        return [prefix]
    found = [name for name in known if name.startswith(prefix)]
    if not found and prefix.isdecimal():
        found = [name for name in known if number_of(name) == int(prefix)]
    return found


def _in_parts(
    names: Iterable[str], parts: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Names with those of some squashes told by what they replace."""
    found: list[str] = []
    for name in names:
        found += _in_parts(parts[name], parts) if name in parts else [name]
    return tuple(dict.fromkeys(found))


def _by_name(migrations: Iterable[Migration]) -> dict[str, Migration]:
    by_name: dict[str, Migration] = {}
    for migration in sorted(migrations, key=lambda migration: migration.name):
        if migration.name in by_name:
            raise GraphError(
                f'two migrations are called "{migration.name}"', at=migration.at
            )
        by_name[migration.name] = migration
    return by_name


def _missing(child: Migration, parent: str, known: Iterable[str]) -> GraphError:
    return GraphError(
        f'"{child.name}" depends on "{parent}", which is not there',
        at=child.at,
        hint=nearest(parent, known) or "bring the file back, or mend the dependencies",
    )


def _circle(graph: MigrationGraph) -> GraphError:
    """The error for migrations that wait for each other, naming all of one circle."""
    import networkx as nx

    links: nx.DiGraph[str] = nx.DiGraph()
    for name in sorted(graph.parents):
        links.add_edges_from((name, parent) for parent in graph.parents[name])
    circle = [edge[0] for edge in nx.find_cycle(links)]
    if len(circle) == 1:
        return GraphError(
            f'"{circle[0]}" depends on itself', at=graph.by_name[circle[0]].at
        )
    first = circle.index(min(circle))
    names = [*circle[first:], *circle[: first + 1]]
    return GraphError(
        f"migrations depend on each other in a circle: {' -> '.join(names)}",
        at=graph.by_name[names[0]].at,
        hint="take one of these out of the dependencies of the one before it",
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    more = len(names) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _existing(graph: MigrationGraph) -> str:
    names = sorted(graph.by_name)
    return f"there are {_listed(names)}" if names else "there are no migrations yet"
