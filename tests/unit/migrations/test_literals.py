from __future__ import annotations

import datetime as dt
import decimal
import enum
import math
import uuid
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mm_engine.errors import MigrationFileError
from mm_engine.migrations.layout import lines
from mm_engine.migrations.literals import MODULES, block_literal, literal, modules

NAMES = {"dt": dt, "decimal": decimal, "uuid": uuid, "zoneinfo": zoneinfo}

MOMENTS = st.datetimes(timezones=st.none() | st.timezones()) | st.builds(
    lambda moment, minutes: moment.replace(
        tzinfo=dt.timezone(dt.timedelta(minutes=minutes))
    ),
    st.datetimes(),
    st.integers(-1439, 1439),
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.decimals(allow_nan=False),
    st.text(),
    st.binary(),
    MOMENTS,
    st.dates(),
    st.times(),
    st.uuids(),
)


def text_of(value: object) -> str:
    return "\n".join(lines(literal(value), "", "", 0))


@given(VALUES)
def test_a_literal_gives_the_value_back(value: object) -> None:
    names = {name: NAMES[name] for name in modules(literal(value))}
    found: object = eval(text_of(value), dict(names))
    assert found == value
    assert type(found) is type(value)
    assert repr(found) == repr(value)


def test_not_a_number_is_still_not_a_number() -> None:
    found = eval(text_of(math.nan))
    assert math.isnan(found)
    assert text_of(decimal.Decimal("sNaN")) == 'decimal.Decimal("sNaN")'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e16, "1e16"),
        (-math.inf, 'float("-inf")'),
        ('say "hi"', "'say \"hi\"'"),
        (b"it's", 'b"it\'s"'),
        (dt.datetime(2024, 1, 2, 3, 4), "dt.datetime(2024, 1, 2, 3, 4)"),  # noqa: DTZ001 (such a value is written too)
        (dt.time(3, 4, 5, tzinfo=dt.UTC), "dt.time(3, 4, 5, tzinfo=dt.UTC)"),
        (
            dt.time(1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2), "X")),
            'dt.time(1, 2, tzinfo=dt.timezone(dt.timedelta(seconds=7200), "X"))',
        ),
    ],
)
def test_a_literal_is_written_as_formatters_write_it(value: object, text: str) -> None:
    assert text_of(value) == text


def test_a_value_of_a_subclass_is_written_as_its_base() -> None:
    class Colour(enum.StrEnum):
        RED = "red"

    class Size(enum.IntEnum):
        BIG = 3

    assert (text_of(Colour.RED), text_of(Size.BIG)) == ('"red"', "3")


class Odd(dt.tzinfo):
    """A zone of somebody's own."""

    def utcoffset(self, _: dt.datetime | None, /) -> None:
        return None

    def dst(self, _: dt.datetime | None, /) -> None:
        return None

    def tzname(self, _: dt.datetime | None, /) -> None:
        return None


@pytest.mark.parametrize("value", [{1}, 1j, dt.time(1, tzinfo=Odd())])
def test_what_has_no_literal_is_refused(value: object) -> None:
    with pytest.raises(MigrationFileError, match="a migration file cannot hold"):
        literal(value)


@given(st.text("ab '\"\\\n\t\r é\u2028", max_size=40))
def test_a_block_gives_the_text_back(text: str) -> None:
    block = block_literal(text)
    assert block is None or eval(block) == text


@pytest.mark.parametrize(
    "text",
    [
        "one line",
        "one line\n",
        "blank at the end \nof a line",
        "a\r\nb",
        "a\n\\b",
        'a\n"""b',
        'a\nb"',
        "a\n\0b",
    ],
)
def test_a_text_that_an_editor_would_change_is_no_block(text: str) -> None:
    assert block_literal(text) is None


def test_the_imports_are_sorted_as_isort_does() -> None:
    by_module = sorted(MODULES.values(), key=lambda line: line.split()[1])
    assert list(MODULES.values()) == by_module
