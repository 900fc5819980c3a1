"""What stands outside of a transaction, written by the command line."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import SCHEMA, Line

INDEXED = (
    SCHEMA
    + """\
      - {name: age, type: integer}
    indexes:
      - {name: idx_users_fullname, fields: [fullname], concurrently: true}
"""
)


def test_several_files_are_written_each_after_the_one_before(made: Line) -> None:
    made.schema(INDEXED)
    assert made.fine("makemigrations").splitlines() == [
        "wrote migrations/0002_add_users_age.py",
        "  + add users.age",
        "wrote migrations/0003_add_idx_users_fullname.py",
        "  + add index idx_users_fullname to users",
    ]
    assert "concurrently=True" in made.source("0003_add_idx_users_fullname")
    assert '"0002_add_users_age"' in made.source("0003_add_idx_users_fullname")
    made.fine("migrate", "up")
    assert made("check").code == 0
    made.fine("migrate", "down", "--to", "zero")


def test_scripts_are_told_all_of_them(made: Line) -> None:
    made.schema(INDEXED)
    found = made("makemigrations", "--dry-run", "--json").document
    assert found["migration"]["name"] == "0002_add_users_age"
    [index] = found["following"]
    assert index["name"] == "0003_add_idx_users_fullname"
    assert index["dependencies"] == ["0002_add_users_age"]
    assert [one["op"] for one in found["operations"]] == ["AddField", "AddIndex"]
    assert index["path"] is None
    [written] = made("makemigrations", "--json").document["following"]
    assert written["path"] == "migrations/0003_add_idx_users_fullname.py"
    assert made.source(written["name"]) == written["source"] == index["source"]


def test_a_name_is_given_to_each(made: Line) -> None:
    made.schema(INDEXED)
    made.fine("makemigrations", "--name", "faster")
    assert made.migrations() == ["0001_initial", "0002_faster", "0003_faster"]


def test_a_check_finds_one_change_after_another(made: Line) -> None:
    made.schema(INDEXED)
    answer = made("makemigrations", "--check", "--json")
    assert answer.code == 3
    assert len(json.loads(answer.out)["operations"]) == 2
    made.fine("makemigrations")
    assert made("makemigrations", "--check").code == 0


def test_the_last_of_them_is_made_again(made: Line) -> None:
    made.schema(INDEXED)
    made.fine("makemigrations")
    made.edit("fields: [fullname], ", "fields: [email], ")
    made.edit("{name: age, type: integer}", "{name: age, type: bigint}")
    made.fine("makemigrations", "--replace-last")
    assert made.migrations() == [
        "0001_initial",
        "0002_add_users_age",
        "0003_alter_users_age_type",
        "0004_add_idx_users_fullname",
    ]
    made.fine("migrate", "up")
    assert made("check").code == 0


def test_a_file_that_cannot_be_written_leaves_none(made: Line) -> None:
    (made.folder / "migrations" / "0003_add_idx_users_fullname.py").mkdir()
    made.schema(INDEXED)
    before = sorted(path.name for path in (made.folder / "migrations").iterdir())
    assert made("makemigrations").code == 1
    after = sorted(path.name for path in (made.folder / "migrations").iterdir())
    assert after == before


def test_it_is_shown_without_a_transaction(made: Line) -> None:
    made.schema(INDEXED)
    made.fine("makemigrations")
    shown = made.fine(
        "migrate", "showsql", "0003", "--database", "postgresql", "--down"
    )
    assert shown.splitlines() == [
        "-- 0003_add_idx_users_fullname (down)",
        "-- outside of any transaction",
        'DROP INDEX CONCURRENTLY IF EXISTS "idx_users_fullname";',
    ]
    pending = made.fine("dump_sql", "--database", "postgresql")
    assert "CONCURRENTLY" not in pending


def test_vacuum_stands_alone_on_sqlite(migrated: Line) -> None:
    path = Path(migrated.folder / "migrations" / "0002_vacuum.py")
    text = 'mm.RunSQL("VACUUM", "", transactional=False)'
    path.write_text(
        "import mm_engine as mm\n\nmigration = mm.Migration(name='0002_vacuum',"
        f" dependencies=['0001_initial'], operations=[{text}])\n",
        encoding="utf-8",
    )
    assert "applied 0002_vacuum" in migrated.fine("migrate", "up")
    assert "undid 0002_vacuum" in migrated.fine("migrate", "down")
