"""A script run statement by statement, where no transaction can hold all of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import attrs

from mm_engine.dialects.features import Transactions
from mm_engine.dialects.statements import (
    Item,
    PythonCall,
    Recall,
    Remember,
    Statement,
    When,
    changes_rows_only,
    flat,
)
from mm_engine.errors import MMError
from mm_engine.runner.backend import Trouble
from mm_engine.runner.body import Body
from mm_engine.runner.failures import driver_text
from mm_engine.runner.journal import Noted
from mm_engine.runner.log import Log, digest_of, digests


@attrs.define(eq=False)
class Stepwise(Body):
    """A body whose statements are noted in the journal, and never run twice.

    What changes rows alone is noted in the transaction in which it runs. Of all else
    the intention is noted before and the result after.
    """

    log: Log = attrs.field(kw_only=True)

    def run(self) -> None:
        """Run what is not done yet; raises at the first failure, which is noted."""
        self.failures.account = self.account
        self.failures.way_on = self.way_on
        super().run()

    def is_behind(self, item: Item) -> bool:
        """Whether an item was done in an earlier run; what it remembered is known."""
        if isinstance(item, When) or self.number > self.log.reached:
            return False
        if isinstance(item, Remember):
            kept = self.log.said(self.number)
            self.remembered[item.name] = tuple(json.loads(kept or "[]"))
        return True

    def one(self, item: Item, total: int) -> None:
        """Run one item, and note what came of it."""
        number = self.number
        match item:
            case Statement(repeats=True):
                act = partial(self.session.repeat, item.sql)
                self._alone(act, digest_of(item.sql), 0, item.sql)
            case Statement():
                self._statement(item.sql)
            case PythonCall():
                digest = digests(self.script)[number - 1]
                name = getattr(item.function, "__name__", "a function")
                act = partial(super().one, item, total)
                self._noted(act, digest, said=f"the function {name}", is_rows=True)
            case Remember():
                super().one(item, total)
                kept = json.dumps(self.remembered[item.name])
                self.log.note(Noted.DONE, number, said=kept)
            case Recall():
                for part, sql in enumerate(self.remembered.get(item.name, ()), 1):
                    if not self.log.is_done(number, part):
                        self._statement(sql, part)
                self.log.note(Noted.DONE, number)
            case _:
                super().one(item, total)

    def applies(self, condition: When) -> bool:
        """Whether a condition holds, or held when something under it was done.

        What came after it may have changed what its query would say now.
        """
        first = self.number + 1
        inside = range(first, first + len(tuple(flat(condition.items))))
        if self.log.reached >= first:
            return any(self.log.is_done(number) for number in inside)
        return super().applies(condition)

    def account(self, is_silent: bool) -> str:  # noqa: FBT001 - as the caller has it
        """What is done of it by now."""
        found = self.log.unfinished
        if is_silent and (found is None or found.is_certain):
            return 'how far it came "migrate status" says'
        if found is None:
            return "nothing of this migration was done"
        if found.is_certain:
            return found.done_text()
        return f"{found.done_text()}, {found.stopped_text()}"

    def way_on(self) -> str | None:
        """How to go on with it."""
        return self.log.unfinished.way_on() if self.log.unfinished else None

    def _statement(self, sql: str, part: int = 0) -> None:
        act = partial(self.session.run, sql)
        is_rows = changes_rows_only(sql)
        self._noted(act, digest_of(sql), part, said=sql, is_rows=is_rows)

    def _noted(
        self,
        act: Callable[[], None],
        digest: str | None,
        part: int = 0,
        *,
        said: str | None = None,
        is_rows: bool,
    ) -> None:
        if is_rows and self.script.policy is not Transactions.ABSENT:
            self._within(act, digest, part)
        else:
            self._alone(act, digest, part, said)

    def _within(self, act: Callable[[], None], digest: str | None, part: int) -> None:
        """Do it in a transaction that the note stands in too."""
        session = self.session
        done = self.log.entry(Noted.DONE, self.number, part=part, digest=digest)
        session.run(self.script.begin)
        try:
            act()
            self.log.write(done)
            session.run("COMMIT")
        except BaseException as error:
            is_torn = not session.is_in_transaction()
            self._roll_back()
            if isinstance(error, Exception):
                self._failed(error, Noted.TORN if is_torn else Noted.FAILED, part)
            raise
        self.log.entries.append(done)

    def _alone(
        self, act: Callable[[], None], digest: str | None, part: int, said: str | None
    ) -> None:
        """Do it between two notes."""
        number = self.number
        self.log.note(Noted.BEGUN, number, part=part, digest=digest, said=said)
        try:
            act()
        except Exception as error:
            self._failed(error, Noted.FAILED, part)
            raise
        self.log.note(Noted.DONE, number, part=part, digest=digest)

    def _failed(self, error: Exception, state: Noted, part: int) -> None:
        """Note that an item failed; nothing stays where nothing had been done."""
        from sqlalchemy.exc import SQLAlchemyError

        cause = error.__cause__ if isinstance(error, MMError) else None
        original = getattr(cause or error, "orig", None) or cause or error
        if self.session.backend.trouble(original) is Trouble.LOST:
            return
        said = driver_text(original, self.session.connection)
        # What went wrong first is what the reader has to know.
        with suppress(SQLAlchemyError):
            self.log.note(state, self.number, part=part, said=said)
            if self.log.unfinished and self.log.unfinished.is_nothing:
                self.log.forget()

    def _roll_back(self) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        # Of a connection that broke nothing is left to be rolled back.
        with suppress(SQLAlchemyError):
            self.session.run("ROLLBACK")
