"""The journal of one script: read once, judged, and then written to."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from enum import Enum

import attrs

from mm_engine.dialects.statements import PythonCall, Statement, flat
from mm_engine.errors import HistoryError
from mm_engine.runner import journal
from mm_engine.runner.journal import Entry, Noted
from mm_engine.runner.script import Script
from mm_engine.runner.session import Session
from mm_engine.runner.unfinished import Unfinished


class Verdict(Enum):
    """What somebody says of the statement that a migration stopped at."""

    DONE = "done"
    UNDONE = "undone"


@attrs.frozen
class Resumed:
    """The wish to go on with what is unfinished, and the verdict if there is one."""

    verdict: Verdict | None = None


@attrs.define(eq=False)
class Log:
    """What was noted of a script, and what is noted of it now."""

    session: Session
    script: Script
    entries: list[Entry]

    @classmethod
    def begun(
        cls,
        session: Session,
        script: Script,
        applied: Collection[str],
        resumed: Resumed | None,
    ) -> Log:
        """The log to go on with, empty where nothing of the script was done yet.

        Raises ``UnfinishedError`` for what nobody said should go on, or whose last
        statement nobody knows of, and ``HistoryError`` where it is not the same any
        more.
        """
        entries = journal.read(session.connection)
        found = Unfinished.of(entries, applied)
        log = cls(session, script, list(entries))
        if found is None or found.is_nothing:
            log.forget()
            return log
        is_this = (found.name, found.direction) == (script.name, script.direction)
        if resumed is None or not is_this:
            raise found.error()
        log.check(found)
        if resumed.verdict is not None:
            log.judge(found, resumed.verdict)
        elif not found.is_certain:
            raise found.error()
        return log

    @property
    def unfinished(self) -> Unfinished | None:
        """How far it came; None if nothing was noted."""
        return Unfinished(self.entries) if self.entries else None

    @property
    def reached(self) -> int:
        """The number of the last statement that is done; or 0."""
        return self.unfinished.reached if self.unfinished else 0

    def is_done(self, number: int, part: int = 0) -> bool:
        """Whether a statement, or a part of it, is noted as done."""
        return any(
            (e.number, e.part, e.state) == (number, part, Noted.DONE)
            for e in self.entries
        )

    def said(self, number: int) -> str | None:
        """What was noted with an item that is done."""
        done = (e.said for e in self.entries if (e.number, e.part) == (number, 0))
        return next((said for said in done if said is not None), None)

    def note(
        self,
        state: Noted,
        number: int,
        *,
        part: int = 0,
        digest: str | None = None,
        said: str | None = None,
    ) -> None:
        """Write one row."""
        entry = self.entry(state, number, part=part, digest=digest, said=said)
        self.write(entry)
        self.entries.append(entry)

    def entry(
        self,
        state: Noted,
        number: int,
        *,
        part: int = 0,
        digest: str | None = None,
        said: str | None = None,
    ) -> Entry:
        """The row to be written next."""
        return Entry(
            id=self.entries[-1].id + 1 if self.entries else 1,
            migration=self.script.name,
            direction=self.script.direction,
            number=number,
            part=part,
            total=len(tuple(flat(self.script.body))),
            state=state,
            digest=digest,
            said=said,
        )

    def write(self, entry: Entry) -> None:
        """Write a row that counts only once its transaction is committed."""
        self.session.prove()
        journal.add(self.session.connection, [entry])

    def forget(self) -> None:
        """Take out all that was noted."""
        for name in dict.fromkeys(entry.migration for entry in self.entries):
            journal.clear(self.session.connection, name)
        self.entries.clear()

    def check(self, found: Unfinished) -> None:
        """Raise ``HistoryError`` unless what is done is what the script begins with."""
        now = digests(self.script)
        for entry in found.done:
            if entry.part or entry.digest is None:
                continue
            if entry.number > len(now) or now[entry.number - 1] != entry.digest:
                raise HistoryError(
                    f"{found.name} was changed since it was begun: its statement"
                    f" {entry.number}, which is done, is another one now",
                    at=self.script.migration.at,
                    hint="put the file back as far as it is done; or undo by hand what"
                    ' is done, and "migrate resume --forget" lets it begin anew',
                )

    def judge(self, found: Unfinished, verdict: Verdict) -> None:
        """Note what somebody says of the statement that it stopped at."""
        if found.stopped_at is None:
            return
        is_last = found.last.state is not Noted.DONE
        part = found.last.part if is_last else 0
        state = Noted.DONE if verdict is Verdict.DONE else Noted.FAILED
        self.note(
            state, found.stopped_at, part=part, said=f"said to be {verdict.value}"
        )


def digests(script: Script) -> Sequence[str | None]:
    """What the items of a script are known by, in their order."""
    return [
        digest_of(item.sql) if isinstance(item, Statement) else _name_digest(item)
        for item in flat(script.body)
    ]


def digest_of(text: str) -> str:
    """What a statement is known by."""
    return hashlib.sha256(text.encode()).hexdigest()


def _name_digest(item: object) -> str | None:
    if isinstance(item, PythonCall):
        return digest_of(getattr(item.function, "__qualname__", ""))
    return None
