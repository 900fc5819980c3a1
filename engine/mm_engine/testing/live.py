"""What any dialect promises of a live database, with rows in the tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import ClassVar

import attrs
import pytest

import mm_engine as mm
from mm_engine.dialects.features import Transactions
from mm_engine.errors import LockError, RunError, UnfinishedError, UnsupportedError
from mm_engine.introspect.drift import drift
from mm_engine.introspect.reader import readable
from mm_engine.model.databases import brought
from mm_engine.testing.cells import Cell, sample_for
from mm_engine.testing.database import LiveDatabase
from mm_engine.testing.holding import another_migrator, holding
from mm_engine.testing.parts import Scenario
from mm_engine.testing.samples import SAMPLES, Sample
from mm_engine.testing.scenarios import SCENARIOS
from mm_engine.testing.steps import loses_rows

ON_EACH_TYPE = (
    "CreateTable",
    "AddField with a default",
    "AlterField to text",
    "UpsertData",
)
"""The scenarios that are tried on every type; the others on one."""

CHOSEN = tuple(
    (scenario, sample)
    for scenario in SCENARIOS
    if scenario.operation is not mm.RestoreData  # undoes an upsert; no file holds it
    for sample in (SAMPLES if scenario.name in ON_EACH_TYPE else SAMPLES[:1])
)
"""What is tried live, so that it takes seconds where opening a database takes little.

What differs by operation and type at once is told offline, all of it.
"""


class LiveSuite:
    """Tests on a real database; a subclass says which it is, and gives a ``url``."""

    database: ClassVar[str]
    """The name that its entry point has, and schema files have for it."""

    @pytest.fixture
    def url(self) -> str:
        """The URL of an empty database, a new one for each test; overridden."""
        raise NotImplementedError("override the fixture url: an empty database a test")

    @pytest.fixture
    def live(self, url: str, tmp_path: Path) -> Iterator[LiveDatabase]:
        """That database, open."""
        with LiveDatabase.opened(url, self.database, tmp_path) as opened:
            yield opened

    @pytest.mark.parametrize(
        ("scenario", "sample"),
        CHOSEN,
        ids=lambda part: part.name,
    )
    def test_it_goes_up_down_and_up_with_rows(
        self, scenario: Scenario, sample: Sample, live: LiveDatabase
    ) -> None:
        """An operation, its undoing and again; what is refused has done nothing."""
        cell = Cell(scenario, sample_for(sample, self.database), self.database)
        is_refused = "error" in cell.said()
        with pytest.raises(UnsupportedError) if is_refused else nullcontext():
            cell.fill(live)
            _there_and_back(live, cell)
        live.migrations = [
            each for each in live.migrations if each.name in live.history
        ]
        live.down(len(live.migrations))
        assert live.tables() == []

    def test_what_migrations_made_is_no_drift(self, live: LiveDatabase) -> None:
        """Where it is read at all; a dialect without ``READER`` says that it is not."""
        for sample in SAMPLES:
            cell = Cell(SCENARIOS[0], sample_for(sample, self.database), self.database)
            if "error" not in cell.said() and not cell.sample.counts:
                table = _keyed(cell.sample.table(), f"t{len(live.migrations)}")
                enums = [] if live.schema.enums else cell.schema.enums.values()
                live.up([*map(mm.CreateEnum, enums), mm.CreateTable.of(table)])
        assert live.tables()
        connection = live.session.connection
        if self.database in readable() or brought(self.database, "READER"):
            assert drift(connection, live.schema, live.dialect).operations == ()
            return
        with pytest.raises(UnsupportedError) as refused:
            drift(connection, live.schema, live.dialect)
        assert refused.value.hint

    def test_a_second_migrator_is_kept_out(self, url: str, tmp_path: Path) -> None:
        """While one is in the middle of a migration, another says that it waited."""
        with another_migrator(url, self.database, tmp_path):
            with pytest.raises(LockError) as lost:
                _hold(url, self.database, tmp_path, patience=0)
            assert lost.value.hint
        with LiveDatabase.opened(url, self.database, tmp_path) as live:
            assert live.history == ("0001_planned",)
        assert _hold(url, self.database, tmp_path, patience=10) == 0

    def test_the_history_is_kept(self, url: str, tmp_path: Path) -> None:
        """In the order of what was applied, for whoever opens the database next."""
        with LiveDatabase.opened(url, self.database, tmp_path) as live:
            for name in ("one", "two", "three"):
                live.up([_table(name)])
            migrations = live.migrations
        with LiveDatabase.opened(url, self.database, tmp_path) as live:
            live.migrations = migrations
            assert live.history == tuple(each.name for each in migrations)
            assert live.tables() == ["one", "three", "two"]
            assert live.up() == ()
            live.down()
            assert live.history == tuple(each.name for each in migrations[:-1])
            assert live.tables() == ["one", "two"]

    def test_a_statement_that_fails_leaves_nothing_or_is_in_the_journal(
        self, url: str, tmp_path: Path
    ) -> None:
        """As its ``Features`` say of transactions."""
        with LiveDatabase.opened(url, self.database, tmp_path) as live:
            live.up([_table("before")])
            with pytest.raises(RunError, match="0002_planned"):
                live.up([_table("after"), mm.RunSQL("SELECT x FROM not_there")])
            migrations = live.migrations
        with LiveDatabase.opened(url, self.database, tmp_path) as live:
            live.migrations = migrations
            assert live.history == ("0001_planned",)
            if live.dialect.features.transactional_ddl is Transactions.FULL:
                assert live.tables() == ["before"]
                return
            with pytest.raises(UnfinishedError, match="0002_planned"):
                live.up()


def _there_and_back(live: LiveDatabase, cell: Cell) -> None:
    operations = tuple(cell.scenario.made(cell.sample))
    before, rows, tables = live.schema, live.rows(), live.tables()
    live.up(operations)
    above, tables_above = live.rows(), live.tables()
    live.down()
    assert live.schema == before
    assert live.tables() == tables
    if not loses_rows(operations, before):
        assert live.rows() == rows
    live.up()
    assert live.tables() == tables_above
    if not loses_rows(operations, before):
        assert live.rows() == above


def _hold(url: str, database: str, root: Path, *, patience: float) -> int:
    """How many migrations it takes to hold the lock for a moment."""
    with LiveDatabase.opened(url, database, root, patience=patience) as live:
        return len(live.up(holding()))


def _table(name: str) -> mm.CreateTable:
    return mm.CreateTable(
        name,
        fields=[mm.Field("id", mm.Integer(), nullable=False)],
        primary_key=mm.PrimaryKey(["id"], name=f"{name}_pkey"),
    )


def _keyed(table: mm.Table, name: str) -> mm.Table:
    """A table whose key is called after it: names may be given only once."""
    key = mm.PrimaryKey(["id"], name=f"{name}_pkey")
    return attrs.evolve(table, name=name, primary_key=key)
