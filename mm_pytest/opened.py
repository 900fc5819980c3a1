"""What one run of pytest has opened: servers, migrated templates, and what failed."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from typing import TYPE_CHECKING

import pytest

from mm_pytest import workers
from mm_pytest.accounts import Accounts
from mm_pytest.databases.place import CopyingPlace
from mm_pytest.named import Named
from mm_pytest.options import COPIED
from mm_pytest.servers.wanted import NoWayError
from mm_pytest.settings import DATABASES, Settings
from mm_pytest.templates import Templates
from mm_pytest.wishes import Stand, Wish

if TYPE_CHECKING:
    import sqlalchemy as sa

    from mm_engine.project import Project
    from mm_pytest.databases.place import Place
    from mm_pytest.rows.room import Room
    from mm_pytest.run import Run
    from mm_pytest.servers.wanted import Reached
    from mm_pytest.servers.ways import Missed, Outcome
    from mm_pytest.shared import Shared
    from mm_pytest.standing import StandingProject


class Opened:
    """Opens what is asked for, once, and closes it."""

    def __init__(self, settings: Settings, run: Run) -> None:
        """Open nothing yet."""
        self.settings = settings
        self.run = run
        self.missed: dict[Named, tuple[Missed, ...]] = {}
        self.places: dict[Named, Place] = {}
        self.accounts = Accounts()
        self.templates = Templates(self)
        self._stack = ExitStack()
        self._rooms: dict[Named, Room] = {}
        self._shared: dict[Stand, Shared] = {}

    @cached_property
    def project(self) -> Project:
        """The project that is tested."""
        return self.settings.found()

    @cached_property
    def standing(self) -> StandingProject:
        """The same, with its migrations read once, for checks of them."""
        from mm_pytest.standing import StandingProject

        return StandingProject(self.project.config)

    @property
    def databases(self) -> tuple[Named, ...]:
        """What tests run on: as was said, else as the project is configured."""
        if self.settings.databases:
            return self.settings.databases
        from mm_engine.errors import MMError

        try:
            configured = self.project.database_type()
        except MMError:
            configured = None
        return (Named(configured if configured in DATABASES else "sqlite"),)

    def place(self, named: Named) -> Place:
        """Where such databases are made; raises ``NoServerError``."""
        if named not in self.places:
            place = self._place(named)
            self._stack.callback(place.close)
            self.places[named] = place
        return self.places[named]

    def named(self, place: Place) -> Named:
        """What a place was asked for by; one of somebody else's goes by its kind."""
        names = (named for named, own in self.places.items() if own is place)
        return next(names, Named(place.kind))

    def stand(self, named: Named, wish: Wish) -> Stand:
        """Where a test wants its database; raises ``MMError`` for no migration."""
        to = wish.to and self.standing.graph().resolve(wish.to)
        return Stand(named, to, wish.seed)

    def migrated(self, stand: Stand) -> str:
        """A new database that stands where its migrations take it; gives its URL.

        Raises ``NotMigratedError``, as ``Templates.url`` does.
        """
        place, template = self.place(stand.named), self.templates.url(stand)
        with self.accounts.of(stand.named).handing():
            if isinstance(place, CopyingPlace):
                return place.copy(template)
            return self.templates.taken_up(stand)

    def shared(self, stand: Stand) -> Shared:
        """A migrated database that tests have in common, each leaving it as it was."""
        from mm_pytest.shared import Shared

        if stand not in self._shared:
            place, url = self.place(stand.named), self.migrated(stand)
            made = Shared(place, url, self.templates.url(stand))
            self._stack.callback(made.close)
            self._shared[stand] = made
        return self._shared[stand]

    def spoiled(self, stand: Stand) -> None:
        """Have the common database made anew: a test has changed it."""
        found = self._shared.pop(stand)
        found.close()
        self.place(stand.named).drop(found.url)

    def room(self, named: Named) -> Room:
        """Where migrations are tried with rows in the tables."""
        from mm_pytest.rows.room import Room

        return self._rooms.setdefault(named, Room(self, named))

    def engine(self, url: str, kind: str) -> sa.Engine:
        """An engine for migrating, disposed of at the end."""
        from mm_pytest.engines import engine

        return self._stack.enter_context(engine(url, kind))

    def empty(self, named: Named) -> sa.Engine:
        """The same, on a database with nothing in it."""
        return self.engine(self.place(named).empty(), named.kind)

    def goes_on(self, named: Named) -> bool:
        """Whether its server is there when the run is over."""
        from mm_pytest.servers.ways import Outcome

        outcome = self.run.told(_server(named), Outcome)
        way = outcome.reached.way if outcome and outcome.reached else ""
        return way == "url" or (way == "container" and self.settings.is_keeping)

    def close(self) -> None:
        """Drop every database; servers go with the run."""
        if self.run.is_ours:
            self.templates.drop()
        self._stack.close()

    def _place(self, named: Named) -> Place:
        from mm_pytest.servers.ways import Missed, NoServerError, Outcome

        if named.kind == "sqlite":
            return self._files(named)
        outcome = self.run.once(_server(named), Outcome, lambda: self._tried(named))
        self.missed[named] = outcome.missed
        self.accounts.of(named).seconds = outcome.seconds
        reached = outcome.reached
        if reached is None:
            raise NoServerError(named, outcome.missed)
        try:
            return self._connected(named, reached)
        except NoWayError as error:  # it answered when it was found
            missed = Missed(reached.way, str(error))
            raise NoServerError(named, (*outcome.missed, missed)) from error

    def _files(self, named: Named) -> Place:
        from mm_pytest.databases.sqlite import SQLite
        from mm_pytest.servers.ways import Missed, NoServerError

        place = SQLite(self.run.folder)
        if not named.takes(place.version):
            place.close()
            told = f"its sqlite3 is {place.version}, not {named.version}"
            self.missed[named] = (Missed("python", told),)
            raise NoServerError(named, self.missed[named])
        return place

    def _tried(self, named: Named) -> Outcome:
        import os

        from mm_pytest.servers.wanted import Wanted
        from mm_pytest.servers.ways import tried

        wanted = Wanted(
            named=named,
            way=self.settings.way,
            image=self.settings.images.get(named.kind),
            configured=self.settings.configured(),
            environment=dict(os.environ),
            folder=self.run.folder,
            owner=self.run.owner,
            project=self.settings.project,
            is_kept=self.settings.is_keeping,
        )
        return tried(wanted, self.run, lambda one: self._connected(named, one).close())

    def _connected(self, named: Named, reached: Reached) -> Place:
        """Where databases are made on a server; raises ``NoWayError`` for another."""
        place = self._reached(named.kind, reached)
        if not named.takes(place.version):
            place.close()
            raise NoWayError(f"the server is {place.version}, not {named.version}")
        return place

    def _reached(self, kind: str, reached: Reached) -> Place:
        if kind == "postgresql":
            from mm_pytest.databases.postgresql import PostgreSQL

            return PostgreSQL(reached.url, reached.way, self.run.owner)
        if kind in COPIED:
            from mm_pytest.databases.mysql import MySQL

            return MySQL(kind, reached.url, reached.way, self.run.owner)
        from mm_pytest.databases.anew import Anew

        return Anew(kind, reached.url, reached.way)


def _server(named: Named) -> str:
    return f"server-{named.file}"


OPENED: pytest.StashKey[Opened] = pytest.StashKey()


def opened(config: pytest.Config) -> Opened:
    """What this run has opened; made when it is first asked for."""
    if OPENED not in config.stash:
        config.stash[OPENED] = Opened(Settings.of(config), workers.run_of(config))
    return config.stash[OPENED]
