from __future__ import annotations

import pytest

import mm_engine as mm
from mm_engine.errors import UsageError
from mm_engine.migrations.naming import (
    chosen_slug,
    migration_title,
    next_name,
    slug_of,
    title_of,
)
from mm_engine.operations import Operation
from written_migrations import SAMPLES, step, table

A, B, C = (mm.AddField("posts", mm.Field(name, mm.Text())) for name in "abc")


@pytest.mark.parametrize(
    ("existing", "name"),
    [
        ([], "0001_x"),
        (["0001_initial", "0007_posts"], "0008_x"),
        (["9999_last"], "10000_x"),
        (["helpers", "0002_b"], "0003_x"),
    ],
)
def test_numbers_come_from_the_highest_number(existing: list[str], name: str) -> None:
    assert next_name(existing, "x") == name


@pytest.mark.parametrize(
    ("operations", "slug"),
    [
        ((A,), "add_posts_a"),
        ((A, B), "add_posts_a_and_add_posts_b"),
        ((A, B, C), "add_posts_a_and_2_more"),
        ((A, mm.DropTable("x"), mm.DropTable("y")), "drop_x_and_2_more"),
        ((mm.DropIndex("posts", "i"), A), "add_posts_a_and_drop_i"),
        ((mm.SetDefaults({}), A), "add_posts_a"),
        ((mm.SetDefaults({}),), "set_defaults"),
        ((mm.DropTable("Größe & Gewicht"),), "drop_groe_gewicht"),
        ((mm.DropTable("表"),), "drop"),
        ((mm.DropTable("x" * 80),), "drop_" + "x" * 45),
        ((), "empty"),
    ],
)
def test_a_slug_speaks_of_the_operations(
    operations: tuple[Operation, ...], slug: str
) -> None:
    assert slug_of(operations) == slug


def test_a_slug_says_what_an_alteration_changes_if_it_is_one_thing() -> None:
    before = mm.Schema.of(mm.Table("posts", [mm.Field("a", mm.Text())]))
    longer = mm.AlterField("posts", mm.Field("a", mm.Varchar(9)))
    both = mm.AlterField("posts", mm.Field("a", mm.Varchar(5), nullable=False))
    assert slug_of([longer], before=before) == "alter_posts_a_type"
    assert slug_of([both], before=before) == "alter_posts_a"


def test_a_long_slug_is_cut_between_words() -> None:
    renamed = mm.RenameEnum("movement_kind", "stock_movement_kind")
    assert slug_of([renamed] * 3) == "rename_movement_kind_to_stock_and_2_more"


def test_the_first_migration_is_called_initial() -> None:
    assert slug_of([A, B], first=True) == "initial"


def test_slugs_of_all_operations_are_short_and_plain() -> None:
    for operation in SAMPLES:
        slug = slug_of([operation] * 3)
        assert slug.replace("_", "a").isalnum()
        assert slug == slug.lower()
        assert len(slug) <= 50


def test_a_chosen_name_is_cleaned() -> None:
    assert chosen_slug("../Add Title!") == "add_title"


@pytest.mark.parametrize("name", ["", "  ", "../..", "表", "'\"\n"])
def test_a_name_of_which_nothing_is_left_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no letter or digit"):
        chosen_slug(name)


@pytest.mark.parametrize(
    ("operations", "title"),
    [
        (
            (A, table("users", "id"), table("posts", "id")),
            "Create users and posts; add posts.a.",
        ),
        ((A, B, C), "Add posts.a, posts.b and posts.c."),
        ((mm.RenameTable("a", "b"),), "Rename table a to b."),
        ((mm.DropTable('a"b\n\\c'),), "Drop a'b /c."),
        ((), "Change nothing."),
    ],
)
def test_a_title_is_a_sentence(operations: tuple[Operation, ...], title: str) -> None:
    assert title_of(operations) == title


def test_a_long_title_is_cut_with_a_count() -> None:
    tables = [mm.DropTable(f"table_{n:03}") for n in range(300)]
    title = title_of(tables)
    assert title.startswith("Drop table_000, table_001, ")
    assert title.endswith("; and 296 more.")
    assert len(f'"""{title}"""') <= 79


def test_every_title_fits_its_line() -> None:
    for operation in (*SAMPLES, mm.DropTable("x" * 200), mm.RunSQL("é" * 99)):
        for number in (1, 2, 50):
            title = title_of([operation] * number)
            assert len(f'"""{title}"""') <= 79
            assert title.count(".") >= 1


def test_merges_and_squashes_say_what_they_are() -> None:
    squash = mm.Migration(
        name="0003_s", dependencies=[], operations=[], replaces=["0001_a", "0003_c"]
    )
    assert migration_title(squash) == "Squash 0001_a to 0003_c."
    assert migration_title(step("0003_m", "0002_a", "0002_b")) == (
        "Merge 0002_a and 0002_b."
    )
