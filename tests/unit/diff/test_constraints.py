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
def test_a_changed_index_is_altered(now: mm.Index) -> None:
    found = changes(with_indexes(INDEX), with_indexes(now))
    assert found == (mm.AlterIndex("t", now),)


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
    altered = mm.AlterIndex("t", attrs.evolve(INDEX, unique=True))
    assert diff(with_indexes(INDEX), after) == (altered,)


@pytest.mark.parametrize(
    "now",
    [
        mm.Unique(["code", "size"], name="uq"),
        attrs.evolve(UNIQUE, nulls_not_distinct=True),
        attrs.evolve(UNIQUE, deferrable="immediate"),
    ],
)
def test_a_changed_unique_constraint_is_altered(now: mm.Unique) -> None:
    found = changes(with_uniques(UNIQUE), with_uniques(now))
    assert found == (mm.AlterUnique("t", now),)


def test_a_changed_check_is_altered() -> None:
    check = mm.Check("size > 1", name="ck")
    found = changes(with_checks(CHECK), with_checks(check))
    assert found == (mm.AlterCheck("t", check),)


@pytest.mark.parametrize(
    "now",
    [
        attrs.evolve(REFERENCE, on_delete="CASCADE"),
        attrs.evolve(REFERENCE, on_update="CASCADE"),
        attrs.evolve(REFERENCE, deferrable="deferred"),
        attrs.evolve(REFERENCE, fields=["other"]),
    ],
)
def test_a_changed_foreign_key_is_altered(now: mm.ForeignKey) -> None:
    fields = [*CHILD.fields, mm.Field("other", mm.Integer())]
    child = attrs.evolve(CHILD, fields=fields)
    before = mm.Schema.of(PLAIN, child)
    after = mm.Schema.of(PLAIN, attrs.evolve(child, foreign_keys=[now]))
    assert changes(before, after) == (mm.AlterForeignKey("child", now),)


LONG = attrs.evolve(PLAIN.field("code"), type=mm.Text())
BIG = attrs.evolve(PLAIN.field("size"), type=mm.BigInt())


def test_what_is_altered_comes_after_all_that_it_may_speak_of() -> None:
    new = mm.Field("day", mm.Date())
    days = mm.Index(["code", "day"], name="ix")
    adds = mm.Index(["size"], name="ix_size")
    after = attrs.evolve(PLAIN.replacing(BIG).with_field(new), indexes=[days, adds])
    assert changes(with_indexes(INDEX), mm.Schema.of(after)) == (
        mm.AddField("t", new),
        mm.AlterField("t", BIG),
        mm.AddIndex("t", adds),
        mm.AlterIndex("t", days),
    )


def test_a_part_that_changes_with_its_field_goes_before_it_and_comes_after_it() -> None:
    """The old condition need not mean anything of the new field."""
    filled = mm.Check("code <> ''", name="ck")
    some = attrs.evolve(INDEX, where="code <> ''")
    both = mm.Unique(["code", "size"], name="uq")
    before = attrs.evolve(
        PLAIN,
        indexes=[INDEX],
        uniques=[UNIQUE],
        checks=[mm.Check("code > 'a'", name="ck")],
    )
    after = attrs.evolve(
        PLAIN.replacing(LONG), indexes=[some], uniques=[both], checks=[filled]
    )
    assert changes(mm.Schema.of(before), mm.Schema.of(after)) == (
        mm.DropCheck("t", "ck"),
        mm.DropUnique("t", "uq"),
        mm.DropIndex("t", "ix"),
        mm.AlterField("t", LONG),
        mm.AddIndex("t", some),
        mm.AddUnique("t", both),
        mm.AddCheck("t", filled),
    )


def test_a_check_that_changes_with_an_enum_goes_before_the_enum_changes() -> None:
    field = mm.Field("mood", mm.EnumOf("mood"))
    old, new = (
        mm.Check("mood <> 'sad'", name="ck"),
        mm.Check("mood <> 'low'", name="ck"),
    )
    before, after = (
        attrs.evolve(
            mm.Schema.of(mm.Table("t", [field], checks=[check])),
            enums={"mood": mm.Enum("mood", [value, "glad"])},
        )
        for check, value in ((old, "sad"), (new, "low"))
    )
    assert changes(before, after) == (
        mm.DropCheck("t", "ck"),
        mm.AlterEnum(after.enum("mood")),
        mm.AddCheck("t", new),
    )


def test_a_foreign_key_that_changes_with_its_field_or_loses_its_table_goes_first() -> (
    None
):
    field = attrs.evolve(CHILD.field("parent"), nullable=False)
    cascading = attrs.evolve(REFERENCE, on_delete="CASCADE")
    clearing = attrs.evolve(REFERENCE, on_delete="SET NULL")
    strict = attrs.evolve(CHILD.replacing(field), foreign_keys=[cascading])
    assert changes(with_key(clearing), mm.Schema.of(PLAIN, strict)) == (
        mm.DropForeignKey("child", "fk"),
        mm.AlterField("child", field),
        mm.AddForeignKey("child", cascading),
    )
    other = attrs.evolve(PLAIN, name="u")
    elsewhere = attrs.evolve(REFERENCE, table="u")
    moved = mm.Schema.of(other, attrs.evolve(CHILD, foreign_keys=[elsewhere]))
    assert changes(mm.Schema.of(PLAIN, other, CHILD), moved) == (
        mm.DropForeignKey("child", "fk"),
        mm.DropTable("t"),
        mm.AddForeignKey("child", elsewhere),
    )


@pytest.mark.parametrize("leaning", ["unique", "index"])
def test_a_foreign_key_steps_aside_while_what_it_leans_on_is_altered(
    leaning: str,
) -> None:
    key = attrs.evolve(REFERENCE, references=["size"])
    unique, index = (
        mm.Unique(["size"], name="n"),
        mm.Index(["size"], name="n", unique=True),
    )
    other, others = (
        attrs.evolve(unique, nulls_not_distinct=True),
        attrs.evolve(index, nulls_not_distinct=True),
    )
    if leaning == "unique":
        before, after = (attrs.evolve(PLAIN, uniques=[u]) for u in (unique, other))
        altered: Operation = mm.AlterUnique("t", other)
    else:
        before, after = (attrs.evolve(PLAIN, indexes=[i]) for i in (index, others))
        altered = mm.AlterIndex("t", others)
    assert changes(with_key(key, parent=before), with_key(key, parent=after)) == (
        mm.DropForeignKey("child", "fk"),
        altered,
        mm.AddForeignKey("child", key),
    )


def test_names_change_places_by_altering_both() -> None:
    one, two = mm.Unique(["code"], name="a"), mm.Unique(["size"], name="b")
    new, newer = attrs.evolve(one, name="b"), attrs.evolve(two, name="a")
    assert changes(with_uniques(one, two), with_uniques(new, newer)) == (
        mm.AlterUnique("t", newer),
        mm.AlterUnique("t", new),
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
