"""Indexes, constraints and foreign keys compared, and what shakes them."""

from __future__ import annotations

import attrs
import pytest

import mm_engine as mm
from mm_engine.diff import diff
from mm_engine.operations import Operation

FIELDS = [
    mm.Field("id", mm.Integer(), nullable=False),
    mm.Field("code", mm.Varchar(20)),
    mm.Field("size", mm.Integer()),
]
INDEX = mm.Index(["code"], name="ix")
UNIQUE = mm.Unique(["code"], name="uq")
CHECK = mm.Check("size > 0", name="ck")
PLAIN = mm.Table("t", FIELDS, primary_key=mm.PrimaryKey(["id"], name="t_pkey"))
REFERENCE = mm.ForeignKey(["parent"], "t", references=["id"], name="fk")
CHILD = mm.Table("child", [mm.Field("parent", mm.Integer())], foreign_keys=[REFERENCE])


def changes(before: mm.Schema, after: mm.Schema) -> tuple[Operation, ...]:
    operations = diff(before, after)
    for operation in operations:
        before = operation.apply(before)
    assert before == after
    return operations


def with_indexes(*indexes: mm.Index) -> mm.Schema:
    return mm.Schema.of(attrs.evolve(PLAIN, indexes=indexes))


def with_uniques(*uniques: mm.Unique) -> mm.Schema:
    return mm.Schema.of(attrs.evolve(PLAIN, uniques=uniques))


def with_checks(*checks: mm.Check) -> mm.Schema:
    return mm.Schema.of(attrs.evolve(PLAIN, checks=checks))


def with_key(*keys: mm.ForeignKey, parent: mm.Table = PLAIN) -> mm.Schema:
    return mm.Schema.of(parent, attrs.evolve(CHILD, foreign_keys=keys))


@pytest.mark.parametrize(
    "now",
    [
        mm.Index(["size"], name="ix"),
        mm.Index([mm.Desc("code")], name="ix"),
        mm.Index([mm.Expression("lower(code)")], name="ix"),
        mm.Index(["code", "size"], name="ix"),
        attrs.evolve(INDEX, unique=True),
        attrs.evolve(INDEX, method="hash"),
        attrs.evolve(INDEX, where="size > 0"),
        attrs.evolve(INDEX, include=["size"]),
        attrs.evolve(INDEX, options={"postgresql": {"fillfactor": "70"}}),
    ],
)
def test_a_changed_index_is_made_anew_under_its_name(now: mm.Index) -> None:
    assert changes(with_indexes(INDEX), with_indexes(now)) == (
        mm.DropIndex("t", "ix"),
        mm.AddIndex("t", now),
    )


def test_how_an_index_is_built_is_no_difference() -> None:
    wish = with_indexes(attrs.evolve(INDEX, concurrently=True))
    assert diff(with_indexes(INDEX), wish) == diff(wish, with_indexes(INDEX)) == ()
    [added] = diff(with_indexes(), wish)
    assert isinstance(added, mm.AddIndex)
    assert added.index.concurrently


def test_an_index_that_carries_a_field_goes_before_the_field() -> None:
    carrying = attrs.evolve(INDEX, include=["size"])
    after = mm.Schema.of(attrs.evolve(PLAIN, fields=FIELDS[:2], indexes=[INDEX]))
    assert changes(with_indexes(carrying), after) == (
        mm.DropIndex("t", "ix"),
        mm.DropField("t", "size"),
        mm.AddIndex("t", INDEX),
    )


def test_an_index_that_says_no_name_keeps_its_name_when_it_changes() -> None:
    after = with_indexes(mm.Index(["code"], unique=True))
    assert diff(with_indexes(INDEX), after) == (
        mm.DropIndex("t", "ix"),
        mm.AddIndex("t", attrs.evolve(INDEX, unique=True)),
    )


def test_changed_constraints_are_made_anew_under_their_names() -> None:
    unique = mm.Unique(["code", "size"], name="uq")
    assert changes(with_uniques(UNIQUE), with_uniques(unique)) == (
        mm.DropUnique("t", "uq"),
        mm.AddUnique("t", unique),
    )
    for other in (
        attrs.evolve(UNIQUE, nulls_not_distinct=True),
        attrs.evolve(UNIQUE, deferrable="immediate"),
    ):
        assert changes(with_uniques(UNIQUE), with_uniques(other)) == (
            mm.DropUnique("t", "uq"),
            mm.AddUnique("t", other),
        )
    check = mm.Check("size > 1", name="ck")
    assert changes(with_checks(CHECK), with_checks(check)) == (
        mm.DropCheck("t", "ck"),
        mm.AddCheck("t", check),
    )


@pytest.mark.parametrize(
    "now",
    [
        attrs.evolve(REFERENCE, on_delete="CASCADE"),
        attrs.evolve(REFERENCE, on_update="CASCADE"),
        attrs.evolve(REFERENCE, deferrable="deferred"),
        attrs.evolve(REFERENCE, fields=["other"]),
    ],
)
def test_a_changed_foreign_key_is_made_anew_under_its_name(now: mm.ForeignKey) -> None:
    fields = [*CHILD.fields, mm.Field("other", mm.Integer())]
    child = attrs.evolve(CHILD, fields=fields)
    before = mm.Schema.of(PLAIN, child)
    after = mm.Schema.of(PLAIN, attrs.evolve(child, foreign_keys=[now]))
    assert changes(before, after) == (
        mm.DropForeignKey("child", "fk"),
        mm.AddForeignKey("child", now),
    )


def test_the_same_shape_under_another_written_name_is_renamed() -> None:
    assert changes(
        with_indexes(INDEX), with_indexes(attrs.evolve(INDEX, name="new"))
    ) == (mm.RenameIndex("t", "ix", new="new"),)
    assert changes(
        with_uniques(UNIQUE), with_uniques(attrs.evolve(UNIQUE, name="new"))
    ) == (mm.RenameConstraint("t", "uq", new="new"),)
    assert changes(
        with_checks(CHECK), with_checks(attrs.evolve(CHECK, name="new"))
    ) == (mm.RenameConstraint("t", "ck", new="new"),)
    assert changes(
        with_key(REFERENCE), with_key(attrs.evolve(REFERENCE, name="new"))
    ) == (mm.RenameConstraint("child", "fk", new="new"),)


def test_a_name_that_another_constraint_leaves_is_not_given_by_renaming() -> None:
    before = mm.Schema.of(attrs.evolve(PLAIN, uniques=[UNIQUE], checks=[CHECK]))
    after = with_uniques(attrs.evolve(UNIQUE, name="ck"))
    assert changes(before, after) == (
        mm.DropCheck("t", "ck"),
        mm.DropUnique("t", "uq"),
        mm.AddUnique("t", attrs.evolve(UNIQUE, name="ck")),
    )


def test_a_name_written_elsewhere_is_not_taken_over() -> None:
    after = mm.Schema.of(
        attrs.evolve(
            PLAIN,
            uniques=[mm.Unique(["code"])],
            checks=[mm.Check("size > 0", name="uq")],
        )
    )
    assert diff(with_uniques(UNIQUE), after) == (
        mm.RenameConstraint("t", "uq", new="uq_t_code"),
        mm.AddCheck("t", mm.Check("size > 0", name="uq")),
    )


def test_quotes_around_a_name_make_no_difference() -> None:
    after = mm.Schema.of(
        attrs.evolve(
            PLAIN,
            checks=[mm.Check('"size" > 0', name="ck")],
            indexes=[mm.Index(["code"], name="ix", where="`size` > 0")],
        )
    )
    before = mm.Schema.of(
        attrs.evolve(
            PLAIN,
            checks=[CHECK],
            indexes=[mm.Index(["code"], name="ix", where="size > 0")],
        )
    )
    assert diff(before, after) == ()


def test_a_part_whose_words_may_name_a_field_that_goes_is_made_anew() -> None:
    """``date`` is a type here, but only the database knows that."""
    date = mm.Field("date", mm.Date())
    check = mm.Check("code > date '2024-01-01'", name="ck")
    index = mm.Index(["code"], name="ix", where="code > date '2024-01-01'")
    with_date = attrs.evolve(
        PLAIN, fields=[*FIELDS, date], checks=[check], indexes=[index]
    )
    after = attrs.evolve(with_date, fields=FIELDS)
    assert changes(mm.Schema.of(with_date), mm.Schema.of(after)) == (
        mm.DropCheck("t", "ck"),
        mm.DropIndex("t", "ix"),
        mm.DropField("t", "date"),
        mm.AddIndex("t", index),
        mm.AddCheck("t", check),
    )


def wide(table: mm.Table, field: str) -> mm.Table:
    return table.replacing(attrs.evolve(table.field(field), type=mm.BigInt()))


def test_a_foreign_key_steps_aside_while_the_types_under_it_change() -> None:
    after = mm.Schema.of(wide(PLAIN, "id"), wide(CHILD, "parent"))
    assert changes(with_key(REFERENCE), after) == (
        mm.DropForeignKey("child", "fk"),
        mm.AlterField("child", after.table("child").field("parent")),
        mm.AlterField("t", after.table("t").field("id")),
        mm.AddForeignKey("child", REFERENCE),
    )


def test_a_foreign_key_stays_while_something_else_of_its_fields_changes() -> None:
    said = PLAIN.replacing(attrs.evolve(PLAIN.field("id"), comment="Counted."))
    found = changes(with_key(REFERENCE), with_key(REFERENCE, parent=said))
    assert found == (mm.AlterField("t", said.field("id")),)


def test_a_foreign_key_goes_with_the_key_it_stands_on_and_comes_back() -> None:
    other = mm.PrimaryKey(["code"], name="t_pkey")
    field = attrs.evolve(PLAIN.field("code"), nullable=False)
    moved = attrs.evolve(
        PLAIN.replacing(field),
        primary_key=other,
        uniques=[mm.Unique(["id"], name="uq_id")],
    )
    assert changes(with_key(REFERENCE), with_key(REFERENCE, parent=moved)) == (
        mm.DropForeignKey("child", "fk"),
        mm.AlterField("t", field),
        mm.AlterPrimaryKey("t", other),
        mm.AddUnique("t", mm.Unique(["id"], name="uq_id")),
        mm.AddForeignKey("child", REFERENCE),
    )


def test_a_foreign_key_to_a_unique_constraint_goes_before_it() -> None:
    parent = attrs.evolve(PLAIN, uniques=[mm.Unique(["size"], name="uq_size")])
    key = attrs.evolve(REFERENCE, references=["size"])
    assert changes(with_key(key, parent=parent), with_key(REFERENCE)) == (
        mm.DropForeignKey("child", "fk"),
        mm.DropUnique("t", "uq_size"),
        mm.AddForeignKey("child", REFERENCE),
    )


def test_a_foreign_key_stays_when_the_key_under_it_only_gets_another_name() -> None:
    parent = attrs.evolve(PLAIN, uniques=[mm.Unique(["size"], name="uq_size")])
    renamed = attrs.evolve(PLAIN, uniques=[mm.Unique(["size"], name="uq_new")])
    key = attrs.evolve(REFERENCE, references=["size"])
    found = changes(with_key(key, parent=parent), with_key(key, parent=renamed))
    assert found == (mm.RenameConstraint("t", "uq_size", new="uq_new"),)
    called = attrs.evolve(PLAIN, primary_key=mm.PrimaryKey(["id"], name="called_so"))
    found = changes(with_key(REFERENCE), with_key(REFERENCE, parent=called))
    assert found == (mm.AlterPrimaryKey("t", called.primary_key),)


def test_a_table_that_goes_lets_go_of_a_key_that_changes_before() -> None:
    moved = attrs.evolve(PLAIN, primary_key=None)
    assert changes(with_key(REFERENCE), mm.Schema.of(moved)) == (
        mm.DropForeignKey("child", "fk"),
        mm.AlterPrimaryKey("t", None),
        mm.DropTable("child"),
    )
