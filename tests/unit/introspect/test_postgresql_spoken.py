"""Enums are called otherwise in the scratch, and only where a type is meant."""

from __future__ import annotations

import pytest

from mm_engine.introspect.postgresql_spoken import Spoken

SPOKEN = Spoken(
    {
        ("sales", "mood"): "#1#",
        ("odd place", 'odd "mood"'): "#2#",
        ("public", "size"): "size",
        ("seen",): "#3#",
    },
    {("#1#",): "sales.mood", ("#2#",): '"odd place"."odd ""mood"""', ("#3#",): "seen"},
)


@pytest.mark.parametrize(
    ("said", "built"),
    [
        ("m <> 'sad'::sales.mood", "m <> 'sad'::pg_temp.\"#1#\""),
        ("CAST(x AS Sales . MOOD)", 'CAST(x AS pg_temp."#1#")'),
        ('x :: "sales"."mood"[]', 'x :: pg_temp."#1#"[]'),
        ("ANY (ARRAY[sales.mood 'sad'])", "ANY (ARRAY[pg_temp.\"#1#\" 'sad'])"),
        ('\'a\'::"odd place"."odd ""mood"""', "'a'::pg_temp.\"#2#\""),
        ("'big'::public.size", "'big'::pg_temp.\"size\""),
        ("'yes'::seen OR seen", "'yes'::pg_temp.\"#3#\" OR seen"),
    ],
)
def test_a_type_is_the_one_in_the_scratch(said: str, built: str) -> None:
    assert SPOKEN.in_scratch(said) == built


@pytest.mark.parametrize(
    "said",
    [
        "sales.mood <> 'sad'",
        "note <> 'x::sales.mood'",
        'x::"Sales".mood',
        "x::other.sales.mood",
        "x::sales.mood.more",
        "x /* ::sales.mood */ -- ::sales.mood",
        "$$x::sales.mood$$",
        "E'\\'::sales.mood'",
        "x::mood",
        "x::public.other",
    ],
)
def test_what_is_another_thing_stays(said: str) -> None:
    assert SPOKEN.in_scratch(said) == said


def test_the_server_s_words_speak_of_the_enum_outside() -> None:
    told = "(m = ANY (ARRAY['a'::\"#1#\", 'b'::\"#2#\"])) AND (n <> '\"#1#\"'::text)"
    assert SPOKEN.as_live(told) == (
        '(m = ANY (ARRAY[\'a\'::sales.mood, \'b\'::"odd place"."odd ""mood"""]))'
        " AND (n <> '\"#1#\"'::text)"
    )
