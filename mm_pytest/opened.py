"""What one run of pytest has opened: servers, migrated templates, and what failed."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from mm_pytest.settings import Settings

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.project import Project
    from mm_pytest.databases.place import Place
    from mm_pytest.servers.ways import Missed


class NotMigratedError(Exception):
    """The migrations failed on an empty database; told once a run in full."""


class Opened:
    """Opens what is asked for, once; closes all of it."""

    def __init__(self, settings: Settings) -> None:
        """Open nothing yet."""
        self.settings = settings
        self.missed: dict[str, tuple[Missed, ...]] = {}
        self.places: dict[str, Place] = {}
        self._stack = ExitStack()
        self._templates: dict[str, str] = {}
        self._shared: dict[str, tuple[str, sa.Engine, ExitStack]] = {}
        self._failures: dict[str, str] = {}

    @cached_property
    def project(self) -> Project:
        """The project that is tested."""
        return self.settings.found()

    @property
    def databases(self) -> tuple[str, ...]:
        """What tests run on: as was said, else as the project is configured."""
        if self.settings.databases:
            return self.settings.databases
        from mm_engine.errors import MMError

        try:
            configured = self.project.database_type()
        except MMError:
            return ("sqlite",)
        return (configured,) if configured == "postgresql" else ("sqlite",)

    def place(self, kind: str) -> Place:
        """Where databases of a kind are made; raises ``NoServerError``."""
        if kind not in self.places:
            place = self._place(kind)
            self._stack.callback(place.close)
            self.places[kind] = place
        return self.places[kind]

    def migrated(self, kind: str) -> str:
        """A new database with every migration applied; gives its URL.

        Raises ``NotMigratedError`` with the whole story the first time, and with a
        reference to it from then on.
        """
        return self.place(kind).copy(self._template(kind))

    def shared(self, kind: str) -> sa.Engine:
        """On a migrated database that tests have in common, each leaving it as it was.

        The same engine for all of them, since connecting takes longer than most tests.
        """
        from mm_pytest.engines import users_engine

        if kind not in self._shared:
            url, stack = self.migrated(kind), ExitStack()
            engine = stack.enter_context(users_engine(url))
            self._stack.push(stack)
            self._shared[kind] = url, engine, stack
        return self._shared[kind][1]

    def spoiled(self, kind: str) -> None:
        """Have the common database made anew: a test has changed it."""
        url, _, stack = self._shared.pop(kind)
        stack.close()
        self.place(kind).drop(url)

    def engine(self, url: str) -> sa.Engine:
        """An engine for migrating, disposed of at the end."""
        from mm_pytest.engines import engine

        return self._stack.enter_context(engine(url))

    def close(self) -> None:
        """Drop every database, stop every server."""
        self._stack.close()

    def _place(self, kind: str) -> Place:
        if kind == "sqlite":
            from mm_pytest.databases.sqlite import SQLite

            return SQLite()
        import os

        from mm_pytest.databases.postgresql import PostgreSQL
        from mm_pytest.servers.wanted import Wanted
        from mm_pytest.servers.ways import opened

        wanted = Wanted(
            database=kind,
            way=self.settings.way,
            image=self.settings.images.get(kind),
            configured=self.settings.configured(),
            environment=dict(os.environ),
        )
        place, self.missed[kind] = opened(
            wanted, self._stack, lambda reached: PostgreSQL(reached.url, reached.way)
        )
        return place

    def _template(self, kind: str) -> str:
        if kind in self._failures:
            raise NotMigratedError(self._failures[kind])
        if kind not in self._templates:
            place = self.place(kind)
            url = place.empty()
            self._migrate(kind, url)
            self._templates[kind] = place.sealed(url)
        return self._templates[kind]

    def _migrate(self, kind: str, url: str) -> None:
        from mm_engine.errors import MMError
        from mm_pytest.engines import engine

        try:
            with engine(url) as opened:
                self.project.migrate(opened)
        except MMError as error:
            self._failures[kind] = (
                f"the migrations cannot be applied to {kind}; an earlier test says why"
            )
            told = f"the migrations cannot be applied to an empty {kind}:\n{error}"
            raise NotMigratedError(told) from error


OPENED: pytest.StashKey[Opened] = pytest.StashKey()


def opened(config: pytest.Config) -> Opened:
    """What this run has opened; made when it is first asked for."""
    if OPENED not in config.stash:
        config.stash[OPENED] = Opened(Settings.of(config))
    return config.stash[OPENED]
