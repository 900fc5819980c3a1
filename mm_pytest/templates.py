"""The databases that others are copied from, each migrated once in a run or for many.

Where nothing can be copied there is none, and it is only found out whether the
migrations can be applied.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

import attrs

from mm_pytest.accounts import Migrated
from mm_pytest.databases.place import CopyingPlace, NotKeptError
from mm_pytest.seeds import SeedFailedError
from mm_pytest.wishes import Stand

if TYPE_CHECKING:
    from mm_pytest.databases.place import Place
    from mm_pytest.named import Named
    from mm_pytest.opened import Opened
    from mm_pytest.seeds import Seed


class NotMigratedError(Exception):
    """The migrations failed on an empty database; told once a run in full."""

    def __init__(self, message: str, *, is_first: bool) -> None:
        super().__init__(message)
        self.is_first = is_first


@attrs.frozen
class Template:
    """The database that others are copied from, or how the migrations of it failed.

    One that ``is_kept`` outlives the run.
    """

    stand: Stand
    url: str | None
    failure: str = ""
    is_kept: bool = False


class Templates:
    """Those of a run, in whichever of its processes they were made."""

    def __init__(self, found: Opened) -> None:
        """Make them on what a process has opened."""
        self._found = found
        self._urls: dict[Stand, str] = {}  # so that not every test looks for a file

    def url(self, stand: Stand) -> str:
        """The one that stands there; the first process of the run to ask makes it.

        It is empty where nothing can be copied. Raises ``NotMigratedError`` with the
        whole story the first time in a run, and with a reference to it from then on.
        """
        if stand in self._urls:
            return self._urls[stand]
        made: list[Template] = []

        def make() -> Template:
            made.append(self._kept(stand) or self._made(stand))
            return made[0]

        template = self._found.run.once(_file(stand), Template, make)
        if template.url is None:
            what = "the migrations cannot be applied to"
            told = f"{'there is no' if stand.seed else what} {stand}"
            told += "; an earlier test says why"
            message = template.failure if made else told
            raise NotMigratedError(message, is_first=bool(made))
        return self._urls.setdefault(stand, template.url)

    def failures(self) -> tuple[str, ...]:
        """How migrations failed in this run."""
        return tuple(one.failure for one in self._all() if one.failure)

    def drop(self) -> None:
        """Drop those on servers that go on; those of the run go with its folder."""
        from mm_pytest.servers.ways import NoServerError

        sealed: dict[Named, list[str]] = {}
        for template in self._all():
            if template.url and not template.is_kept:
                sealed.setdefault(template.stand.named, []).append(template.url)
        for named, urls in sealed.items():
            if self._found.goes_on(named):
                # Where the server is gone by now, its next run will sweep.
                with suppress(NoServerError):
                    _drop(self._found.place(named), urls)

    def taken_up(self, stand: Stand) -> str:
        """A new database, migrated from nothing, with its seed; gives its URL."""
        from mm_pytest.engines import engine

        place = self._found.place(stand.named)
        url = place.empty()
        try:
            with engine(url, stand.named.kind) as opened:
                self._found.project.migrate(opened, to=stand.to)
            if stand.seed is not None:
                stand.seed.sow(url)
        except BaseException:
            place.drop(url)
            raise
        return url

    def _sown(self, stand: Stand, seed: Seed) -> str:
        """The same, by what there is without the seed; gives its URL."""
        place, bare = self._found.place(stand.named), attrs.evolve(stand, seed=None)
        if not isinstance(place, CopyingPlace):
            self.url(bare)  # so that migrations that fail are not the seed's fault
            return self.taken_up(stand)
        url = place.copy(self.url(bare))
        try:
            seed.sow(url)
        except BaseException:
            place.drop(url)
            raise
        return url

    def _made(self, stand: Stand) -> Template:
        from mm_engine.errors import MMError

        place, began = self._found.place(stand.named), time.perf_counter()
        seed = stand.seed
        try:
            url = self._sown(stand, seed) if seed else self.taken_up(stand)
        except MMError as error:
            told = f"the migrations cannot be applied to an empty {stand.named}:"
            return Template(stand, None, f"{told}\n{error}")
        except SeedFailedError as error:
            told = f"the seed {seed} fails on a migrated {stand.named}:"
            return Template(stand, None, f"{told}\n{error}")
        if not isinstance(place, CopyingPlace):
            place.drop(url)
            return Template(stand, "")
        sealed = place.sealed(url)
        made = Migrated.by(self._found.standing.graph(), stand.to, began)
        account = self._found.accounts.of(stand.named)
        account.templates.append(made)
        if not self._found.settings.is_keeping:
            return Template(stand, sealed)
        try:
            kept = place.keep(sealed, self._key(stand, place))
        except NotKeptError as error:
            account.unkept[str(error)] = None
            return Template(stand, sealed)
        return Template(stand, kept, is_kept=True)

    def _kept(self, stand: Stand) -> Template | None:
        """The one that an earlier run has kept, if it is the same."""
        place = self._found.place(stand.named)
        if not (self._found.settings.is_keeping and isinstance(place, CopyingPlace)):
            return None
        url = place.kept(self._key(stand, place))
        if url is None:
            return None
        self._found.accounts.of(stand.named).kept += 1
        return Template(stand, url, is_kept=True)

    def _key(self, stand: Stand, place: Place) -> str:
        from mm_pytest.keys import key_of

        return key_of(self._found.project.config, stand, place.title)

    def _all(self) -> list[Template]:
        """Those that any process of the run has made, or could not make."""
        run = self._found.run
        found = [run.told(name, Template) for name in run.names("template-*@*")]
        return [one for one in found if one]


def _drop(place: Place, urls: Iterable[str]) -> None:
    for url in urls:
        if isinstance(place, CopyingPlace):
            place.drop_sealed(url)


def _file(stand: Stand) -> str:
    seed = f"+{stand.seed.tag}" if stand.seed else ""
    return f"template-{stand.named.file}@{stand.to or ''}{seed}"
