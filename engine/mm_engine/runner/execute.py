"""Scripts run on a database, each in a transaction with its row of history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from time import perf_counter

import attrs

from mm_engine.dialects.features import Transactions
from mm_engine.dialects.statements import Statement
from mm_engine.errors import HistoryError, LockError
from mm_engine.runner import history, journal, lock
from mm_engine.runner.backend import LostLeaseError, Stamp
from mm_engine.runner.body import Body
from mm_engine.runner.events import (
    Report,
    StepFailed,
    StepFinished,
    StepOvertaken,
    StepSkipped,
    StepStarted,
    silent,
)
from mm_engine.runner.failures import Failures
from mm_engine.runner.history import History, Record
from mm_engine.runner.log import Log, Resumed
from mm_engine.runner.plan import Direction
from mm_engine.runner.script import Script
from mm_engine.runner.session import Session
from mm_engine.runner.stepwise import Stepwise
from mm_engine.runner.transactions import all_at_once, roll_back, transaction


@attrs.frozen(kw_only=True)
class Result:
    """What became of one script; skipped if somebody else had run it meanwhile."""

    name: str
    direction: Direction
    milliseconds: int
    is_skipped: bool = False


class OvertakenError(HistoryError):
    """Somebody else migrated after the plan was made; ``done`` is what ran before."""

    done: tuple[Result, ...] = ()


def execute(
    session: Session,
    scripts: Iterable[Script],
    *,
    applied: Sequence[str],
    report: Report = silent,
    resumed: Resumed | None = None,
) -> tuple[Result, ...]:
    """Run scripts one after the other; ``applied`` is what they were planned from.

    The history is read again once the lock is held: what another process has done of
    the same plan is skipped, and ``OvertakenError`` is raised where it did otherwise.
    Raises ``RunError`` or ``LockError``, after rolling back the script that failed;
    where it cannot be, what was ``resumed`` goes on later, and nothing else does.
    """
    run = _Run(session, report, list(applied), resumed)
    try:
        for script in scripts:
            run.step(script)
    except OvertakenError as error:
        error.done = tuple(run.results)
        raise
    return tuple(run.results)


@attrs.define(eq=False)
class _Run:
    """Scripts under way on one session, and what the history must be by now."""

    session: Session
    report: Report
    expected: list[str]
    resumed: Resumed | None = None
    ahead: list[str] = attrs.field(factory=list)
    columns: tuple[str, ...] = ()
    is_prepared: bool = False
    sequence: int = 0
    stamp: Stamp | None = None
    row: Record | None = None
    results: list[Result] = attrs.field(factory=list)
    done: int = 0
    is_begun: bool = False

    def step(self, script: Script) -> None:
        """One script, with events before and after."""
        # Made before the lock is taken, which others may wait for.
        self.row = self._row(script)
        self.report(StepStarted(script.name, script.direction))
        self.is_begun = False
        started = perf_counter()
        failures = Failures(script, self.session, self.done)
        try:
            is_run = self._around(script, failures)
        except OvertakenError:
            self.report(StepOvertaken(script.name, script.direction))
            raise
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                error.add_note(failures.of_interruption())
            # Where the lock was not to be had, nothing of it was tried.
            if self.is_begun or not isinstance(error, LockError):
                self.report(StepFailed(script.name, script.direction))
            raise
        spent = _milliseconds(started)
        if is_run:
            self.done += 1
            self.report(StepFinished(script.name, script.direction, spent))
        else:
            self.report(StepSkipped(script.name, script.direction))
        self.results.append(
            Result(
                name=script.name,
                direction=script.direction,
                milliseconds=spent,
                is_skipped=not is_run,
            )
        )

    def _around(self, script: Script, failures: Failures) -> bool:
        """The prologue, the transaction, and the epilogue whatever happened."""
        self._check_own_transaction(script, failures)
        try:
            self._outside(script.prologue, failures)
            is_run = self._recorded(script, failures)
        except BaseException:
            # What went wrong first is what the reader has to know.
            with suppress(Exception):
                self._outside(script.epilogue, failures)
            raise
        self._outside(script.epilogue, failures)
        return is_run

    def _check_own_transaction(self, script: Script, failures: Failures) -> None:
        if not self.session.is_nested:
            return
        if script.policy is not Transactions.FULL:
            raise failures.of_own_transaction(
                "changing a schema ends a transaction on this database"
            )
        if not script.is_atomic:
            raise failures.of_own_transaction(
                "it has a statement that must stand alone"
            )
        enforced = self.session.backend.enforces_foreign_keys(self.session.connection)
        if script.prologue and enforced:
            raise failures.of_own_transaction(
                "it rebuilds a table, for which foreign keys must be switched off"
                " before a transaction begins (PRAGMA foreign_keys = OFF)"
            )

    def _outside(self, statements: Iterable[Statement], failures: Failures) -> None:
        from sqlalchemy.exc import DBAPIError

        for statement in statements:
            try:
                self.session.run(statement.sql)
            except DBAPIError as error:
                raise failures.of_driver(error, None) from error

    def _recorded(self, script: Script, failures: Failures) -> bool:
        """The body and its row of history; False if another had done it."""
        from sqlalchemy.exc import DBAPIError

        try:
            is_run = self._way(script)(script, failures)
        except DBAPIError as error:
            raise failures.of_driver(error, None) from error
        except LostLeaseError as error:
            raise failures.of_lost_lock(error) from error
        if is_run:
            self._note(script)
        return is_run

    def _way(self, script: Script) -> Callable[[Script, Failures], bool]:
        if script.policy is not Transactions.FULL:
            return self._step_by_step
        return self._together if script.is_atomic else self._one_by_one

    def _together(self, script: Script, failures: Failures) -> bool:
        """The body and its row in one transaction."""
        started = perf_counter()
        table = history.TABLE if self.is_prepared else None
        with transaction(self.session, script.begin, table) as stamp:
            if self._is_done(script, stamp):
                return False
            Body(script, self.session, failures, self.report).run()
            self._record(script, _milliseconds(started))
            failures.is_ending = True
        return True

    def _one_by_one(self, script: Script, failures: Failures) -> bool:
        """The body outside of any transaction, and straight after it its row."""
        started = perf_counter()
        with lock.outside(self.session.connection, self.session.backend):
            stamp = self._stamp() if self.is_prepared else None
            if self._is_done(script, stamp):
                return False
            # What cannot be recorded had better not begin.
            with transaction(self.session, script.begin):
                self._prepare()
            self.is_prepared = True
            Body(script, self.session, failures, self.report).run()
            if self.session.is_in_transaction():
                roll_back(self.session, "ROLLBACK")
                raise failures.of_open_transaction()
            failures.is_ending = True
            with transaction(self.session, script.begin):
                self._record(script, _milliseconds(started))
        return True

    def _step_by_step(self, script: Script, failures: Failures) -> bool:
        """The body as far as the journal says that it is not done, and then its row."""
        started = perf_counter()
        with lock.outside(self.session.connection, self.session.backend):
            stamp = self._stamp() if self.is_prepared else None
            if self._is_done(script, stamp):
                return False
            # What cannot be recorded had better not begin; and tables of our own would
            # end a transaction.
            self._prepare()
            self.is_prepared = True
            journal.prepare(self.session.connection)
            log = Log.begun(self.session, script, self.expected, self.resumed)
            if script.is_atomic and not log.entries:
                return self._together(script, failures)
            Stepwise(script, self.session, failures, self.report, log=log).run()
            failures.is_ending = True
            with all_at_once(self.session, script):
                self._record(script, _milliseconds(started))
                journal.clear(self.session.connection, script.name)
        return True

    def _is_done(self, script: Script, stamp: Stamp | None) -> bool:
        """Whether another did it before we held the lock."""
        self.is_begun = True
        self._look(script, stamp)
        if self.ahead:
            self.expected.append(self.ahead.pop(0))
            return True
        return False

    def _look(self, script: Script, stamp: Stamp | None) -> None:
        """Compare the history with what it must be, if anybody else has written."""
        if stamp is None or stamp != self.stamp:
            found = History.read(self.session.connection)
            self.columns, self.sequence = found.columns, found.next_sequence
            self.is_prepared = {"name", *history.OURS} <= {*found.columns}
            if stamp is None and self.is_prepared:
                stamp = self._stamp()
            self.stamp = stamp
            count = len(self.expected)
            if list(found.names[:count]) != self.expected:
                raise _overtaken()
            self.ahead = list(found.names[count:])
        if self.ahead and (self.ahead[0], Direction.UP) != (
            script.name,
            script.direction,
        ):
            raise _overtaken()

    def _row(self, script: Script) -> Record | None:
        """The row that an application leaves, as far as it is known before."""
        if script.direction is Direction.DOWN:
            return None
        return Record(
            name=script.name,
            digest=script.migration.digest,
            tool_version=history.tool_version(),
            kind=history.APPLIED,
        )

    def _record(self, script: Script, spent: int) -> None:
        """Write the row of history, or take rows out."""
        connection = self.session.connection
        # In the transaction that the row is written in, where there is one.
        self.session.prove()
        self._prepare()
        history.remove(connection, script.records)
        number = None
        if self.row is not None:
            made = attrs.evolve(self.row, sequence=self.sequence, duration_ms=spent)
            number = history.add(connection, made)
        if self.stamp is None or number is None or script.records:
            self.stamp = self._stamp()
        else:
            self.stamp = self.session.backend.stamp_with(self.stamp, number)

    def _stamp(self) -> Stamp:
        return self.session.backend.stamp(self.session.connection, history.TABLE)

    def _prepare(self) -> None:
        """Have a table that rows can be written to."""
        if not self.is_prepared:
            columns = History(columns=self.columns)
            history.prepare(self.session.connection, columns)

    def _note(self, script: Script) -> None:
        """Remember what is committed now."""
        self.is_prepared = True
        for name in script.records:
            self.expected.remove(name)
        if script.direction is Direction.UP:
            self.expected.append(script.name)
            self.sequence += 1


def _overtaken() -> OvertakenError:
    return OvertakenError(
        "somebody else migrated this database after this run was planned",
        hint="run it again: it will be planned anew",
    )


def _milliseconds(started: float) -> int:
    return round((perf_counter() - started) * 1000)
