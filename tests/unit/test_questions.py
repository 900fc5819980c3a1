from __future__ import annotations

from pathlib import Path

import attrs
import pytest

import mm_engine as mm
from mm_engine.errors import UsageError
from mm_engine.operations import Operation
from mm_engine.questions.answers import Recorder, answers_text, read_answers
from mm_engine.questions.decide import decide, decided_by
from mm_engine.questions.question import (
    Asking,
    OpenQuestionsError,
    Question,
    Questioner,
    Silent,
)
from mm_engine.questions.renames import RenameFlags, decided_renames
from mm_engine.questions.scripted import Flags, Scripted, scripted_flags

STATUS = mm.Enum("status", ["new", "open", "done"])
USERS = mm.Table(
    "users",
    fields=[
        mm.Field("id", mm.Integer(), nullable=False),
        mm.Field("fullname", mm.Varchar(100)),
        mm.Field("age", mm.Integer()),
        mm.Field("status", mm.EnumOf("status")),
    ],
    primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
)
BEFORE = mm.Schema({"users": USERS}, enums={"status": STATUS})
DROP = mm.DropField("users", "age")
REQUIRED = mm.Field("slug", mm.Varchar(10), nullable=False)
ADD = mm.AddField("users", REQUIRED)
STRICTER = mm.AlterField("users", mm.Field("age", mm.Integer(), nullable=False))
NARROWER = mm.AlterField("users", mm.Field("fullname", mm.Varchar(10)))


def answering(**answers: str) -> Scripted:
    """Somebody who answers by id; underscores stand for what no keyword can hold."""
    told = [
        f"{key.replace('__', ':').replace('_', '.')}={answers[key]}" for key in answers
    ]
    return Scripted(
        scripted_flags(answer=[text.replace("one.off", "one-off") for text in told])
    )


def decided(operation: Operation, questioner: Questioner) -> Operation:
    [result] = decide([operation], BEFORE, questioner)
    return result


def asked(*operations: Operation) -> list[Question]:
    with pytest.raises(OpenQuestionsError) as caught:
        decide(operations, BEFORE, Silent())
    return list(caught.value.questions)


def test_what_loses_nothing_is_not_asked_about() -> None:
    harmless: list[Operation] = [
        mm.AddField("users", mm.Field("note", mm.Text())),
        mm.AlterField("users", mm.Field("fullname", mm.Varchar(200))),
        mm.DropTable("users", schema_only=True),
    ]
    assert decide(harmless, BEFORE, Silent()) == tuple(harmless)


@pytest.mark.parametrize(
    ("operation", "id_"),
    [
        (mm.DropTable("users"), "drop:users"),
        (DROP, "drop:users.age"),
        (NARROWER, "alter:users.fullname"),
        (mm.AlterEnum(mm.Enum("status", ["new"])), "alter:status"),
        (ADD, "one-off:users.slug"),
        (STRICTER, "one-off:users.age"),
    ],
)
def test_each_question_has_an_id_that_says_what_it_is_about(
    operation: Operation, id_: str
) -> None:
    [question] = asked(operation)
    assert question.id == id_


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("generate", DROP),
        (
            "review",
            mm.DropField("users", "age", review="loses what users.age holds"),
        ),
        ("omit", mm.DropField("users", "age", schema_only=True)),
        ("ignore-errors", mm.DropField("users", "age", if_present=True)),
    ],
)
def test_an_answer_becomes_a_keyword_of_the_operation(
    word: str, expected: Operation
) -> None:
    assert decided(DROP, answering(drop__users_age=word)) == expected


def test_one_word_may_answer_for_everything_that_destroys() -> None:
    questioner = Scripted(scripted_flags(destructive=["omit"]))
    operations = decide([DROP, NARROWER], BEFORE, questioner)
    assert [operation.schema_only for operation in operations] == [True, True]


def test_a_word_for_one_question_is_stronger_than_the_word_for_all() -> None:
    flags = scripted_flags(destructive=["generate", "drop:users.age=omit"])
    operations = decide([DROP, NARROWER], BEFORE, Scripted(flags))
    assert [operation.schema_only for operation in operations] == [True, False]


def test_a_word_for_all_never_answers_for_a_value() -> None:
    with pytest.raises(UsageError):
        decide([ADD], BEFORE, Scripted(scripted_flags(destructive=["generate"])))


def test_every_open_question_is_told_at_once_with_flag_and_line() -> None:
    with pytest.raises(OpenQuestionsError) as caught:
        decide([DROP, ADD], BEFORE, Silent())
    hints = [problem.hint or "" for problem in caught.value.problems]
    assert len(hints) == 2
    text = str(caught.value)
    assert "--destructive drop:users.age=WORD" in text
    assert "drop:users.age: generate|review|omit|ignore-errors" in text
    assert "--one-off users.slug=VALUE" in text
    assert "one-off:users.slug: VARCHAR" in text


def test_a_new_table_has_no_rows_to_ask_about() -> None:
    operations: list[Operation] = [
        mm.CreateTable("tags", fields=[mm.Field("id", mm.Integer())]),
        mm.AddField("tags", REQUIRED),
        mm.DropField("tags", "id"),
    ]
    assert decide(operations, BEFORE, Silent()) == tuple(operations)


def test_later_operations_are_asked_about_with_what_came_before() -> None:
    operations: list[Operation] = [
        mm.RenameTable("users", "people"),
        mm.DropField("people", "age"),
    ]
    [question] = asked(*operations)
    assert question.id == "drop:people.age"


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("none-yet", mm.Literal("none-yet")),
        ("expr:lower('A')", mm.Expression("lower('A')")),
        ("text:expr:x", mm.Literal("expr:x")),
        ("text:none", mm.Literal("none")),
        ("", mm.Literal("")),
    ],
)
def test_a_one_off_value_is_a_text_or_sql(answer: str, value: object) -> None:
    result = decided(ADD, answering(one_off__users_slug=answer))
    assert isinstance(result, mm.AddField)
    assert result.one_off == value


def test_that_there_is_no_such_row_is_an_answer() -> None:
    assert decided(STRICTER, answering(one_off__users_age="none")) == STRICTER
    assert decided(ADD, answering(one_off__users_slug="none")) == ADD


def test_a_symbol_says_nothing_about_rows_that_are_there() -> None:
    field = mm.Field("age", mm.Integer(), nullable=False, default=mm.Symbol("zero"))
    [question] = asked(mm.AlterField("users", field))
    assert question.id == "one-off:users.age"


def test_a_type_mapping_that_alters_fields_is_asked_about() -> None:
    mappings = mm.SetTypeMappings({"sqlite": {"integer": "SMALLINT"}})
    [question] = asked(mappings)
    assert question.id == "alter:set_type_mappings"
    assert "values of users.id, users.age that do not fit" in question.text
    other = mm.SetTypeMappings({"sqlite": {"date": "TEXT"}})
    assert decided(other, Silent()) == other


def test_a_default_told_otherwise_loses_nothing() -> None:
    operation = mm.SetDefaults({"sqlite": {"zero": "0.0"}})
    assert decided(operation, Silent()) == operation


@pytest.mark.parametrize(
    ("type_", "answer"),
    [
        (mm.Integer(), "four"),
        (mm.SmallInt(), "1.5"),
        (mm.Decimal(4, 2), "1,5"),
        (mm.Double(), "x"),
        (mm.Boolean(), "maybe"),
        (mm.Date(), "2024-13-01"),
        (mm.Timestamp(), "yesterday"),
        (mm.Uuid(), "123"),
        (mm.Json(), "{"),
        (mm.Varchar(3), "four"),
        (mm.EnumOf("status"), "lost"),
        (mm.Text(), "expr:"),
    ],
)
def test_a_value_that_the_field_cannot_hold_is_refused(
    type_: mm.Varchar, answer: str
) -> None:
    operation = mm.AddField("users", mm.Field("new", type_, nullable=False))
    with pytest.raises(UsageError, match=r"one-off:users\.new: "):
        decided(operation, answering(one_off__users_new=answer))


@pytest.mark.parametrize(
    ("type_", "answer"),
    [
        (mm.Integer(), "-4"),
        (mm.Decimal(4, 2), "1.50"),
        (mm.Boolean(), "true"),
        (mm.Bytes(), "x"),
        (mm.Date(), "2024-12-31"),
        (mm.TimestampTZ(), "2024-12-31 13:45:00+01:00"),
        (mm.Time(), "13:45"),
        (mm.Json(), '{"a": 1}'),
        (mm.EnumOf("status"), "open"),
        (mm.Array(mm.Integer()), "[1]"),
    ],
)
def test_a_value_that_the_field_can_hold_is_taken(
    type_: mm.Varchar, answer: str
) -> None:
    operation = mm.AddField("users", mm.Field("new", type_, nullable=False))
    result = decided(operation, answering(one_off__users_new=answer))
    assert isinstance(result, mm.AddField)
    assert result.one_off == mm.Literal(answer)


@pytest.mark.parametrize(
    "field",
    [
        mm.Field("n", mm.Integer(), nullable=False, default=mm.Literal("1")),
        mm.Field("n", mm.Serial(), nullable=False),
        mm.Field("n", mm.Timestamp(), nullable=False, auto_create=True),
    ],
)
def test_a_required_field_that_fills_itself_needs_no_value(field: mm.Field) -> None:
    operation = mm.AddField("users", field)
    assert decided(operation, Silent()) == operation


def test_a_stricter_field_takes_its_default_for_empty_rows() -> None:
    field = mm.Field("age", mm.Integer(), nullable=False, default=mm.Literal("0"))
    result = decided(mm.AlterField("users", field), Silent())
    assert isinstance(result, mm.AlterField)
    assert result.one_off == mm.Literal("0")


def test_values_that_leave_an_enum_may_be_replaced() -> None:
    operation = mm.AlterEnum(mm.Enum("status", ["new", "done"]))
    questioner = answering(alter__status="generate", one_off__status_open="done")
    result = decided(operation, questioner)
    assert isinstance(result, mm.AlterEnum)
    assert result.replaced == {"open": "done"}


def test_values_that_leave_an_enum_are_in_no_row_by_default() -> None:
    operation = mm.AlterEnum(mm.Enum("status", ["new", "done"]))
    assert decided(operation, answering(alter__status="generate")) == operation


def test_a_word_that_is_no_answer_is_refused() -> None:
    with pytest.raises(UsageError, match='"yes" is none of generate, review'):
        decided(DROP, answering(drop__users_age="yes"))


@pytest.mark.parametrize(
    "flag",
    [
        {"destructive": ["drop"]},
        {"destructive": ["drop:users.age=no"]},
        {"one_off": ["users.slug"]},
        {"answer": ["=x"]},
    ],
)
def test_a_flag_that_makes_no_sense_is_refused(flag: dict[str, list[str]]) -> None:
    with pytest.raises(UsageError):
        scripted_flags(**flag)


def test_answers_are_recorded_and_read_again(tmp_path: Path) -> None:
    recorder = Recorder(
        Scripted(
            scripted_flags(destructive=["omit"], one_off=["users.slug=expr:upper('a')"])
        )
    )
    decided_once = decide([DROP, ADD], BEFORE, recorder)
    path = tmp_path / "answers"
    path.write_text(answers_text(recorder.answers), encoding="utf-8")
    again = Scripted(scripted_flags(), read_answers(path))
    assert decide([DROP, ADD], BEFORE, again) == decided_once


@pytest.mark.parametrize(
    "answers",
    [
        {"one-off:a.b": ""},
        {"one-off:a.b": " x: 'y' # z\n\t\u00e9\U0001f600"},
        {"one-off:a.b c:d": "null", "drop:ä": "- a"},
        {'one-off:a."b"': "{a: 1}", "true": "yes"},
        {"one-off:a.b": "12:30:45", "one-off:a.c": "0x1"},
    ],
)
def test_any_answer_survives_its_file(tmp_path: Path, answers: dict[str, str]) -> None:
    path = tmp_path / "answers"
    path.write_text(answers_text(answers), encoding="utf-8", newline="\n")
    read = {name: answer.text for name, answer in read_answers(path).items()}
    assert read == answers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n", '"a" has no answer'),
        ("a: b\na: c\n", '"a" is answered twice'),
        ("just words\n", "answers are lines of"),
        ("a: [\n", ":2:1: "),
    ],
)
def test_a_file_of_answers_is_read_strictly(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "answers"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_answers(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_wrong_answer_in_a_file_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "answers"
    path.write_text("one-off:users.slug: much-too-long-for-it\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        decide([ADD], BEFORE, Scripted(scripted_flags(), read_answers(path)))
    assert f"{path}:1:21: " in str(caught.value)


RENAMED_FIELDS = [
    mm.Field("display_name", mm.Varchar(100)) if field.name == "fullname" else field
    for field in USERS.fields
]
AFTER = mm.Schema(
    {"users": mm.Table("users", fields=RENAMED_FIELDS, primary_key=USERS.primary_key)},
    enums={"status": STATUS},
)
FULLNAME = {("users", "fullname"): "display_name"}


def fields_renamed(flags: RenameFlags, questioner: Questioner) -> object:
    return decided_renames(BEFORE, AFTER, flags, Asking(questioner)).renames.fields


def test_a_likely_rename_is_asked_about() -> None:
    asking = Asking(Silent())
    found = decided_renames(BEFORE, AFTER, RenameFlags(), asking)
    [question] = asking.open
    assert question.id == "rename:users.fullname:display_name"
    assert question.flag == (
        "--rename users.fullname:display_name or --no-rename users.fullname"
    )
    assert found.renames.fields == {}
    assert ("users", "fullname") in found.uncertain


def test_a_rename_is_answered_in_a_file_or_by_a_flag() -> None:
    flag = RenameFlags(["users.fullname:display_name"])
    assert fields_renamed(flag, Silent()) == FULLNAME
    yes = Scripted(scripted_flags(answer=["rename:users.fullname:display_name=yes"]))
    assert fields_renamed(RenameFlags(), yes) == FULLNAME


def test_what_is_no_rename_is_not_asked_about() -> None:
    asking = Asking(Scripted(scripted_flags(no_rename=["users.fullname"])))
    found = decided_renames(BEFORE, AFTER, RenameFlags(), asking)
    assert found.renames.fields == {}
    assert asking.open == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fullname", "it takes OLD:NEW"),
        ("users.name:display_name", 'there is no "users.name"'),
        ("users.fullname:name", 'the schema files have no field "name"'),
        ("users.age:display_name", 'field "age" is still in the schema files'),
        ("users.fullname:age", 'field "age" is in the migrations already'),
        ("user:people", 'there is no table "user"'),
        ("users:people", 'table "users" is still in the schema files'),
        ("user.age:years", 'there is no "user.age"'),
    ],
)
def test_a_rename_that_cannot_be_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        fields_renamed(RenameFlags([text]), Silent())
    assert said in str(caught.value)


def test_a_no_rename_that_concerns_nothing_is_noticed() -> None:
    scripted = Scripted(scripted_flags(no_rename=["users.age"]))
    fields_renamed(RenameFlags(["users.fullname:display_name"]), scripted)
    assert scripted.unused() == ("users.age",)


def test_a_rename_decided_before_holds_only_where_it_still_fits() -> None:
    flags = RenameFlags(earlier=["users.fullname:display_name", "users.a:b"])
    assert fields_renamed(flags, Silent()) == FULLNAME


def test_fields_of_a_renamed_table_are_told_by_either_name() -> None:
    people = mm.Table("people", fields=RENAMED_FIELDS, primary_key=USERS.primary_key)
    after = mm.Schema({"people": people}, enums={"status": STATUS})
    for owner in ("users", "people"):
        flags = RenameFlags([f"{owner}.fullname:display_name", "users:people"])
        found = decided_renames(BEFORE, after, flags, Asking(Silent())).renames
        assert found.tables == {"users": "people"}
        assert found.fields == {("people", "fullname"): "display_name"}


def test_two_fields_may_change_places() -> None:
    flags = RenameFlags(["users.age:fullname", "users.fullname:age"])
    found = decided_renames(BEFORE, BEFORE, flags, Asking(Silent())).renames
    assert len(found.fields) == 2


def test_values_and_enums_are_renamed_too() -> None:
    renamed = mm.Enum("state", ["new", "open", "closed"])
    fields = [
        mm.Field("status", mm.EnumOf("state")) if field.name == "status" else field
        for field in USERS.fields
    ]
    users = mm.Table("users", fields=fields, primary_key=USERS.primary_key)
    after = mm.Schema({"users": users}, enums={"state": renamed})
    flags = RenameFlags(["status:state", "status.done:closed"])
    found = decided_renames(BEFORE, after, flags, Asking(Silent())).renames
    assert found.enums == {"status": "state"}
    assert found.values == {("state", "done"): "closed"}


def again(
    operation: Operation, known: Operation, questioner: Questioner | None = None
) -> Operation:
    """An operation of a migration that is made again, whose like was decided before."""
    asking = Asking(questioner or Silent())
    [result] = decided_by([operation], BEFORE, asking, settled=[known])
    asking.require_answers()
    return result


REVIEWED = mm.DropField("users", "age", review="ask Ada first")


def test_what_was_decided_before_holds_word_for_word() -> None:
    assert again(DROP, REVIEWED) == REVIEWED
    omitted = mm.DropField("users", "age", schema_only=True, if_present=True)
    assert again(DROP, omitted) == omitted


@pytest.mark.parametrize(
    "flags",
    [
        scripted_flags(destructive=["omit"]),
        scripted_flags(destructive=["drop:users.age=omit"]),
        scripted_flags(answer=["drop:users.age=omit"]),
    ],
)
def test_a_flag_is_stronger_than_what_was_decided_before(flags: Flags) -> None:
    decided_now = mm.DropField("users", "age", schema_only=True)
    assert again(DROP, REVIEWED, Scripted(flags)) == decided_now


def test_a_value_given_now_is_stronger_than_the_one_before() -> None:
    known = attrs.evolve(ADD, one_off=mm.Literal("old"))
    result = again(ADD, known, answering(one_off__users_slug="new"))
    assert result == attrs.evolve(ADD, one_off=mm.Literal("new"))


def test_a_loss_that_is_another_one_is_asked_about_again() -> None:
    known = attrs.evolve(NARROWER, review="loses values")
    narrower_still = mm.AlterField("users", mm.Field("fullname", mm.Varchar(5)))
    with pytest.raises(OpenQuestionsError):
        again(narrower_still, known)
    commented = mm.Field("fullname", mm.Varchar(10), comment="how we call you")
    result = again(mm.AlterField("users", commented), known)
    assert isinstance(result, mm.AlterField)
    assert result.review is not None


@pytest.mark.parametrize(
    "value", [mm.Literal("none"), mm.Literal("expr:1"), mm.Expression("lower('A')")]
)
def test_a_value_holds_though_the_field_is_another(value: mm.Literal) -> None:
    known = attrs.evolve(ADD, one_off=value)
    longer = mm.AddField("users", mm.Field("slug", mm.Varchar(150), nullable=False))
    assert again(longer, known) == attrs.evolve(longer, one_off=value)


def test_that_there_was_no_such_row_holds_too() -> None:
    commented = mm.Field("age", mm.Integer(), nullable=False, comment="in years")
    assert again(mm.AlterField("users", commented), STRICTER) == mm.AlterField(
        "users", commented
    )


@pytest.mark.parametrize(
    "known",
    [
        mm.AddField("users", mm.Field("slug", mm.Varchar(10))),
        mm.AddField("users", REQUIRED, schema_only=True),
        mm.AddField("users", REQUIRED, one_off=mm.Literal("far too long for it")),
    ],
)
def test_a_value_that_was_not_asked_for_or_does_not_fit_is_asked_for(
    known: mm.AddField,
) -> None:
    field = mm.Field("slug", mm.Varchar(11), nullable=False)
    with pytest.raises(OpenQuestionsError):
        again(mm.AddField("users", field), known)


def test_a_conversion_stays_with_its_type() -> None:
    convert = {"sqlite": ("fullname", "fullname")}
    known = mm.AlterField("users", mm.Field("fullname", mm.Text()), convert=convert)
    field = mm.Field("fullname", mm.Text(), comment="all of it")
    result = again(mm.AlterField("users", field), known)
    assert result == mm.AlterField("users", field, convert=convert)
    bytes_ = mm.AlterField("users", mm.Field("fullname", mm.Bytes()))
    with_fate = again(bytes_, known, Scripted(scripted_flags(destructive=["generate"])))
    assert with_fate == bytes_


def test_what_rows_of_a_lost_value_got_holds() -> None:
    known = mm.AlterEnum(mm.Enum("status", ["new", "done"]), replaced={"open": "done"})
    operation = mm.AlterEnum(mm.Enum("status", ["new", "done"]))
    assert again(operation, known) == known
    result = again(operation, known, answering(one_off__status_open="new"))
    assert isinstance(result, mm.AlterEnum)
    assert result.replaced == {"open": "new"}


def test_a_rename_decided_before_may_be_taken_back() -> None:
    flags = RenameFlags(earlier=["users.fullname:display_name"])
    for given in (
        scripted_flags(no_rename=["users.fullname"]),
        scripted_flags(answer=["rename:users.fullname:display_name=no"]),
    ):
        scripted = Scripted(given)
        assert fields_renamed(flags, scripted) == {}
        assert scripted.unused() == ()


def test_a_keyword_of_the_operation_itself_outlives_an_answer() -> None:
    tolerant = mm.DropField("users", "age", if_present=True)
    assert decided(tolerant, answering(drop__users_age="generate")) == tolerant


WEIGHT = mm.AlterField("users", mm.Field("fullname", mm.Double()))
THERE = ("convert:users.fullname:sqlite", "CAST(fullname AS REAL)")
BACK = ("convert-back:users.fullname:sqlite", "CAST(fullname AS TEXT)")


def converting(*pairs: tuple[str, str]) -> Scripted:
    return Scripted(scripted_flags(answer=[f"{name}={sql}" for name, sql in pairs]))


def test_a_conversion_says_what_becomes_of_values_so_nothing_else_is_asked() -> None:
    assert decided(WEIGHT, converting(THERE, BACK)) == attrs.evolve(
        WEIGHT, convert={"sqlite": (THERE[1], BACK[1])}
    )


def test_a_conversion_wants_the_way_back_as_well() -> None:
    with pytest.raises(OpenQuestionsError) as caught:
        decided(WEIGHT, converting(THERE))
    assert BACK[0] in [question.id for question in caught.value.questions]


def test_nobody_is_asked_for_conversions() -> None:
    assert [question.id for question in asked(WEIGHT)] == ["alter:users.fullname"]
    assert asked(WEIGHT)[0].flag.endswith("--convert users.fullname:DATABASE=SQL")


def test_a_conversion_of_a_field_that_keeps_its_type_answers_nothing() -> None:
    given = converting(("convert:users.age:sqlite", "age"))
    decide([mm.AlterField("users", mm.Field("age", mm.Integer()))], BEFORE, given)
    assert given.unused() == ("convert:users.age:sqlite",)


def test_the_flags_of_conversions_answer_by_field_and_database() -> None:
    flags = scripted_flags(
        convert=["users.fullname:sqlite=a"], convert_back=["users.fullname:sqlite=b=c"]
    )
    assert decided(WEIGHT, Scripted(flags)) == attrs.evolve(
        WEIGHT, convert={"sqlite": ("a", "b=c")}
    )
