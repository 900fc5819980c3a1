"""Everything that is wrong with a schema is told at once."""

from __future__ import annotations

import attrs
import pytest

from mm_engine.errors import Position
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Field, Index, Table
from mm_engine.model.types import (
    Array,
    BigInt,
    Char,
    Decimal,
    EnumOf,
    FieldType,
    Integer,
    Native,
    Serial,
    Text,
    Varchar,
)
from mm_engine.model.validate import faults, problems
from mm_engine.model.values import Expression, Literal, Symbol

ID = Field("id", Serial(), nullable=False)
AT = Position("a.yaml", 3, 5)
PARENT = Table(
    "parents",
    [ID, Field("code", Varchar(5)), Field("a", Integer()), Field("b", Integer())],
    primary_key=PrimaryKey(("id",)),
    uniques=[Unique(("b", "a")), Unique(("b",), deferrable="deferred")],
    indexes=[
        Index(("code",), unique=True),
        Index(("a",), unique=True, where="a > 0"),
        Index((Expression("lower(b)"),), unique=True),
    ],
)


T = Table("t", [ID])


def told(table: Table) -> list[str]:
    """What is wrong with one table beside its parent."""
    return [problem.message for problem in problems(Schema.of(PARENT, table))]


def told_of(*fields: Field, key: ForeignKey | None = None) -> list[str]:
    """What is wrong with fields, and a key over them."""
    return told(Table("t", [ID, *fields], foreign_keys=[key] if key else []))


def test_a_schema_without_faults_has_no_problems() -> None:
    assert problems(Schema.of(PARENT)) == ()


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (Field("", Text()), "the name of a field is empty"),
        (Field("a\0", Text()), "the name of a field holds a NUL character, which ends"),
        (Field("id", Text()), 'field "id" is given twice'),
        (
            Field("x", Decimal(2, 3)),
            'field "x": the scale 3 is more than the precision',
        ),
        (Field("x", EnumOf("e")), 'there is no enum "e"'),
        (Field("x", Array(EnumOf("e"))), 'there is no enum "e"'),
        (Field("x", Native({})), 'field "x": a native type is empty'),
        (Field("x", Native({"sqlite": " "})), 'field "x": a native type is empty'),
        (Field("x", Native({"oracle": "x"})), 'unknown database "oracle"'),
        (
            Field("x", Native({"sqlite": "x"}, otherwise=Native({"mysql": "y"}))),
            'field "x": a native type instead of a native type',
        ),
        (Field("x", Integer(), default=Literal("a")), '"a" is no value of the type'),
        (Field("x", Integer(), default=Symbol("a")), 'no default is called "a"'),
        (Field("x", Integer(), default=Expression(" ")), 'the default of field "x" is'),
        (Field("x", Text(), auto_create=True), 'auto_create of "x" needs a field'),
        (Field("x", Text(), options={"oracle": {}}), 'unknown database "oracle"'),
    ],
)
def test_a_fault_of_a_field_is_told(field: Field, message: str) -> None:
    [told_message] = told_of(field)
    assert told_message.startswith(message)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (Table("a\nb", [ID]), "the name of a table holds a line break"),
        (Table("t", []), 'table "t" has no fields'),
        (attrs.evolve(T, primary_key=PrimaryKey(())), "the primary key has no fields"),
        (
            attrs.evolve(T, primary_key=PrimaryKey(("no",))),
            'the primary key names field "no", which is not there',
        ),
        (
            attrs.evolve(T, primary_key=PrimaryKey(("id", "id"))),
            'the primary key names field "id" twice',
        ),
        (attrs.evolve(T, uniques=[Unique(())]), "a unique constraint has no fields"),
        (attrs.evolve(T, indexes=[Index(())]), "an index has no fields"),
        (
            attrs.evolve(T, indexes=[Index((Desc("no"),), name="i")]),
            'index "i" names field "no", which is not there',
        ),
        (
            attrs.evolve(T, indexes=[Index((Expression(""),))]),
            "an index has an empty expression",
        ),
        (
            attrs.evolve(T, indexes=[Index(("id",), name="\t")]),
            'the name of index "\t" is nothing but blanks',
        ),
        (
            attrs.evolve(T, indexes=[Index(("id",), name="i", include=["no"])]),
            'index "i" names field "no", which is not there',
        ),
        (
            attrs.evolve(T, indexes=[Index(("id",), name="i", include=["id"])]),
            'index "i" includes field "id" twice',
        ),
        (
            attrs.evolve(T, indexes=[Index(("id",), nulls_not_distinct=True)]),
            "an index is not unique, so nulls_not_distinct means nothing",
        ),
        (attrs.evolve(T, checks=[Check(" ", name="c")]), 'check "c" has no condition'),
        (
            attrs.evolve(
                T,
                indexes=[Index(("id",), name="n")],
                uniques=[Unique(("id",), name="n")],
            ),
            'unique constraint "n" is given twice',
        ),
        (
            attrs.evolve(
                T, checks=[Check("x", name="n")], uniques=[Unique(("id",), name="n")]
            ),
            'check "n" is given twice',
        ),
        (attrs.evolve(T, options={"oracle": {}}), 'unknown database "oracle"'),
    ],
)
def test_a_fault_of_a_table_is_told(table: Table, message: str) -> None:
    assert told(table) == [message]


def test_a_key_and_the_index_below_it_may_share_a_name() -> None:
    table = Table(
        "t",
        [ID, Field("p", Integer())],
        indexes=[Index(("p",), name="n")],
        foreign_keys=[ForeignKey(("p",), "parents", references=("id",), name="n")],
    )
    assert told(table) == []


def test_a_field_of_the_primary_key_is_required() -> None:
    table = Table("t", [Field("x", Text())], primary_key=PrimaryKey(("x",)))
    assert told(table) == ['field "x" of the primary key cannot be null']


@pytest.mark.parametrize(
    ("fields", "references"),
    [(("p",), ("id",)), (("c",), ("code",)), (("x", "y"), ("a", "b"))],
)
def test_any_key_can_be_referred_to(
    fields: tuple[str, ...], references: tuple[str, ...]
) -> None:
    key = ForeignKey(fields, "parents", references=references)
    types: list[tuple[str, FieldType]] = [
        ("p", Integer()),
        ("c", Char(9)),
        ("x", Integer()),
        ("y", Integer()),
    ]
    assert told_of(*(Field(name, type_) for name, type_ in types), key=key) == []


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (
            ForeignKey(("x",), "parent", references=("id",)),
            'there is no table "parent"',
        ),
        (
            ForeignKey(("x",), "parents", references=("nope",)),
            'table "parents" has no field "nope"',
        ),
        (
            ForeignKey(("x",), "parents", references=("a",)),
            '"parents" has no primary key or unique constraint over a',
        ),
        (
            ForeignKey(("x",), "parents", references=("b",)),
            '"parents" has no primary key or unique constraint over b',
        ),
        (
            ForeignKey(("x", "id"), "parents", references=("id",)),
            '2 fields cannot refer to 1 field of "parents"',
        ),
        (
            ForeignKey(("big",), "parents", references=("id",)),
            'field "big" is bigint, but "parents.id" is serial',
        ),
        (
            ForeignKey(("must",), "parents", references=("id",), on_delete="SET NULL"),
            'on_delete SET NULL, but field "must" cannot be null',
        ),
        (
            ForeignKey(("no",), "parents", references=("id",)),
            'a foreign key names field "no", which is not there',
        ),
    ],
)
def test_a_fault_of_a_foreign_key_is_told(key: ForeignKey, message: str) -> None:
    fields = (
        Field("x", Integer()),
        Field("big", BigInt()),
        Field("must", Integer(), nullable=False),
    )
    assert told_of(*fields, key=key) == [message]


def test_faults_of_enums_and_settings_are_told() -> None:
    schema = Schema(
        enums={"e": Enum("e", ()), "f": Enum("f", ("a", "a"))},
        defaults={"oracle": {"now": "x"}},
        type_mappings={"mysql": {"decimal": "N({scala})", "money": "x"}},
    )
    assert [problem.message for problem in problems(schema)] == [
        'enum "e" has no values',
        'enum "f" has the value "a" twice',
        'unknown database "oracle"',
        '"{scala}" is nothing that decimal has',
        'unknown type "money"',
    ]


def test_a_problem_has_the_place_of_its_part_and_the_nearest_name() -> None:
    table = Table("t", [ID], indexes=[Index(("idd",), name="i", at=AT)])
    [problem] = problems(Schema.of(table))
    [fault] = faults(Schema.of(table))
    assert (problem.at, problem.hint, fault.word) == (AT, 'did you mean "id"?', "idd")


def test_of_two_parts_with_one_name_the_first_is_named() -> None:
    first, again = (
        attrs.evolve(ID, at=AT),
        attrs.evolve(ID, at=Position("a.yaml", 9, 1)),
    )
    [problem] = problems(Schema.of(Table("t", [first, again])))
    assert (problem.at, problem.hint) == (again.at, "first given at 3:5")
