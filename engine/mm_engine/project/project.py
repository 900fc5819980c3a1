"""A project and its verbs; each face calls them and says what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from mm_engine.project.belongings import Belongings

if TYPE_CHECKING:
    from mm_engine.model.schema import Schema
    from mm_engine.operations import Operation
    from mm_engine.project.changes import Changes
    from mm_engine.project.checking import Checked
    from mm_engine.project.drafts import Draft
    from mm_engine.project.drifting import Against, Drifted
    from mm_engine.project.inspecting import Inspected
    from mm_engine.project.running import Run, Status, Terms
    from mm_engine.project.settling import Repair
    from mm_engine.project.starting import Begun
    from mm_engine.project.telling import Choice, Shown
    from mm_engine.questions.question import Questioner
    from mm_engine.questions.renames import RenameFlags
    from mm_engine.runner.log import Verdict
    from mm_engine.runner.plan import Step
    from mm_engine.runner.session import Connectable
    from mm_engine.runner.unfinished import Unfinished


@attrs.frozen
class Project(Belongings):
    """Schema files, migrations and settings that belong together; and the verbs."""

    def draft(
        self,
        *,
        name: str | None = None,
        questioner: Questioner | None = None,
        renames: RenameFlags | None = None,
    ) -> Draft | None:
        """A migration for what changed in the schema files; None if nothing did.

        Nothing is written. Raises ``OpenQuestionsError`` for questions that the
        questioner has no answer to.
        """
        from mm_engine.project import making

        return making.draft(self, name=name, questioner=questioner, renames=renames)

    def redraft(
        self,
        *,
        name: str | None = None,
        questioner: Questioner | None = None,
        renames: RenameFlags | None = None,
    ) -> Draft | None:
        """The last migration made again; None if it is not needed any more."""
        from mm_engine.project import making

        return making.redraft(self, name=name, questioner=questioner, renames=renames)

    def empty(self, *, name: str | None = None) -> Draft:
        """A migration without operations, to be filled in by hand."""
        from mm_engine.project import making

        return making.empty(self, name=name)

    def merge(
        self, *, name: str | None = None, questioner: Questioner | None = None
    ) -> Draft:
        """A migration that brings the branches together."""
        from mm_engine.project import making

        return making.merge(self, name=name, questioner=questioner)

    def squash(
        self, first: str | None, last: str | None, *, name: str | None = None
    ) -> Draft:
        """One migration in the place of several that follow each other."""
        from mm_engine.project import making

        return making.squash(self, first, last, name=name)

    def write(self, draft: Draft) -> tuple[Path, ...]:
        """Write a draft into the folder of migrations; gives the paths of its files."""
        from mm_engine.project.drafts import write

        return write(self, draft)

    def make(
        self,
        *,
        name: str | None = None,
        questioner: Questioner | None = None,
        renames: RenameFlags | None = None,
    ) -> tuple[Path, ...]:
        """Write a migration for what changed in the schema files, if anything did."""
        drafted = self.draft(name=name, questioner=questioner, renames=renames)
        return () if drafted is None else self.write(drafted)

    def schema_diff(self) -> Changes:
        """What the schema files say beyond the migrations, with nothing asked."""
        from mm_engine.project.changes import changes

        return changes(self)

    def current_state(self) -> Schema:
        """The schema that the migrations add up to."""
        return self.graph().schema()

    def drift(
        self,
        source: Connectable | None = None,
        *,
        against: Against | None = None,
        ignore: Sequence[str] = (),
    ) -> Drifted:
        """What a database holds beyond what its migrations add up to.

        ``source`` is an engine or a connection of the caller's instead of the
        configured database. ``ignore`` are patterns of names of tables, besides those
        in the settings. Nothing is changed in the database.
        """
        from mm_engine.project import drifting

        return drifting.drifted(
            self, source, against=against or drifting.Against.APPLIED, ignore=ignore
        )

    def take_over(
        self,
        drifted: Drifted,
        *,
        name: str | None = None,
        questioner: Questioner | None = None,
    ) -> Draft | None:
        """A migration of what was done by hand; None if nothing was.

        Nothing is written. On the database that drifted it has to be faked.
        """
        from mm_engine.project import settling

        return settling.taken_over(self, drifted, name=name, questioner=questioner)

    def repair(
        self,
        drifted: Drifted,
        source: Connectable | None = None,
        *,
        questioner: Questioner | None = None,
    ) -> Repair | None:
        """SQL that undoes what was done by hand; None if nothing was. It is not run."""
        from mm_engine.project import settling

        return settling.repair(self, drifted, source, questioner=questioner)

    def inspect(
        self,
        source: Connectable | None = None,
        *,
        tables: Sequence[str] = (),
        exclude: Sequence[str] = (),
        namespaces: Sequence[str] = (),
    ) -> Inspected:
        """A database read as a schema; ``tables`` and ``exclude`` are patterns.

        ``namespaces`` are read besides the one of unqualified names.
        """
        from mm_engine.project import inspecting

        return inspecting.inspected(
            self, source, tables=tables, exclude=exclude, namespaces=namespaces
        )

    def check(
        self, *, is_drift_wanted: bool = False, must_be_portable: bool = False
    ) -> Checked:
        """What does not agree: schema files, migrations, history; and the database.

        Where it must be portable, also what some configured database cannot be told.
        """
        from mm_engine.project.checking import check

        return check(
            self, is_drift_wanted=is_drift_wanted, must_be_portable=must_be_portable
        )

    def migrate(
        self,
        source: Connectable | None = None,
        *,
        to: str | None = None,
        is_review_allowed: bool = False,
        terms: Terms | None = None,
    ) -> Run:
        """Apply what is pending, or what a target needs.

        ``source`` is an engine or a connection of the caller's; a transaction that is
        open on it stays the caller's to commit. Without it the configured database is
        migrated.
        """
        from mm_engine.project import running

        return running.migrate(
            self,
            source,
            to=to,
            is_review_allowed=is_review_allowed,
            terms=terms or running.Terms(),
        )

    def rollback(
        self,
        source: Connectable | None = None,
        *,
        to: str | None = None,
        steps: int | None = None,
        terms: Terms | None = None,
    ) -> Run:
        """Undo the last migration, some more, or all that came after a target."""
        from mm_engine.project import running

        return running.rollback(
            self, source, to=to, steps=steps, terms=terms or running.Terms()
        )

    def resume(
        self,
        verdict: Verdict | None = None,
        source: Connectable | None = None,
        *,
        terms: Terms | None = None,
    ) -> Run:
        """Go on with the migration that was begun and not finished.

        The verdict is about the statement that it stopped at. Raises ``UsageError``
        where nothing is unfinished.
        """
        from mm_engine.project import running

        return running.resume(self, source, verdict, terms=terms or running.Terms())

    def forget(self, *, terms: Terms | None = None) -> Unfinished:
        """Take what is unfinished out of the journal, and give what it was."""
        from mm_engine.project import running

        return running.forget(self, terms=terms or running.Terms())

    def plan(self, to: str | None = None) -> tuple[Step, ...]:
        """What ``migrate`` would run now."""
        from mm_engine.project import running

        return running.plan(self, to)

    def plan_back(
        self, *, to: str | None = None, steps: int | None = None
    ) -> tuple[Step, ...]:
        """What ``rollback`` would undo now."""
        from mm_engine.project import running

        return running.plan_back(self, to=to, steps=steps)

    def status(self) -> Status:
        """How every migration stands on the configured database."""
        from mm_engine.project import running

        return running.status(self)

    def fake(
        self,
        names: Sequence[str] | None = None,
        *,
        is_blind: bool = False,
        terms: Terms | None = None,
    ) -> tuple[str, ...]:
        """Record migrations as applied without running them; all if none is named."""
        from mm_engine.project import running

        return running.fake(
            self, names, is_blind=is_blind, terms=terms or running.Terms()
        )

    def unfake(
        self, names: Sequence[str], *, terms: Terms | None = None
    ) -> tuple[str, ...]:
        """Take the records of faked migrations out again."""
        from mm_engine.project import running

        return running.unfake(self, names, terms=terms or running.Terms())

    def showsql(
        self,
        choice: Choice | None = None,
        *,
        database_type: str | None = None,
        is_down: bool = False,
    ) -> Shown:
        """The SQL of migrations; what is pending, or all, if nothing is chosen."""
        from mm_engine.project import telling

        return telling.showsql(
            self,
            choice or telling.Choice(),
            database_type=database_type,
            is_down=is_down,
        )

    def dump_sql(
        self, *, database_type: str | None = None, is_pending: bool = False
    ) -> str:
        """The schema of the files as SQL for an empty database."""
        from mm_engine.project import telling

        return telling.schema_sql(
            self, database_type=database_type, is_pending=is_pending
        )

    def preview(self, operation: Operation, before: Schema) -> str | None:
        """What one operation would run; None where no database can be told."""
        from mm_engine.project import telling

        return telling.preview(self, operation, before)

    def begin(
        self, database_type: str = "sqlite", *, is_for_nox: bool = False
    ) -> Begun:
        """Make folders, settings and an example schema where there are none."""
        from mm_engine.project.starting import begin

        return begin(self.config, database_type, is_for_nox=is_for_nox)
