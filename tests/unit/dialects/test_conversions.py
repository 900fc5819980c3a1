"""Values through a change of type: each survives, or the step stops and counts."""

from __future__ import annotations

import pytest

from live_sqlite import Live, UnexpectedRowsError
from mm_engine import operations as ops
from mm_engine.errors import UnsupportedError
from mm_engine.model import types as t
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Options, Table
from mm_engine.model.types import FieldType

pytestmark = pytest.mark.database("sqlite")

AS_TEXT: Options = {"sqlite": {"decimal": "text"}}


def turned(old: Field, new: Field, *values: object) -> list[tuple[object, object]]:
    """What values become, each with the class it is stored in."""
    live = Live()
    live.up([ops.CreateEnum(Enum("mood", ["glad", "it's"]))])
    live.up([ops.CreateTable.of(Table("things", [old]))])
    for value in (*values, None):
        live.connection.execute("INSERT INTO things VALUES (?)", (value,))
    live.up([ops.AlterField("things", new)])
    *found, nothing = live.sql("SELECT x, typeof(x) FROM things")
    assert nothing == (None, "null")
    return [(value, kind) for value, kind in found]


def field(type_: FieldType) -> Field:
    return Field("x", type_)


@pytest.mark.parametrize(
    ("old", "value", "new", "expected"),
    [
        (t.Text(), "007", t.Integer(), 7),
        (t.Varchar(9), "1.50", t.Decimal(5, 2), 1.5),
        (t.Text(), "1e3", t.Double(), 1000.0),
        (t.Text(), "Yes", t.Boolean(), 1),
        (t.Text(), "2024-02-29", t.Date(), "2024-02-29"),
        (t.Text(), "12:30:00", t.Time(), "12:30:00"),
        (t.Text(), "2024-02-29T12:30", t.Timestamp(), "2024-02-29T12:30"),
        (t.Text(), "[1]", t.Json(), "[1]"),
        (t.Text(), "[1]", t.Array(t.Integer()), "[1]"),
        (t.Text(), "ab" * 16, t.Uuid(), "ab" * 16),
        (t.Text(), "it's", t.EnumOf("mood"), "it's"),
        (t.Integer(), 7, t.Text(), "7"),
        (t.Integer(), 7, t.Double(), 7.0),
        (t.Integer(), 7, t.Decimal(5, 2), 7),
        (t.Integer(), 1, t.Boolean(), 1),
        (t.BigInt(), 7, t.SmallInt(), 7),
        (t.Double(), 7.0, t.Integer(), 7),
        (t.Double(), 0.5, t.Text(), "0.5"),
        (t.Decimal(5, 2), 1.5, t.Text(), "1.50"),
        (t.Decimal(5, 2), 1.5, t.Decimal(5, 1), 1.5),
        (t.Decimal(5, 2), 3, t.Integer(), 3),
        (t.Boolean(), 0, t.Text(), "false"),
        (t.Boolean(), 1, t.Integer(), 1),
        (t.Date(), "2024-02-29", t.Timestamp(), "2024-02-29 00:00:00"),
        (t.Timestamp(), "2024-02-29 00:00:00.000", t.Date(), "2024-02-29"),
        (t.Timestamp(), "2024-02-29 12:30:00", t.TimestampTZ(), "2024-02-29 12:30:00"),
        (t.Uuid(), "ab" * 16, t.Text(), "ab" * 16),
        (t.EnumOf("mood"), "glad", t.Varchar(20), "glad"),
        (t.Jsonb(), "[1.10]", t.Json(), "[1.10]"),
    ],
)
def test_a_value_survives(
    old: FieldType, value: object, new: FieldType, expected: object
) -> None:
    kinds: dict[type, str] = {int: "integer", float: "real", str: "text"}
    found = turned(field(old), field(new), value)
    assert found == [(expected, kinds[type(expected)])]


@pytest.mark.parametrize(
    ("old", "value", "new"),
    [
        (t.Text(), "abc", t.Integer()),
        (t.Text(), "", t.Integer()),
        (t.Text(), "1.5", t.Integer()),
        (t.Text(), "99999999999999999999", t.BigInt()),
        (t.Text(), "1.505", t.Decimal(5, 2)),
        (t.Text(), "12345", t.Decimal(5, 2)),
        (t.Text(), "maybe", t.Boolean()),
        (t.Text(), "20240229", t.Date()),
        (t.Text(), "2024-02-31x", t.Date()),
        (t.Text(), "noon", t.Time()),
        (t.Text(), "2024", t.Timestamp()),
        (t.Text(), "{", t.Json()),
        (t.Text(), "{}", t.Array(t.Text())),
        (t.Text(), "xyz", t.Uuid()),
        (t.Text(), "sad", t.EnumOf("mood")),
        (t.Double(), 0.5, t.Integer()),
        (t.Double(), 0.123, t.Decimal(5, 2)),
        (t.Decimal(5, 2), 1.25, t.Decimal(5, 1)),
        (t.Decimal(8, 2), 12345.5, t.Decimal(5, 2)),
        (t.Integer(), 7, t.Boolean()),
        (t.BigInt(), 2**60 + 1, t.Double()),
        (t.Timestamp(), "2024-02-29 12:30:00", t.Date()),
    ],
)
def test_a_value_that_does_not_survive_stops_the_step_and_is_counted(
    old: FieldType, value: object, new: FieldType
) -> None:
    with pytest.raises(UnexpectedRowsError, match="holds values") as caught:
        turned(field(old), field(new), value, value)
    assert caught.value.found == [(2,)]
    assert "convert=" in str(caught.value.expect.hint)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (t.Bytes(), t.Text()),
        (t.Text(), t.Bytes()),
        (t.Time(), t.Date()),
        (t.Uuid(), t.Integer()),
        (t.Json(), t.Double()),
        (t.Date(), t.Decimal(5, 2)),
        (t.Interval(), t.Bytes()),
        (t.Integer(), t.Uuid()),
        (t.Date(), t.Boolean()),
        (t.Boolean(), t.Time()),
    ],
)
def test_a_change_that_nobody_could_guess_says_the_way_out(
    old: FieldType, new: FieldType
) -> None:
    with pytest.raises(UnsupportedError, match=r'convert=."sqlite"'):
        turned(field(old), field(new))


def test_what_is_said_wins_over_what_could_be_guessed() -> None:
    live = Live.of(Schema.of(Table("things", [field(t.Text())])))
    live.sql("INSERT INTO things VALUES ('many')")
    new = ops.AlterField(
        "things", field(t.Integer()), convert={"sqlite": ("length(x)", "'x' || x")}
    )
    before = live.schema
    live.up([new])
    assert live.sql("SELECT x FROM things") == [(4,)]
    live.down([new], before)
    assert live.sql("SELECT x FROM things") == [("x4",)]


@pytest.mark.parametrize(
    ("value", "precision", "scale", "expected"),
    [
        ("123456789012345678.5000", 22, 2, "123456789012345678.50"),
        ("123456789012345678.5000", 30, 6, "123456789012345678.500000"),
        ("-3.0000", 20, 0, "-3"),
    ],
)
def test_digits_kept_as_text_stay_exact(
    value: str, precision: int, scale: int, expected: str
) -> None:
    old = Field("x", t.Decimal(24, 4), options=AS_TEXT)
    new = Field("x", t.Decimal(precision, scale), options=AS_TEXT)
    assert turned(old, new, value) == [(expected, "text")]


@pytest.mark.parametrize(("precision", "scale"), [(22, 2), (17, 4)])
def test_digits_that_would_be_cut_off_stop_the_step(precision: int, scale: int) -> None:
    old = Field("x", t.Decimal(24, 4), options=AS_TEXT)
    new = Field("x", t.Decimal(precision, scale), options=AS_TEXT)
    with pytest.raises(UnexpectedRowsError):
        turned(old, new, "12345678901234.5678")


def test_numbers_become_digits_and_digits_numbers() -> None:
    number = field(t.Decimal(10, 2))
    digits = Field("x", t.Decimal(20, 4), options=AS_TEXT)
    assert turned(number, digits, 1.5, 3) == [("1.5000", "text"), ("3.0000", "text")]
    assert turned(digits, number, "1.5000", "3.0000") == [
        (1.5, "real"),
        (3, "integer"),
    ]
    assert turned(digits, field(t.BigInt()), "3.0000") == [(3, "integer")]
    assert turned(digits, field(t.Double()), "1.5000") == [(1.5, "real")]
    assert turned(field(t.Text()), digits, "-1.5000") == [("-1.5000", "text")]


@pytest.mark.parametrize("value", ["1.5", "1.50000", "1-5.0000", "1.5.0000", "x.0000"])
def test_a_text_that_is_not_written_as_we_write_decimals_stops(value: str) -> None:
    digits = Field("x", t.Decimal(20, 4), options=AS_TEXT)
    with pytest.raises(UnexpectedRowsError):
        turned(field(t.Text()), digits, value)


def test_what_only_sqlite_knows_is_left_as_it_is() -> None:
    own = field(t.Native({"sqlite": "BLOB"}))
    assert turned(own, field(t.Text()), "a") == [("a", "text")]
    assert turned(field(t.Text()), own, "a") == [("a", "text")]
