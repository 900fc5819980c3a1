from __future__ import annotations

import attrs
import pytest

from mm_engine.dialects.features import Features
from mm_engine.dialects.sqlite import SQLite
from mm_engine.errors import ConfigError


def test_no_fact_has_a_default() -> None:
    assert {fact.default for fact in attrs.fields(Features)} == {attrs.NOTHING}


def test_a_dialect_by_others_takes_the_facts_of_its_kin() -> None:
    facts = Features.like(SQLite.features, longest_name=30)
    assert facts == attrs.evolve(SQLite.features, longest_name=30)


def test_a_fact_that_nobody_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="longest_name"):
        Features.like(SQLite.features, longest_nam=30)
