"""Checks of the migrations as tests with names of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeAlias

import pytest

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.migrations.graph import MigrationGraph
    from mm_engine.project import Project
    from mm_pytest.named import Named
    from mm_pytest.opened import Opened
    from mm_pytest.stairway import Stairway

Empty: TypeAlias = "Callable[[], sa.Engine]"

ROOT = "migrations"
"""What the ids of all of them begin with."""


def checks(session: pytest.Session) -> list[pytest.Item]:
    """Every check of the project, in an order that lets one database serve many.

    A project that cannot be loaded is one check, which fails.
    """
    from mm_engine.errors import MMError
    from mm_pytest.opened import opened

    root = Group.from_parent(session, name=ROOT, nodeid=ROOT)
    found = opened(session.config)
    try:
        project, graph = found.standing, found.standing.graph()
    except MMError as error:
        return [_check(root, "load", _raising(error))]
    return [
        *_of_files(root, project),
        *_of_databases(root, graph, found.databases),
        *_of_orders(root, graph, found.databases),
        *_of_snapshots(root, graph, found),
    ]


class Group(pytest.Collector):
    """The part of an id that several checks have in common."""

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        """Nothing: checks are made at once, for what they are about."""
        return []


class CheckItem(pytest.Item):
    """One check: it passes, or fails with a message of ours and no traceback."""

    check: Callable[[], None]
    file: Path | None = None

    @classmethod
    def from_parent(cls, parent: pytest.Collector, *, name: str) -> Self:  # type: ignore[override]  # less
        """Make one, whose id is read as ``--lf`` reads it: brackets hold parameters."""
        return super().from_parent(parent, name=name, nodeid=f"{parent.nodeid}::{name}")

    def runtest(self) -> None:
        """Run the check."""
        self.check()

    def repr_failure(  # type: ignore[override]  # pytest's own has more to say
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> str:
        """What is wrong, without the lines of ours that found it."""
        from mm_engine.errors import MMError

        if isinstance(excinfo.value, (AssertionError, MMError, pytest.fail.Exception)):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The migration's file, where the check is about one."""
        return self.file or self.config.rootpath, None, self.nodeid


class DatabaseItem(CheckItem):
    """A check that needs a database."""

    named: Named

    def runtest(self) -> None:
        """Run the check; skip it where no way leads to a server."""
        from mm_pytest import outcomes
        from mm_pytest.opened import opened

        outcomes.place(opened(self.config), self.named)
        self.check()


class RowsItem(DatabaseItem):
    """A check that fills tables, and says of which ones it could not."""

    migration: str

    def runtest(self) -> None:
        """Run the check; what was left empty goes into the reports."""
        from mm_pytest import outcomes
        from mm_pytest.opened import opened
        from mm_pytest.report import UNFILLED

        found = opened(self.config)
        outcomes.place(found, self.named)
        for one in found.room(self.named).check(self.migration):
            told = f"{one.table} on {self.named}: {one.reason}"
            self.user_properties.append((UNFILLED, told))


def _of_files(root: Group, project: Project) -> Iterator[pytest.Item]:
    from mm_pytest.assertions import assert_migrations_match_schema, assert_one_leaf

    yield _check(
        root, "schema_matches", lambda: assert_migrations_match_schema(project)
    )
    yield _check(root, "one_leaf", lambda: assert_one_leaf(project))


def _of_databases(
    root: Group, graph: MigrationGraph, names: tuple[Named, ...]
) -> Iterator[pytest.Item]:
    from mm_pytest.natives import is_read

    config = root.config
    for named in names:
        stairs = Stairs(config, named)
        for migration in graph.order():
            group = _group(root, migration.name)
            step = DatabaseItem.from_parent(group, name=f"stairway[{named}]")
            step.check = stairs.check_of(migration.name)
            of_migration: list[DatabaseItem] = [step]
            if is_read(named.kind):
                rows = RowsItem.from_parent(group, name=f"rows[{named}]")
                rows.migration = migration.name
                of_migration.append(rows)
            for item in of_migration:
                item.named = named
                at = migration.at
                item.file = config.rootpath / at.file if at else None
                yield item
        if is_read(named.kind):
            item = DatabaseItem.from_parent(root, name=f"no_drift[{named}]")
            item.named = named
            item.check = _no_drift(config, named)
            yield item


def _of_orders(
    root: Group, graph: MigrationGraph, names: tuple[Named, ...]
) -> Iterator[pytest.Item]:
    from mm_pytest.orders import merges, squashes

    for named in names:
        yield _on_empty(root, "no_trace", named, _no_trace)
        for name in merges(graph):
            check = partial(_commutes, name)
            yield _on_empty(_group(root, name), "commutes", named, check)
        for name in squashes(graph):
            check = partial(_squash_equals, name)
            yield _on_empty(_group(root, name), "squash_equals", named, check)


def _on_empty(
    group: Group, name: str, named: Named, check: Callable[[Opened, Empty], None]
) -> pytest.Item:
    """A check that gets as many empty databases as it asks for."""

    def run() -> None:
        from mm_engine.errors import IrreversibleError
        from mm_pytest.opened import opened

        found = opened(group.config)
        try:
            check(found, lambda: found.empty(named))
        except IrreversibleError as error:
            pytest.skip(f"it says that it cannot be undone: {error.message}")

    item = DatabaseItem.from_parent(group, name=f"{name}[{named}]")
    item.named = named
    item.check = run
    return item


def _no_trace(found: Opened, empty: Empty) -> None:
    from mm_pytest.orders import assert_no_trace

    assert_no_trace(found.standing, empty())


def _commutes(name: str, found: Opened, empty: Empty) -> None:
    from mm_pytest.orders import assert_commutes

    assert_commutes(found.standing, name, empty(), empty())


def _squash_equals(name: str, found: Opened, empty: Empty) -> None:
    from mm_pytest.orders import assert_squash_equals

    assert_squash_equals(found.standing, name, empty(), empty())


def _of_snapshots(
    root: Group, graph: MigrationGraph, found: Opened
) -> Iterator[pytest.Item]:
    """One a kind of database: what it is told is the same in each version."""
    folder = found.settings.snapshots
    kinds = dict.fromkeys(named.kind for named in found.databases)
    for kind in kinds if folder else ():
        for migration in graph.order():
            yield _check(
                _group(root, migration.name),
                f"snapshot[{kind}]",
                partial(_snapshot, found, migration.name, kind),
            )


def _snapshot(found: Opened, name: str, kind: str) -> None:
    __tracebackhide__ = True
    from mm_pytest.snapshots import check_snapshot, sql_of

    settings = found.settings
    path = (settings.snapshots or Path()) / kind / f"{name}.sql"
    text = sql_of(found.standing, name, kind)
    check_snapshot(text, path, name, is_updating=settings.is_updating)


def _group(root: Group, name: str) -> Group:
    return Group.from_parent(root, name=name, nodeid=f"{ROOT}::{name}")


class Stairs:
    """A database that climbs from migration to migration as the checks go on."""

    def __init__(self, config: pytest.Config, named: Named) -> None:
        """Open nothing yet."""
        self._config = config
        self._named = named
        self._stairway: Stairway | None = None

    def check_of(self, name: str) -> Callable[[], None]:
        """The check of one migration."""
        return lambda: self._check(name)

    def _check(self, name: str) -> None:
        from mm_engine.errors import IrreversibleError
        from mm_pytest.opened import opened
        from mm_pytest.stairway import Stairway

        found = opened(self._config)
        stairs = self._stairway
        if stairs is None or not stairs.can_step(name):
            stairs = Stairway(found.standing, found.empty(self._named))
        # A step that fails leaves a database that the next one cannot begin with.
        self._stairway = None
        try:
            stairs.step(name)
        except IrreversibleError as error:
            pytest.skip(f"it says that it cannot be undone: {error.message}")
        self._stairway = stairs


def _no_drift(config: pytest.Config, named: Named) -> Callable[[], None]:
    def check() -> None:
        from mm_pytest import outcomes
        from mm_pytest.assertions import assert_no_drift
        from mm_pytest.opened import opened
        from mm_pytest.wishes import Stand

        found = opened(config)
        url = outcomes.migrated(lambda: found.migrated(Stand(named)))
        engine = found.engine(url, named.kind)
        try:
            assert_no_drift(engine, found.standing)
        except AssertionError as error:
            raise AssertionError(f"{error}{_suspect(found, named)}") from None

    return check


def _suspect(found: Opened, named: Named) -> str:
    """The line that names the migration to look at."""
    from mm_pytest.assertions import placed
    from mm_pytest.suspects import first_drifting

    graph = found.standing.graph()
    name = first_drifting(found.standing, found.empty(named))
    if name is None:
        return ""
    return (
        f"\n{placed(graph.by_name[name])} is the first migration after which it"
        f' differs; "makemigrations migrate showsql {name}" shows what it runs'
    )


def _check(root: Group, name: str, check: Callable[[], None]) -> pytest.Item:
    item = CheckItem.from_parent(root, name=name)
    item.check = check
    return item


def _raising(error: Exception) -> Callable[[], None]:
    def check() -> None:
        raise error

    return check
