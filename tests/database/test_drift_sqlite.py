"""A live SQLite database against the schema that its migrations add up to."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given, reject

from hand_changes import BASE, Edit, HandChange, cases, missing
from live_sqlite import Live
from mm_engine.diff import diff
from mm_engine.errors import UnsupportedError
from mm_engine.introspect import Drift, drift
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Table
from mm_engine.model.types import Integer, Text
from mm_engine.operations import AddField, DropField
from strategies import SchemaPair, schema_pairs

pytestmark = pytest.mark.database("sqlite")


def drift_of(live: Live) -> Drift:
    """The drift of a database in memory from what we believe it to be."""
    engine = sa.create_engine(
        "sqlite://", creator=lambda: live.connection, poolclass=sa.pool.StaticPool
    )
    with engine.connect() as connection:
        return drift(connection, live.schema, live.dialect)


@given(schema_pairs())
def test_a_schema_grown_through_migrations_has_not_drifted(pair: SchemaPair) -> None:
    operations = diff(pair.before, pair.after, pair.renames)
    live = Live()
    try:
        live.up(diff(Schema(), pair.before))
    except UnsupportedError:
        reject()
    assert drift_of(live).operations == ()
    try:
        live.up(operations)
    except UnsupportedError:
        reject()
    assert drift_of(live).operations == ()
    live.down(operations, pair.before)
    assert drift_of(live).operations == ()


def test_a_column_added_by_hand_is_one_operation() -> None:
    live = Live.of(Schema.of(Table("a", [Field("id", Integer())])))
    live.sql("ALTER TABLE a ADD COLUMN b TEXT")
    found = drift_of(live)
    assert found.operations == (AddField("a", Field("b", Text())),)
    assert found.repair == (DropField("a", "b"),)


def test_every_attribute_has_a_change_by_hand_or_a_reason() -> None:
    assert missing("sqlite") == []


@pytest.mark.parametrize("change", cases("sqlite"), ids=str)
def test_a_change_by_hand_is_told_by_itself_and_can_be_repaired(
    change: HandChange,
) -> None:
    live = Live.of(BASE)
    for sql in change.sql["sqlite"]:
        by_hand(live, sql)
    found = drift_of(live)
    assert found.operations == diff(BASE, change.after, change.renames)
    assert len({operation.subject() for operation in found.operations}) == 1
    live.schema = found.live
    live.up(found.repair)
    live.schema = BASE
    assert drift_of(live).operations == ()


def by_hand(live: Live, sql: str | Edit) -> None:
    """One change as somebody makes it who knows SQLite, but not us."""
    if isinstance(sql, str):
        live.sql(sql)
        return
    [text], *others = live.sql(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"
        f" AND tbl_name = '{sql.table}' ORDER BY type = 'table' DESC"
    )
    edited = str(text).replace(sql.old, sql.new)
    assert edited != text
    live.sql("PRAGMA foreign_keys=OFF")
    live.sql(f"DROP TABLE {sql.table}")
    for made in (edited, *(str(other) for [other] in others)):
        live.sql(made)
    live.sql("PRAGMA foreign_keys=ON")
