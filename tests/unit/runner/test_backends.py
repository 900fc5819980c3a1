"""Each database has its backend, found by the name that is ours."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from mm_engine.runner.backend import Backend
from mm_engine.runner.backends import backend_of
from mm_engine.runner.mysql import MySQL
from mm_engine.runner.postgresql import PostgreSQL
from mm_engine.runner.sqlite import SQLite


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("sqlite://", SQLite),
        ("postgresql+psycopg://h/d", PostgreSQL),
        ("mysql+pymysql://h/d", MySQL),
        ("mariadb+pymysql://h/d", MySQL),
    ],
)
def test_a_backend_is_found_by_what_speaks(url: str, kind: type[Backend]) -> None:
    assert type(backend_of(sa.create_engine(url))) is kind


def test_a_backend_remembers_nothing_of_another_connection() -> None:
    engine = sa.create_engine("sqlite://")
    assert backend_of(engine) is not backend_of(engine)
