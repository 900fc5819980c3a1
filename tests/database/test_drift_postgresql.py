"""A live PostgreSQL database against the schema that its migrations add up to."""

from __future__ import annotations

import pytest
from psycopg.errors import SyntaxError as SaidWronglyError

from hand_changes import HandChange, missing
from live_postgresql import LivePostgreSQL
from looking import looking_at
from mm_engine import operations as ops
from mm_engine.introspect import Drift, drift
from postgresql_by_hand import BASE, CHANGES

pytestmark = pytest.mark.database("postgresql")


def found_in(live: LivePostgreSQL, *ignore: str) -> Drift:
    """The drift of what is there from what we believe to be there."""
    with looking_at(live) as connection:
        return drift(connection, live.schema, live.dialect, ignore=ignore)


def test_every_attribute_has_a_change_by_hand() -> None:
    assert missing(CHANGES) == []


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_change_by_hand_is_one_operation_and_can_be_repaired(
    change: HandChange, live_postgresql: LivePostgreSQL
) -> None:
    live = live_postgresql
    live.built(BASE)
    assert found_in(live).operations == ()
    [by_hand] = change.sql
    assert isinstance(by_hand, str)
    if "NULLS NOT DISTINCT" in by_hand and not live.dialect.features.nulls_not_distinct:
        with pytest.raises(SaidWronglyError):
            live.sql(by_hand)
        return
    live.sql(by_hand)
    found = found_in(live)
    assert found.operations == (change.told,)
    live.schema = found.live
    live.up(found.repair)
    live.schema = BASE
    assert found_in(live).operations == ()


def test_tables_and_enums_of_others_are_ignored(
    live_postgresql: LivePostgreSQL,
) -> None:
    live = live_postgresql
    live.built(BASE)
    live.sql("CREATE TYPE kind AS ENUM ('a', 'b')")
    live.sql("CREATE TABLE audit_log (kind kind, kinds kind[])")
    live.sql("CREATE TYPE audit_word AS ENUM ('a')")
    assert found_in(live, "audit_*").operations == ()
    live.sql("ALTER TABLE people ADD COLUMN kind kind")
    told = found_in(live, "audit_*").operations
    assert [type(operation) for operation in told] == [ops.CreateEnum, ops.AddField]
