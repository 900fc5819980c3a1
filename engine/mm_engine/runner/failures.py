"""What went wrong in a run, in words: where, why, and what had been done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING

import attrs

from mm_engine.dialects.statements import Expect, Item, PythonCall, Statement, flat
from mm_engine.errors import LockError, MMError, Position, RunError
from mm_engine.runner.backend import LostLeaseError, Trouble
from mm_engine.runner.backends import backend_of
from mm_engine.runner.plan import Direction
from mm_engine.runner.script import Script
from mm_engine.runner.session import Session
from mm_engine.runner.url import scrubbed

if TYPE_CHECKING:
    import sqlalchemy as sa

OTHERS = (Trouble.BUSY, Trouble.IN_USE)
"""Troubles that are over as soon as somebody else is done."""

MOST_SHOWN = 3
"""Rows, or operations, told one by one before the rest is only counted."""


@attrs.define(eq=False)
class Failures:
    """The errors of one script, given how many scripts before it were done.

    ``ran`` counts its statements that were done; ``is_ending`` says that its
    transaction is being committed, so that a silence may mean either. ``account`` says
    what is done of it and ``way_on`` how to go on, where a journal knows.
    """

    script: Script
    session: Session
    done: int
    ran: int = 0
    is_ending: bool = False
    account: Callable[[bool], str] | None = None
    way_on: Callable[[], str | None] | None = None

    def of_driver(self, error: Exception, number: int | None) -> MMError:
        """A statement of the body failed, or what stands around the body."""
        original = getattr(error, "orig", None) or error
        trouble = self.session.backend.trouble(original)
        family = LockError if trouble in OTHERS else RunError
        return family(
            f"{self._place(number)} failed: {self._said(original)};"
            f" {self._outcome(is_silent=trouble is Trouble.LOST)}",
            at=self._position(number),
            hint=self._hint(
                trouble.value
                or f'"migrate showsql {self.script.name}" shows every statement'
            ),
        )

    def of_lost_lock(self, error: LostLeaseError) -> LockError:
        """Somebody else may migrate by now, and this process stood still meanwhile."""
        return LockError(
            f"{self._name()}: {error.message}; {self._outcome()}",
            at=self.script.migration.at,
            hint=error.hint,
        )

    def of_expectation(
        self, item: Expect, found: tuple[tuple[object, ...], ...], number: int
    ) -> RunError:
        """A query gave other rows than those that the script relies on."""
        shown = ", ".join(map(_told, found[:MOST_SHOWN])) or "no rows"
        more = f" and {len(found) - MOST_SHOWN} more" if found[MOST_SHOWN:] else ""
        return RunError(
            f"{self._place(number)}: {item.message} (found {shown}{more});"
            f" {self._outcome()}",
            at=self._position(number),
            hint=self._hint(item.hint),
        )

    def of_function(
        self, item: PythonCall, error: BaseException, number: int
    ) -> RunError:
        """A function of the user's raised something."""
        # SQLAlchemy's own text holds the parameters too, which may be anybody's.
        told = getattr(error, "orig", None) or error
        said = self._said(f"{type(told).__name__}: {told}")
        return RunError(
            f"{self._place(number)} failed: {said}; {self._outcome()}",
            at=self._raised_in(item.function, error) or self._position(number),
            hint=self._hint(None),
        )

    def of_ended_transaction(self, item: PythonCall, number: int) -> RunError:
        """A function of the user's committed, rolled back or left one open."""
        name = getattr(item.function, "__name__", "the function")
        return RunError(
            f"{self._place(number)} failed: {name} ended the transaction of the"
            " migration, or left one of its own open; what it and the statements"
            " before it did may stay, and the migration is not recorded",
            at=self._position(number),
            hint="leave commit() and rollback() to the migration; within it"
            " use connection.begin_nested() as a context manager",
        )

    def of_own_transaction(self, reason: str) -> RunError:
        """The script cannot run in a transaction that the caller began."""
        return RunError(
            f"{self._name()}: {reason}, and your transaction has begun;"
            f" {self._outcome()}",
            at=self.script.migration.at,
            hint="pass an engine, or a connection that has begun nothing"
            " (connection.commit() before)",
        )

    def of_open_transaction(self) -> RunError:
        """A statement that should stand for itself began a transaction."""
        return RunError(
            f"{self._name()}: its SQL left a transaction open, which was rolled back;"
            f" {self._outcome()}",
            at=self.script.migration.at,
            hint="leave SAVEPOINT out where no transaction is",
        )

    def of_interruption(self) -> str:
        """What the database holds after somebody pressed Ctrl-C."""
        return f"{self._name()}: {self._outcome(is_silent=True)}"

    def _hint(self, own: str | None) -> str | None:
        """What helps against the failure, and how to go on then."""
        way_on = self.way_on() if self.way_on else None
        return "; then ".join(filter(None, [own, way_on])) or None

    @property
    def _items(self) -> tuple[Item, ...]:
        return tuple(flat(self.script.body))

    def _name(self) -> str:
        down = self.script.direction is Direction.DOWN
        return f"{self.script.name} (down)" if down else self.script.name

    def _place(self, number: int | None) -> str:
        if number is None:
            return f"{self._name()}: its transaction"
        first, last = self._items[number - 1].operations
        count = f"statement {number} of {len(self._items)}"
        return f"{self._name()}: {count}{self._operations(first, last)}"

    def _operations(self, first: int, last: int) -> str:
        operations = self.script.migration.operations[max(first - 1, 0) : last]
        if not operations or not first:
            return ""
        said = "; ".join(operation.describe() for operation in operations[:MOST_SHOWN])
        more = "; …" if operations[MOST_SHOWN:] else ""
        which = f"operation {first}" if first == last else f"operations {first}-{last}"
        return f" ({which}: {said}{more})"

    def _position(self, number: int | None) -> Position | None:
        first = self._items[number - 1].operations[0] if number else 0
        migration = self.script.migration
        return migration.position(first - 1) if first else migration.at

    def _raised_in(
        self, function: Callable[..., object], error: BaseException
    ) -> Position | None:
        at, path = self.script.migration.at, self.script.migration.path
        found = raised_in(function, error)
        if found and at and path and Path(found.file) == path:
            return attrs.evolve(found, file=at.file)
        return found

    def _outcome(self, *, is_silent: bool = False) -> str:
        """What the database holds now; ``is_silent`` where it did not say so itself."""
        return ", ".join(filter(None, [self._of_this(is_silent), self._of_others()]))

    def _of_this(self, is_silent: bool) -> str:  # noqa: FBT001 - handed on
        if self.account is not None:
            return self.account(is_silent)
        if not self.script.is_atomic:
            return self._of_statements()
        if self.is_ending and is_silent:
            return 'whether it was committed is not known: "migrate status" says'
        return "nothing of this migration was done"

    def _of_statements(self) -> str:
        """How far it came, statement by statement, where nothing is rolled back."""
        again = "it is not recorded, and starts anew when it is run again"
        total = sum(isinstance(item, Statement) for item in self._items)
        if self.is_ending:
            return f"its statements are done, but {again}"
        before = "1 statement is" if self.ran == 1 else f"{self.ran} statements are"
        done = f"{before} done for good, " if self.ran else ""
        partly = "this one may be in part, " if total > self.ran else ""
        return f"no transaction holds it: {done}{partly}{again}"

    def _of_others(self) -> str:
        """What became of the migrations before it in this run."""
        if not self.done:
            return ""
        which = "1 migration" if self.done == 1 else f"{self.done} migrations"
        verb = "stays" if self.done == 1 else "stay"
        up = self.script.direction is Direction.UP
        state = "applied" if up else "undone"
        where = " in your transaction" if self.session.is_nested else ""
        return f"{which} before it {verb} {state}{where}"

    def _said(self, error: object) -> str:
        return driver_text(error, self.session.connection)


def _told(row: tuple[object, ...]) -> str:
    """A row as words: queries whose rows are a finding give them in that order.

    >>> _told(("unknown column", "age")), _told((0,))
    ('unknown column age', '0')
    """
    return " ".join(str(value) for value in row)


@contextmanager
def explained(connection: sa.Connection, act: str) -> Iterator[None]:
    """What a driver says while we read or write the history, in words of ours."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        trouble = backend_of(connection).trouble(error.orig)
        family = LockError if trouble in OTHERS else RunError
        raise family(
            f"{act} failed: {driver_text(error.orig, connection)}",
            hint=trouble.value or None,
        ) from error


def driver_text(error: object, connection: sa.Connection) -> str:
    """What a driver said, on one line and without the password."""
    password = connection.engine.url.password
    said = backend_of(connection).said(error)
    return scrubbed(" ".join(said.split()), password and str(password))


def raised_in(function: Callable[..., object], error: BaseException) -> Position | None:
    """The line of a function's file that an error came through, the innermost."""
    code = getattr(function, "__code__", None)
    found = None
    for frame, line in walk_tb(error.__traceback__):
        if code is not None and frame.f_code.co_filename == code.co_filename:
            found = Position(code.co_filename, line, 1)
    return found
