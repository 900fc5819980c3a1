"""Enums and settings compared, and when their changes are safe."""

from __future__ import annotations

import attrs

import mm_engine as mm
from mm_engine.diff import diff
from mm_engine.operations import Operation

MOOD = mm.Enum("mood", ["sad", "ok"])
IS_MOOD = mm.Field("mood", mm.EnumOf("mood"))
NOW = mm.Field("at", mm.Timestamp(), default=mm.Symbol("now"))
BARE = mm.Field("id", mm.Integer())


def schema(
    *fields: mm.Field,
    enum: mm.Enum | None = None,
    defaults: dict[str, dict[str, str]] | None = None,
) -> mm.Schema:
    return attrs.evolve(
        mm.Schema.of(mm.Table("t", [BARE, *fields])),
        enums={enum.name: enum} if enum else {},
        defaults=defaults or {},
    )


def changes(before: mm.Schema, after: mm.Schema) -> tuple[Operation, ...]:
    operations = diff(before, after)
    for operation in operations:
        before = operation.apply(before)
    assert before == after
    return operations


def words(*symbols: str, sql: str = "CURRENT_TIMESTAMP") -> dict[str, dict[str, str]]:
    return {"sqlite": dict.fromkeys(symbols, sql)}


def test_a_new_symbol_has_its_words_before_a_field_uses_it() -> None:
    assert changes(schema(), schema(NOW, defaults=words("now"))) == (
        mm.SetDefaults(words("now")),
        mm.AddField("t", NOW),
    )


def test_a_symbol_keeps_its_words_until_no_field_uses_it() -> None:
    assert changes(schema(NOW, defaults=words("now")), schema()) == (
        mm.DropField("t", "at"),
        mm.SetDefaults({}),
    )


def test_a_symbol_that_goes_while_another_comes_is_there_in_between() -> None:
    later = attrs.evolve(NOW, default=mm.Symbol("later"))
    before, after = words("now"), words("later", sql="1")
    assert changes(schema(NOW, defaults=before), schema(later, defaults=after)) == (
        mm.SetDefaults({"sqlite": {"now": "CURRENT_TIMESTAMP", "later": "1"}}),
        mm.AlterField("t", later),
        mm.SetDefaults(after),
    )


def test_new_words_and_words_of_no_use_are_one_step() -> None:
    before, after = words("now", "unused"), words("now", sql="1")
    assert changes(schema(NOW, defaults=before), schema(NOW, defaults=after)) == (
        mm.SetDefaults(after),
    )


def test_mappings_come_first() -> None:
    mapped = attrs.evolve(
        schema(NOW, defaults=words("now")), type_mappings={"sqlite": {"uuid": "BLOB"}}
    )
    operations = changes(schema(), mapped)
    assert operations[0] == mm.SetTypeMappings({"sqlite": {"uuid": "BLOB"}})
    assert changes(mapped, schema())[0] == mm.SetTypeMappings({})


def test_an_enum_is_there_before_its_fields_and_goes_after_them() -> None:
    with_mood = schema(IS_MOOD, enum=MOOD)
    assert changes(schema(), with_mood) == (
        mm.CreateEnum(MOOD),
        mm.AddField("t", IS_MOOD),
    )
    assert changes(with_mood, schema()) == (
        mm.DropField("t", "mood"),
        mm.DropEnum("mood"),
    )


def test_a_new_value_is_there_before_a_default_says_it() -> None:
    happy = attrs.evolve(MOOD, values=["sad", "ok", "happy"])
    field = attrs.evolve(IS_MOOD, default=mm.Literal("happy"))
    before, after = schema(IS_MOOD, enum=MOOD), schema(field, enum=happy)
    assert changes(before, after) == (
        mm.AlterEnum(happy),
        mm.AlterField("t", field),
    )
    assert changes(after, before) == (
        mm.AlterField("t", IS_MOOD),
        mm.AlterEnum(MOOD),
    )


def test_values_are_exchanged_in_one_step_where_no_field_minds() -> None:
    other = attrs.evolve(MOOD, values=["ok", "happy"])
    assert changes(schema(IS_MOOD, enum=MOOD), schema(IS_MOOD, enum=other)) == (
        mm.AlterEnum(other),
    )


def test_values_are_exchanged_in_two_steps_around_a_default() -> None:
    other = attrs.evolve(MOOD, values=["ok", "happy"])
    sad = attrs.evolve(IS_MOOD, default=mm.Literal("sad"))
    happy = attrs.evolve(IS_MOOD, default=mm.Literal("happy"))
    assert changes(schema(sad, enum=MOOD), schema(happy, enum=other)) == (
        mm.AlterEnum(attrs.evolve(MOOD, values=["ok", "happy", "sad"])),
        mm.AlterField("t", happy),
        mm.AlterEnum(other),
    )


def test_the_comment_of_an_enum_is_compared() -> None:
    said = attrs.evolve(MOOD, comment="How it goes.")
    assert changes(schema(enum=MOOD), schema(enum=said)) == (mm.AlterEnum(said),)


def test_a_value_that_goes_is_a_loss() -> None:
    less = attrs.evolve(MOOD, values=["ok"])
    before = schema(IS_MOOD, enum=MOOD)
    [operation] = changes(before, schema(IS_MOOD, enum=less))
    assert operation.loses(before) == "sad of enum mood"
