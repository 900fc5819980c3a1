"""The items of one script, run in their order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

import attrs

from mm_engine.dialects.features import Transactions
from mm_engine.dialects.statements import (
    Expect,
    Item,
    PythonCall,
    Recall,
    Remember,
    Statement,
    When,
    flat,
)
from mm_engine.runner.events import Report, StatementRun
from mm_engine.runner.failures import Failures
from mm_engine.runner.script import Script
from mm_engine.runner.session import Session


@attrs.define(eq=False)
class Body:
    """How far the items of a script have come, and what they remember."""

    script: Script
    session: Session
    failures: Failures
    report: Report
    number: int = 0
    remembered: dict[str, tuple[str, ...]] = attrs.field(factory=dict)

    def run(self) -> None:
        """Run every item; raises ``RunError`` or ``LockError`` at the first failure."""
        self._all(self.script.body, len(tuple(flat(self.script.body))))

    def _all(self, items: Iterable[Item], total: int) -> None:
        from sqlalchemy.exc import DBAPIError

        backend = self.session.backend
        failing: tuple[type[Exception], ...] = (DBAPIError, *backend.complaints)
        for item in items:
            self.number += 1
            number = self.number
            if self.is_behind(item):
                continue
            if self.stands_alone:
                self.session.prove()
            try:
                self.one(item, total)
            except failing as error:
                raise self.failures.of_driver(error, number) from error
            if isinstance(item, Statement | PythonCall):
                self.failures.ran += 1
            self.report(StatementRun(self.script.name, item, number, total))

    @property
    def stands_alone(self) -> bool:
        """Whether neither a transaction nor a journal asks who holds the lock."""
        return not self.script.is_atomic and self.script.policy is Transactions.FULL

    def is_behind(self, item: Item) -> bool:
        """Whether an item is done already; here nothing is."""
        del item
        return False

    def applies(self, condition: When) -> bool:
        """Whether a condition holds now."""
        return bool(self.session.rows(condition.query))

    def one(self, item: Item, total: int) -> None:
        """Run one item."""
        session = self.session
        match item:
            case Statement(repeats=True):
                session.repeat(item.sql)
            case Statement():
                session.run(item.sql)
            case Expect():
                found = session.rows(item.query)
                if found != item.rows:
                    raise self.failures.of_expectation(item, found, self.number)
            case Remember():
                rows = session.rows(item.query)
                self.remembered[item.name] = tuple(str(row[0]) for row in rows)
            case Recall():
                for sql in self.remembered.get(item.name, ()):
                    session.run(sql)
            case When() if self.applies(item):
                self._all(item.items, total)
            case When():
                self.number += len(tuple(flat(item.items)))
            case PythonCall():
                self._call(item)
            case _:
                assert_never(item)

    def _call(self, item: PythonCall) -> None:
        """Call the user's function, and see that it left the transaction alone."""
        before = self.session.open_transactions()
        try:
            item.function(self.session.connection, item.schema)
        except (Exception, SystemExit) as error:
            raise self.failures.of_function(item, error, self.number) from error
        if self.session.open_transactions() != before:
            raise self.failures.of_ended_transaction(item, self.number)
