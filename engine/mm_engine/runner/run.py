"""Migrating as one act: read the history, plan, check, script, execute."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from mm_engine.dialects.base import Dialect
from mm_engine.errors import UsageError
from mm_engine.migrations.graph import MigrationGraph
from mm_engine.runner import journal, lock
from mm_engine.runner.connect import fitted
from mm_engine.runner.events import Report, silent
from mm_engine.runner.execute import OvertakenError, Result, execute
from mm_engine.runner.failures import explained
from mm_engine.runner.guards import (
    refuse_unfinished,
    refuse_unrecorded,
    unfinished,
)
from mm_engine.runner.history import History
from mm_engine.runner.log import Resumed, Verdict
from mm_engine.runner.plan import (
    Step,
    plan_again,
    plan_down,
    plan_up,
    refuse_reviews,
)
from mm_engine.runner.script import Script, script
from mm_engine.runner.session import Session
from mm_engine.runner.states import refuse_changed
from mm_engine.runner.unfinished import Unfinished

Announce = Callable[[Sequence[Step]], None]
"""Told what is about to run, with everything checked; may stop it by raising."""


def _unannounced(steps: Sequence[Step]) -> None:
    del steps


@attrs.frozen(eq=False, kw_only=True)
class Migrator:
    """One session, the migrations, and the dialect they are told in.

    Every script is made before the first one runs, so what a database cannot do is
    said while nothing has happened.
    """

    session: Session
    graph: MigrationGraph
    dialect: Dialect
    report: Report = silent

    def up(
        self,
        target: str | None = None,
        *,
        is_review_allowed: bool = False,
        announce: Announce = _unannounced,
    ) -> tuple[Result, ...]:
        """Apply what is pending, or what a target needs; planned anew if overtaken."""
        done: tuple[Result, ...] = ()
        while True:
            refuse_unfinished(self.session, self.dialect)
            history = self.history()
            steps = self.steps_up(history, target)
            if not is_review_allowed:
                refuse_reviews(steps)
            with explained(self.session.connection, "looking at the tables"):
                refuse_unrecorded(self.session.connection, history, steps)
            scripts = self._scripts(steps)
            announce(steps)
            try:
                return (*done, *self._execute(scripts, history))
            except OvertakenError as error:
                done += error.done

    def down(
        self,
        *,
        target: str | None = None,
        steps: int | None = None,
        announce: Announce = _unannounced,
    ) -> tuple[Result, ...]:
        """Undo; never planned anew, since what goes was shown and agreed to."""
        refuse_unfinished(self.session, self.dialect)
        history = self.history()
        refuse_changed(self.graph, history)
        planned = plan_down(self.graph, history.names, target=target, steps=steps)
        scripts = self._scripts(planned)
        announce(planned)
        return self._execute(scripts, history)

    def resume(
        self, verdict: Verdict | None = None, *, announce: Announce = _unannounced
    ) -> tuple[Result, ...]:
        """Go on with the migration that was begun and not finished, and with no other.

        The verdict is about the statement that it stopped at. Raises ``UsageError``
        where nothing is unfinished.
        """
        found = self._unfinished()
        history = self.history()
        refuse_changed(self.graph, history)
        step = plan_again(self.graph, history.names, found.name, found.direction)
        scripts = self._scripts([step])
        announce([step])
        return self._execute(scripts, history, Resumed(verdict))

    def forget(self) -> Unfinished:
        """Take what is unfinished out of the journal, and give what it was.

        For one who has undone by hand what is done of it.
        """
        connection, backend = self.session.connection, self.session.backend
        with lock.outside(connection, backend):
            found = self._unfinished()
            with explained(connection, "forgetting"):
                journal.clear(connection, found.name)
        return found

    def _unfinished(self) -> Unfinished:
        found = unfinished(self.session, self.dialect)
        if found is None:
            raise UsageError(
                "nothing is unfinished on this database",
                hint='"migrate up" applies what is pending',
            )
        return found

    def history(self) -> History:
        """What the database says is applied now.

        Somebody who alters the table meanwhile is waited for as another migrator is.
        """
        connection, backend = self.session.connection, self.session.backend
        with (
            explained(connection, "reading the history"),
            backend.waiting(connection, backend.patience),
        ):
            return History.read(connection)

    def steps_up(self, history: History, target: str | None = None) -> tuple[Step, ...]:
        """What is pending, given a history that fits the files."""
        refuse_changed(self.graph, history)
        return plan_up(self.graph, history.names, target)

    def _scripts(self, steps: Sequence[Step]) -> tuple[Script, ...]:
        told = fitted(self.dialect, self.session.connection)
        return tuple(script(step, told) for step in steps)

    def _execute(
        self,
        scripts: Sequence[Script],
        history: History,
        resumed: Resumed | None = None,
    ) -> tuple[Result, ...]:
        return execute(
            self.session,
            scripts,
            applied=history.names,
            report=self.report,
            resumed=resumed,
        )
