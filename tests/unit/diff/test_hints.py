"""``renamed_from`` held against what was there before."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

import mm_engine as mm
from mm_engine.diff import Renames, written_renames
from mm_engine.errors import Position
from mm_engine.schemafile import read_schema

PLACE = Position("schema.yaml", 7, 5)


def field(name: str, was: str | None = None, *, size: int = 9) -> mm.Field:
    return mm.Field(name, mm.Varchar(size), renamed_from=was, at=PLACE)


def users(*fields: mm.Field, was: str | None = None, name: str = "users") -> mm.Schema:
    return mm.Schema.of(mm.Table(name, fields, renamed_from=was, at=PLACE))


def stale(before: mm.Schema, after: mm.Schema) -> list[str]:
    """What is said of the hints, none of which may count."""
    renames, problems = written_renames(before, after)
    assert renames == Renames()
    assert all(problem.at == PLACE for problem in problems)
    return [str(problem.hint) for problem in problems]


def test_everything_can_say_what_it_was_called() -> None:
    before = attrs.evolve(
        mm.Schema.of(
            mm.Table(
                "users",
                [field("a")],
                indexes=[mm.Index(["a"], name="ix")],
                uniques=[mm.Unique(["a"], name="uq")],
                checks=[mm.Check("a > 0", name="ck")],
                foreign_keys=[
                    mm.ForeignKey(["a"], "users", references=["a"], name="fk")
                ],
            )
        ),
        enums={"mood": mm.Enum("mood", ["sad"])},
    )
    after = attrs.evolve(
        mm.Schema.of(
            mm.Table(
                "people",
                [field("b", "a")],
                renamed_from="users",
                indexes=[mm.Index(["b"], name="ix2", renamed_from="ix")],
                uniques=[mm.Unique(["b"], name="uq2", renamed_from="uq")],
                checks=[mm.Check("b > 0", name="ck2", renamed_from="ck")],
                foreign_keys=[
                    mm.ForeignKey(
                        ["b"],
                        "people",
                        references=["b"],
                        name="fk2",
                        renamed_from="fk",
                    )
                ],
            )
        ),
        enums={
            "temper": mm.Enum(
                "temper", ["low"], renames={"low": "sad"}, renamed_from="mood"
            )
        },
    )
    renames, problems = written_renames(before, after)
    assert problems == ()
    assert renames == Renames(
        tables={"users": "people"},
        fields={("people", "a"): "b"},
        indexes={("people", "ix"): "ix2"},
        constraints={
            ("people", "uq"): "uq2",
            ("people", "ck"): "ck2",
            ("people", "fk"): "fk2",
        },
        enums={"mood": "temper"},
        values={("temper", "sad"): "low"},
    )
    assert written_renames(after, after)[0] == Renames()


def test_a_hint_is_stale_once_it_was_followed() -> None:
    after = users(field("b", "a"))
    assert stale(users(field("b")), after) == ['remove it: there is no "a" any more']


def test_a_hint_says_where_it_stands_and_what_it_is_about() -> None:
    _, [problem] = written_renames(users(field("b")), users(field("b", "a")))
    assert str(problem).startswith(
        'schema.yaml:7:5: field "users.b": renamed_from "a" is stale'
    )


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (users(field("a")), users(field("a"), field("b", "a")), '"a" is still there'),
        (users(field("a"), field("b")), users(field("b", "a")), '"b" was there'),
        (users(field("a")), users(field("a", "a")), '"a" was there already'),
        (users(), users(field("b", "a")), 'no "a" any more'),
        (mm.Schema(), users(field("a"), was="people"), 'no "people" any more'),
        (mm.Schema(), users(field("b", "a")), 'no "a" any more'),
    ],
)
def test_a_hint_that_does_not_fit_does_not_count(
    before: mm.Schema, after: mm.Schema, why: str
) -> None:
    [hint] = stale(before, after)
    assert why in hint


def test_a_chain_of_hints_counts_as_a_whole_and_only_once() -> None:
    before = users(field("a"), field("b"))
    after = users(field("b", "a"), field("c", "b"))
    renames, problems = written_renames(before, after)
    assert renames.fields == {("users", "a"): "b", ("users", "b"): "c"}
    assert problems == ()
    assert len(stale(after, after)) == 2


def test_one_name_can_become_one_name_only() -> None:
    renames, problems = written_renames(
        users(field("a")), users(field("b", "a"), field("c", "a"))
    )
    assert renames.fields == {("users", "a"): "b"}
    assert len(problems) == 1


def test_names_change_places_while_what_they_stand_for_shows_it() -> None:
    before = users(field("a", size=1), field("b", size=2))
    after = users(field("a", "b", size=2), field("b", "a", size=1))
    renames, problems = written_renames(before, after)
    assert renames.fields == {("users", "a"): "b", ("users", "b"): "a"}
    assert problems == ()
    assert len(stale(after, after)) == 2


def test_names_of_equal_things_do_not_change_places_by_a_hint() -> None:
    after = users(field("a", "b"), field("b", "a"))
    hints = stale(users(field("a"), field("b")), after)
    assert all("--rename" in hint for hint in hints)
    assert len(hints) == 2


def test_tables_change_places_by_their_fields() -> None:
    one, two = [field("a")], [field("b"), field("c")]
    before = mm.Schema.of(mm.Table("one", one), mm.Table("two", two))
    after = mm.Schema.of(
        mm.Table("one", two, renamed_from="two"),
        mm.Table("two", one, renamed_from="one"),
    )
    renames, problems = written_renames(before, after)
    assert renames.tables == {"one": "two", "two": "one"}
    assert problems == ()
    assert written_renames(after, after)[0] == Renames()


def test_an_index_without_a_name_cannot_be_renamed() -> None:
    before = mm.Schema.of(
        mm.Table("t", [field("a")], indexes=[mm.Index(["a"], name="ix")])
    )
    index = mm.Index(["a"], renamed_from="ix", at=PLACE)
    after = mm.Schema.of(mm.Table("t", [field("a")], indexes=[index]))
    assert stale(before, after) == ["write its new name, or remove the hint"]


BETWEEN = """tables:
  - name: tags
    fields: [{name: id, type: serial, primary_key: true}]
  - name: user
    fields:
      - {name: id, type: serial, primary_key: true}
      - {name: has, type: many_to_many, many_to_many: {table: tags}}
"""
RENAMED = (
    BETWEEN.replace("table: tags", "table: marks")
    .replace("name: tags", "name: marks\n    renamed_from: tags")
    .replace("name: user", "name: crew\n    renamed_from: user")
)


def written(folder: Path, text: str) -> mm.Schema:
    """What a schema file with a text says."""
    path = folder / "schema.yaml"
    path.write_text(text, "utf-8")
    return read_schema([path], root=folder).schema


def test_a_many_to_many_follows_the_tables_on_both_sides(tmp_path: Path) -> None:
    after = written(tmp_path, RENAMED)
    renames, problems = written_renames(written(tmp_path, BETWEEN), after)
    assert problems == ()
    assert renames.tables == {"user": "crew", "tags": "marks", "user_has": "crew_has"}
    assert dict(renames.fields) == {
        ("crew_has", "user_id"): "crew_id",
        ("crew_has", "tags_id"): "marks_id",
    }


def test_a_stale_hint_is_told_once_where_it_is_written(tmp_path: Path) -> None:
    after = written(tmp_path, RENAMED)
    _, problems = written_renames(after, after)
    assert [str(one.at) for one in problems] == ["schema.yaml:2:11", "schema.yaml:5:11"]
    named = RENAMED.replace("name: has", "name: bears, renamed_from: has")
    after = written(tmp_path, named)
    _, problems = written_renames(after, after)
    assert [one.at.line for one in problems if one.at] == [2, 5, 9]
