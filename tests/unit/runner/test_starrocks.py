"""A job of StarRocks is waited for, and told as an error if it ended badly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

import pytest
import sqlalchemy as sa

from mm_engine.dialects.starrocks import JOB
from mm_engine.runner import starrocks
from mm_engine.runner.starrocks import JobError, StarRocks

ALTER = "ALTER TABLE `things` ADD COLUMN `a` INT NULL"


class Cluster:
    """Stands where a connection does, and says how far a job is."""

    def __init__(self, *states: str) -> None:
        self.states: Iterator[str] = iter(states)
        self.asked: list[str] = []

    def exec_driver_sql(self, sql: str) -> Cluster:
        """Take a question."""
        self.asked.append(sql)
        return self

    def mappings(self) -> Cluster:
        """Rows by the names of their columns."""
        return self

    def fetchone(self) -> Mapping[str, str] | None:
        """The next answer; none where there is no job."""
        state = next(self.states, None)
        return {"State": state, "Msg": "too wide"} if state else None


def settled(cluster: Cluster, sql: str) -> int:
    """How often it was asked until the statement's work was done."""
    StarRocks().settle(cast("sa.Connection", cluster), sql)
    return len(cluster.asked)


def test_a_job_is_asked_after_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starrocks, "PAUSE", 0)
    cluster = Cluster("PENDING", "RUNNING", "FINISHED")
    assert settled(cluster, f"{ALTER}{JOB}") == 3
    assert "TableName = 'things'" in cluster.asked[0]


@pytest.mark.parametrize(
    ("name", "asked"), [("a-b", "a-b"), ("d``e f", "d`e f"), ("o'k", r"o\'k")]
)
def test_a_job_on_a_table_of_any_name_is_waited_for(name: str, asked: str) -> None:
    cluster = Cluster("FINISHED")
    altered = ALTER.replace("things", name)
    assert settled(cluster, f"{altered}{JOB}") == 1
    assert f"TableName = '{asked}'" in cluster.asked[0]


def test_a_change_that_left_no_job_is_done() -> None:
    assert settled(Cluster(), f"{ALTER}{JOB}") == 1


def test_what_is_no_job_is_not_asked_after() -> None:
    assert settled(Cluster("RUNNING"), "ALTER TABLE `things` RENAME `others`") == 0


def test_a_job_that_ended_badly_says_why() -> None:
    with pytest.raises(JobError, match="too wide"):
        settled(Cluster("CANCELLED"), f"{ALTER}{JOB}")
