"""Squashes and what they replace: which of them counts.

A squash stands for the migrations it names, whether their files are still there or not.
A database that applied all of them has applied the squash; one that applied a part of
them applies the rest, for which their files have to be there.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

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
        """The names of a history, with squashes for what they replace.

        Raises ``HistoryError`` where only a part of that is applied.
        """
        if partly := self.partly(applied):
            raise self.partly_error(partly[0], applied)
        return self.told(applied)

    def told(self, applied: Sequence[str]) -> tuple[str, ...]:
        """The same where only a part may be applied: its names stay as they are."""
        names = list(applied)
        known = set(names)
        for squash in self.squashes:
            there = [name for name in squash.replaces if name in known]
            is_whole = len(there) == len(squash.replaces)
            if not there or not (is_whole or squash.name in known):
                continue
            if squash.name not in known:
                names.insert(min(map(names.index, there)), squash.name)
            known = {*names} - {*squash.replaces}
            names = [name for name in names if name in known]
        return tuple(names)

    def partly(self, applied: Sequence[str]) -> tuple[Migration, ...]:
        """The squashes of which a part is applied, and the rest is not."""
        known = set(applied)
        for squash in reversed(self.squashes):
            if squash.name in known:
                known.update(squash.replaces)
        found: list[Migration] = []
        for squash in self.squashes:
            there = {part in known for part in self._parts(squash.name, known)}
            if len(there) > 1:
                found.append(squash)
        return tuple(found)

    def _parts(self, name: str, known: Container[str]) -> Iterator[str]:
        """What a squash stands for in the end, or as far as is known."""
        squash = next((one for one in self.squashes if one.name == name), None)
        if squash is None or name in known:
            yield name
            return
        for part in squash.replaces:
            yield from self._parts(part, known)

    def partly_error(self, squash: Migration, applied: Sequence[str]) -> HistoryError:
        """What there is to say where a squash cannot be told by its parts."""
        parts = tuple(self._parts(squash.name, applied))
        there = [name for name in parts if name in applied]
        rest = [name for name in parts if name not in applied]
        gone = [name for name in parts if name not in self.kept]
        return HistoryError(
            f'only a part of "{squash.name}" is applied: {", ".join(rest)} of what it'
            f" replaces {'is' if len(rest) == 1 else 'are'} missing after {there[-1]}",
            at=squash.at,
            hint=f"bring back the files of {', '.join(gone)}, beside {squash.name}.py:"
            ' "migrate up" then applies the rest of them in its place',
        )

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
