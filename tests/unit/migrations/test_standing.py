from __future__ import annotations

from pathlib import Path

import attrs
import pytest

import mm_engine as mm
from mm_engine.errors import GraphError, MigrationFileError
from mm_engine.migrations.loader import load_migrations
from mm_engine.migrations.squash import squash
from mm_engine.migrations.standing import parts
from mm_engine.operations import Operation
from runs import add, chain, create, migration

VACUUM = mm.RunSQL("VACUUM", "", transactional=False)
INDEX = mm.AddIndex(
    "users", mm.Index(["name"], name="idx_users_name", concurrently=True)
)
USERS = create("users", "name").apply(mm.Schema())


def test_what_stands_alone_parts_what_is_before_it_from_what_is_after() -> None:
    dropped = mm.DropIndex("users", "idx_users_name")
    told: list[Operation] = [
        add("users", "a"),
        INDEX,
        VACUUM,
        add("users", "b"),
        dropped,
    ]
    found = parts([*told, mm.DropField("users", "name")], USERS)
    assert [len(part) for part in found] == [1, 1, 1, 1, 1, 1]
    assert [operation for part in found for operation in part][:5] == told


def test_what_is_only_remembered_stands_with_others() -> None:
    told = mm.AddIndex("users", INDEX.index, schema_only=True)
    assert len(parts([add("users", "a"), told], USERS)) == 1


def test_an_index_made_with_its_table_stands_with_others() -> None:
    table = USERS.table("users")
    made = mm.CreateTable(
        "users",
        fields=table.fields,
        primary_key=table.primary_key,
        indexes=[INDEX.index],
    )
    assert len(parts([made, add("users", "a")], mm.Schema())) == 1


def test_nothing_is_one_migration_of_nothing() -> None:
    assert parts([], mm.Schema()) == ((),)


SOURCE = """\
import mm_engine as mm

migration = mm.Migration(
    name="0001_mixed",
    dependencies=[],
    operations=[
        mm.RunSQL("SELECT 1", ""),
        {},
    ],
)
"""


@pytest.mark.parametrize(
    "alone",
    [
        'mm.RunSQL("VACUUM", "", transactional=False)',
        'mm.AddIndex("a", mm.Index(["b"], name="i", concurrently=True))',
        'mm.AlterIndex("a", mm.Index(["b"], name="i", concurrently=True))',
    ],
)
def test_a_file_that_mixes_is_told_with_its_place(alone: str, tmp_path: Path) -> None:
    path = tmp_path / "0001_mixed.py"
    path.write_text(SOURCE.replace("{}", alone), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(MigrationFileError) as caught:
            load_migrations(tmp_path, root=tmp_path)
        [problem] = caught.value.problems
        assert str(problem.at) == "0001_mixed.py:8:9"
        assert "stands alone in its migration" in problem.message
        assert "a migration of its own" in str(problem.hint)


def test_a_dropped_index_that_is_mixed_is_told_where_the_schema_is_known() -> None:
    graph = chain(
        migration("0001_users", create("users", "name")),
        migration("0002_index", INDEX),
        migration("0003_mixed", mm.DropIndex("users", "idx_users_name"), VACUUM),
    )
    with pytest.raises(MigrationFileError, match=r"0003_mixed: .* drop index"):
        graph.schema()


def test_an_altered_index_stands_alone_if_it_was_or_will_be_built_beside_writers() -> (
    None
):
    plain = attrs.evolve(INDEX.index, concurrently=False, unique=True)
    built, unbuilt = (
        mm.AddIndex("users", index).apply(USERS)
        for index in (INDEX.index, attrs.evolve(plain, unique=False))
    )
    for operation, before, is_alone in (
        (mm.AlterIndex("users", plain), unbuilt, False),
        (mm.AlterIndex("users", plain), built, True),
        (mm.AlterIndex("users", INDEX.index), unbuilt, True),
        (mm.AlterIndex("users", INDEX.index, schema_only=True), built, False),
        (mm.AlterIndex("users", INDEX.index), mm.Schema(), True),
    ):
        assert operation.stands_alone(before) is is_alone


@pytest.mark.parametrize("operation", [VACUUM, INDEX])
def test_its_way_back_stands_alone_too(operation: Operation) -> None:
    [back] = operation.reverse(USERS)
    assert back.stands_alone(operation.apply(USERS))


def test_a_squash_does_not_fold_over_it_and_says_where_to_stop() -> None:
    graph = chain(
        migration("0001_users", create("users", "name")),
        migration("0002_vacuum", VACUUM),
        migration("0003_age", add("users", "age")),
    )
    with pytest.raises(GraphError, match="0002_vacuum stands alone") as caught:
        squash(graph, "0001_users", "0003_age")
    assert "what comes before 0002_vacuum" in str(caught.value.hint)


def test_an_index_of_a_table_of_the_squash_is_made_with_it() -> None:
    graph = chain(
        migration("0001_users", create("users", "name")), migration("0002_i", INDEX)
    )
    [made] = squash(graph, "0001_users", "0002_i").operations
    assert isinstance(made, mm.CreateTable)
    assert made.indexes[0].concurrently


def test_an_index_of_an_older_table_is_not_squashed() -> None:
    graph = chain(
        migration("0001_users", create("users", "name")),
        migration("0002_i", INDEX),
        migration("0003_age", add("users", "age")),
    )
    with pytest.raises(GraphError, match="0002_i stands alone"):
        squash(graph, "0002_i", "0003_age")
