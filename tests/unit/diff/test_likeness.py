"""Renames that nobody wrote down."""

from __future__ import annotations

import time

import attrs

import mm_engine as mm
from mm_engine.diff import Candidate, Renames, rename_candidates

NAME = mm.Field("name", mm.Varchar(40))
AGE = mm.Field("age", mm.Integer())
MAIL = mm.Field("email", mm.Varchar(255))


def users(*fields: mm.Field, name: str = "users") -> mm.Schema:
    return mm.Schema.of(mm.Table(name, fields))


def told(*candidates: Candidate) -> list[tuple[str | None, str, str]]:
    return [(each.table, each.old, each.new) for each in candidates]


def test_a_table_with_the_same_fields_is_likely_the_same_table() -> None:
    found = rename_candidates(users(NAME, AGE), users(NAME, AGE, name="people"))
    assert told(*found) == [(None, "users", "people")]
    assert found[0].kind == "table"
    assert found[0].renames() == Renames(tables={"users": "people"})


def test_a_table_with_few_of_the_fields_is_another_table() -> None:
    after = users(NAME, MAIL, mm.Field("x", mm.Text()), name="people")
    assert rename_candidates(users(NAME, AGE), after) == ()


def test_a_field_of_the_same_type_in_the_same_place_is_likely_the_same() -> None:
    new = mm.Field("display_name", mm.Varchar(40))
    found = rename_candidates(users(AGE, NAME, MAIL), users(AGE, new, MAIL))
    assert told(*found) == [("users", "name", "display_name")]
    assert found[0].renames() == Renames(fields={("users", "name"): "display_name"})


def test_a_field_with_a_like_name_is_likely_the_same_wherever_it_stands() -> None:
    new = mm.Field("full_name", mm.Varchar(40))
    old = mm.Field("fullname", mm.Varchar(40))
    found = rename_candidates(users(old, AGE), users(AGE, new))
    assert told(*found) == [("users", "fullname", "full_name")]


def test_a_field_of_another_type_is_another_field() -> None:
    new = mm.Field("names", mm.Integer())
    assert rename_candidates(users(NAME), users(new)) == ()


def test_unlike_names_in_unlike_places_are_no_question() -> None:
    new = mm.Field("colour", mm.Varchar(40))
    assert rename_candidates(users(NAME, AGE), users(AGE, new)) == ()


def test_each_name_is_asked_about_once_the_best_first() -> None:
    old = [mm.Field("first", mm.Text()), mm.Field("second", mm.Text())]
    new = [mm.Field("seconds", mm.Text()), mm.Field("firsts", mm.Text())]
    found = rename_candidates(users(AGE, *old), users(AGE, *new))
    assert told(*found) == [
        ("users", "second", "seconds"),
        ("users", "first", "firsts"),
    ]
    assert found[0].likeness > found[1].likeness


def test_what_is_known_is_not_asked_and_opens_the_next_question() -> None:
    before, after = users(NAME, AGE), users(mm.Field("named", NAME.type), AGE, name="u")
    assert told(*rename_candidates(before, after)) == [(None, "users", "u")]
    known = Renames(tables={"users": "u"})
    assert told(*rename_candidates(before, after, known)) == [("u", "name", "named")]
    known = attrs.evolve(known, fields={("u", "name"): "named"})
    assert rename_candidates(before, after, known) == ()


def test_nothing_is_asked_where_things_only_come_or_only_go() -> None:
    both = mm.Schema.of(mm.Table("a", [NAME]), mm.Table("b", [NAME]))
    assert rename_candidates(both, users(NAME, name="a")) == ()
    assert rename_candidates(users(NAME, name="a"), both) == ()
    assert rename_candidates(users(NAME), users(NAME, AGE)) == ()


def test_a_thousand_tables_are_not_held_against_a_thousand() -> None:
    def schema(prefix: str) -> mm.Schema:
        return mm.Schema.of(
            *(
                mm.Table(f"{prefix}{n}", [NAME, mm.Field(f"f{n}", mm.Text())])
                for n in range(1000)
            )
        )

    before, after = schema("old_"), schema("new_")
    started = time.process_time()
    found = rename_candidates(before, after)
    assert time.process_time() - started < 2
    pairs = {(old, new) for _, old, new in told(*found)}
    assert pairs == {(f"old_{n}", f"new_{n}") for n in range(1000)}
