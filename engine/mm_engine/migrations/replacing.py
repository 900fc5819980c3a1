"""Squashes and what they replace: which of them counts.

A squash stands for the migrations it names, whether their files are still there or not.
A database that applied all of them has applied the squash; one that applied a part of
them has to apply the rest before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from mm_engine.errors import GraphError, HistoryError
from mm_engine.migrations.migration import Migration


@attrs.frozen
class Replacing:
    """The migrations that count, and those that a squash stands for.

    ``by_original`` gives the squash that counts for a replaced name; ``kept`` holds
    the replaced migrations whose files are still there.
    """

    active: Mapping[str, Migration]
    kept: Mapping[str, Migration]
    by_original: Mapping[str, str]
    squashes: tuple[Migration, ...]

    def parents_of(self, migration: Migration) -> tuple[str, ...]:
        """What a migration that counts depends on, in names that count.

        A squash also depends on what the files that it replaces depend on.
        """
        inside = [self.kept[name] for name in self._originals(migration)]
        told = [
            self.by_original.get(name, name)
            for part in (migration, *inside)
            for name in part.dependencies
        ]
        own = migration.name if migration.replaces else None
        return tuple(dict.fromkeys(name for name in told if name != own))

    def _originals(self, squash: Migration) -> Iterator[str]:
        """The files below a squash, and below the squashes that it replaces."""
        for name in squash.replaces:
            if name in self.kept:
                yield name
                yield from self._originals(self.kept[name])

    def counted(self, applied: Sequence[str]) -> tuple[str, ...]:
        """The names of a history, with squashes for what they replace."""
        names = list(applied)
        known = set(names)
        for squash in self.squashes:
            there = [name for name in squash.replaces if name in known]
            if not there:
                continue
            rest = [name for name in squash.replaces if name not in known]
            if rest and squash.name not in known:
                raise _partly(squash, there, rest)
            if squash.name not in known:
                names.insert(min(map(names.index, there)), squash.name)
            names = [name for name in names if name not in squash.replaces]
            known = set(names)
        return tuple(names)

    def trail(self, applied: Sequence[str], counted: Sequence[str]) -> list[Migration]:
        """What was applied, in its order: originals whose files are all there, as such.

        They may have been applied among others, which a squash cannot tell.
        """
        everything = {**self.kept, **self.active}
        known = set(applied)
        told: set[str] = set()
        for squash in self.squashes:
            there = [name in known for name in squash.replaces]
            if all(there):
                told.add(squash.name)
            elif any(there):
                return [everything[name] for name in counted]
        if any(name not in everything for name in applied):
            return [everything[name] for name in counted]
        return [everything[name] for name in applied if name not in told]


def replacing(by_name: Mapping[str, Migration]) -> Replacing:
    """Which migrations count; raises ``GraphError`` where squashes contradict."""
    squashes = _inner_first([m for m in by_name.values() if m.replaces])
    direct: dict[str, str] = {}
    for squash in squashes:
        for name in squash.replaces:
            if name == squash.name:
                raise GraphError(f'"{name}" replaces itself', at=squash.at)
            other = direct.setdefault(name, squash.name)
            if other != squash.name:
                raise GraphError(
                    f'"{name}" is replaced by "{other}" and by "{squash.name}"',
                    at=squash.at,
                    hint="delete one of the two squashes",
                )
    by_original = {name: _outermost(name, direct) for name in direct}
    return Replacing(
        {name: m for name, m in by_name.items() if name not in direct},
        {name: m for name, m in by_name.items() if name in direct},
        by_original,
        squashes,
    )


def _inner_first(squashes: list[Migration]) -> tuple[Migration, ...]:
    """Squashes so that one that another replaces comes before it."""
    by_name = {squash.name: squash for squash in squashes}
    ordered: dict[str, Migration] = {}

    def visit(squash: Migration, within: tuple[str, ...]) -> None:
        if squash.name in within:
            raise GraphError(
                f"squashes replace each other: {', '.join(within)}", at=squash.at
            )
        for name in squash.replaces:
            if name in by_name and name != squash.name and name not in ordered:
                visit(by_name[name], (*within, squash.name))
        ordered[squash.name] = squash

    for squash in squashes:
        if squash.name not in ordered:
            visit(squash, ())
    return tuple(ordered.values())


def _outermost(name: str, direct: Mapping[str, str]) -> str:
    while name in direct:
        name = direct[name]
    return name


def _partly(
    squash: Migration, there: Sequence[str], rest: Sequence[str]
) -> HistoryError:
    return HistoryError(
        f'only a part of "{squash.name}" is applied: {", ".join(rest)} of what it'
        f" replaces {'is' if len(rest) == 1 else 'are'} missing after {there[-1]}",
        at=squash.at,
        hint=f"move {squash.name}.py out of the folder, with the files that it replaces"
        " in it, apply the rest, then bring it back",
    )
