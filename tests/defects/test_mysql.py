"""Defects that MySQL showed, on a server of its kin."""

from __future__ import annotations

import pytest
from pymysql.err import IntegrityError

import mm_engine as mm
from live_mysql import LiveMySQL
from mm_engine.errors import UnsupportedError

pytestmark = pytest.mark.database("mariadb")

USERS = mm.CreateTable(
    "users",
    fields=[
        mm.Field("id", mm.Serial(), nullable=False),
        mm.Field(
            "name",
            mm.Varchar(20),
            nullable=False,
            default=mm.Literal("it's \\ so"),
            comment="what they are called",
            options={"mysql": {"collate": "utf8mb4_bin"}},
        ),
        mm.Field("changed", mm.Timestamp(), auto_create=True, auto_update=True),
    ],
    primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
)
PAIRS = mm.CreateTable(
    "pairs",
    fields=[
        mm.Field("a", mm.Integer(), nullable=False),
        mm.Field("b", mm.Integer(), nullable=False),
        mm.Field("user_id", mm.Integer()),
    ],
    primary_key=mm.PrimaryKey(["a", "b"], name="pairs_pkey"),
    foreign_keys=[
        mm.ForeignKey(["user_id"], "users", references=["id"], name="fk_pairs_user")
    ],
)


def column(live: LiveMySQL, name: str) -> tuple[object, ...]:
    """All that the server says of a field of users, apart from its name."""
    (found,) = live.sql(
        "SELECT column_type, is_nullable, column_default, extra, collation_name,"
        " column_comment FROM information_schema.columns"
        f" WHERE table_schema = DATABASE() AND column_name = '{name}'"
    )
    return found


def test_a_foreign_key_is_really_there(live_mariadb: LiveMySQL) -> None:
    live_mariadb.up([USERS, PAIRS])
    live_mariadb.sql("INSERT INTO users () VALUES ()")
    live_mariadb.sql("INSERT INTO pairs VALUES (1, 1, 1), (1, 2, NULL)")
    with pytest.raises(IntegrityError, match="foreign key"):
        live_mariadb.sql("INSERT INTO pairs VALUES (2, 1, 7)")


def test_a_primary_key_may_have_two_fields(live_mariadb: LiveMySQL) -> None:
    live_mariadb.up([USERS, PAIRS])
    live_mariadb.sql("INSERT INTO pairs VALUES (1, 1, NULL), (1, 2, NULL)")
    with pytest.raises(IntegrityError, match="Duplicate"):
        live_mariadb.sql("INSERT INTO pairs VALUES (1, 2, NULL)")


@pytest.mark.parametrize("name", ["id", "name", "changed"])
def test_a_renamed_field_keeps_all_that_it_is(
    live_mariadb: LiveMySQL, name: str
) -> None:
    live_mariadb.up([USERS])
    was = column(live_mariadb, name)
    live_mariadb.up([mm.RenameField("users", name, new="other")])
    assert column(live_mariadb, "other") == was


def test_the_method_of_an_index_is_no_syntax_error(live_mariadb: LiveMySQL) -> None:
    index = mm.Index(["name"], name="idx_name", method="gin")
    live_mariadb.up([USERS, mm.AddIndex("users", index)])
    keys = live_mariadb.sql("SHOW INDEX FROM users WHERE Key_name = 'idx_name'")
    assert len(keys) == 1


def test_the_condition_of_an_index_is_not_left_out(live_mariadb: LiveMySQL) -> None:
    index = mm.Index(["name"], name="uq_name", unique=True, where="id > 1")
    with pytest.raises(UnsupportedError, match="no partial indexes"):
        live_mariadb.up([USERS, mm.AddIndex("users", index)])
    assert live_mariadb.sql("SHOW TABLES") == []


def test_an_index_without_its_condition_finds_the_same_rows(
    live_mariadb: LiveMySQL,
) -> None:
    index = mm.Index(["name"], name="idx_name", where="id > 1")
    live_mariadb.up([USERS])
    live_mariadb.sql("INSERT INTO users (name) VALUES ('a'), ('a')")
    live_mariadb.up([mm.AddIndex("users", index)])
    assert len(live_mariadb.sql("SELECT id FROM users WHERE name = 'a'")) == 2


def test_functions_and_documents_are_defaults(live_mariadb: LiveMySQL) -> None:
    fields = [
        mm.Field("id", mm.Uuid(), nullable=False, default=mm.Expression("uuid()")),
        mm.Field("note", mm.Text(), default=mm.Literal("it's \\ so")),
        mm.Field("data", mm.Json(), default=mm.Literal('{"a": "\\\\"}')),
        mm.Field("raw", mm.Bytes(), default=mm.Literal("\\'")),
    ]
    key = mm.PrimaryKey(["id"], name="notes_pkey")
    live_mariadb.up([mm.CreateTable("notes", fields=fields, primary_key=key)])
    live_mariadb.sql("INSERT INTO notes () VALUES ()")
    assert live_mariadb.sql("SELECT length(id), note, data, raw FROM notes") == [
        (36, "it's \\ so", '{"a": "\\\\"}', b"\\'")
    ]


def test_the_moment_of_the_last_change_is_kept(live_mariadb: LiveMySQL) -> None:
    seen = mm.Field("seen", mm.TimestampTZ(), auto_update=True)
    live_mariadb.up([USERS, mm.AddField("users", seen)])
    live_mariadb.sql("SET time_zone = '+05:00'")
    live_mariadb.sql("INSERT INTO users (changed) VALUES ('2000-01-01')")
    live_mariadb.sql("UPDATE users SET name = 'b'")
    assert live_mariadb.sql(
        "SELECT abs(timestampdiff(SECOND, changed, now())) < 60,"
        " abs(timestampdiff(SECOND, seen, utc_timestamp())) < 60 FROM users"
    ) == [(1, 1)]
    live_mariadb.sql("UPDATE users SET changed = '2000-01-01', seen = '2000-01-01'")
    assert live_mariadb.sql("SELECT count(*) FROM users WHERE seen = changed") == [(1,)]


def test_a_change_of_ours_is_none_of_a_row(live_mariadb: LiveMySQL) -> None:
    seen = mm.Field("seen", mm.TimestampTZ(), auto_update=True)
    nick = mm.Field("nick", mm.Varchar(9), nullable=False)
    live_mariadb.up([USERS, mm.AddField("users", seen)])
    live_mariadb.sql("INSERT INTO users (changed) VALUES ('2000-01-01')")
    live_mariadb.up(
        [mm.AddField("users", nick, one_off=mm.Expression("concat('n', id)"))]
    )
    rows = live_mariadb.sql("SELECT nick, year(changed), seen FROM users")
    assert rows == [("n1", 2000, None)]
