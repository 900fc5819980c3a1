"""Section 12.A: SQL that was wrong, or that no database would run."""

from __future__ import annotations

import pytest

from evolving import THINGS, Evolving, things
from schema_files import table, tables

pytestmark = pytest.mark.database("sqlite")

PARENTS = table("{name: code, type: varchar, length: 9}", name="parents")


def child(kind: str = "{table: parents}", name: str = "parent") -> str:
    """A field that refers to another table, told in one line."""
    return f"{{name: {name}, type: foreign_key, foreign_key: {kind}}}"


def test_an_indexed_field_can_be_dropped_and_brought_back(project: Evolving) -> None:
    index = "    indexes: [{name: idx_x, fields: [x]}]\n"
    project.becomes(things("{name: x, type: integer}", more=index))
    project.becomes(THINGS)
    assert (project.columns("things"), project.names("index")) == (["id"], [])
    project.down()
    assert (project.columns("things"), project.names("index")) == (
        ["id", "x"],
        ["idx_x"],
    )


def test_a_referring_field_can_be_dropped_and_brought_back(project: Evolving) -> None:
    project.becomes(tables(PARENTS, table(child())))
    project.becomes(tables(PARENTS, table()))
    assert project.columns("things") == ["id"]
    project.down()
    assert project.refuses("INSERT INTO things (parent) VALUES (7)")


def test_sqlite_has_the_foreign_key_of_a_new_table(project: Evolving) -> None:
    project.becomes(tables(PARENTS, table(child())))
    assert project.refuses("INSERT INTO things (parent) VALUES (7)")


def test_sqlite_has_the_foreign_key_of_a_new_field(project: Evolving) -> None:
    project.becomes(tables(PARENTS, table()))
    project.rows("INSERT INTO things (id) VALUES (1)")
    project.becomes(tables(PARENTS, table(child())))
    assert project.refuses("INSERT INTO things (parent) VALUES (7)")


def test_a_reference_added_later_has_the_type_of_its_key(project: Evolving) -> None:
    parents = "  - name: parents\n    fields: [{name: id, type: varchar, length: 9,"
    parents += " primary_key: true}]\n"
    project.becomes(tables(parents, table()))
    text = project.becomes(tables(parents, table(child())))
    assert 'mm.Field("parent", mm.Varchar(9))' in text


def test_a_table_may_refer_to_itself(project: Evolving) -> None:
    fields = "[{name: id, type: serial, primary_key: true},"
    fields += f" {child('{table: parents}')}]"
    text = project.becomes(tables(f"  - name: parents\n    fields: {fields}\n"))
    assert 'mm.Field("parent", mm.Integer())' in text
    project.rows("INSERT INTO parents (parent) VALUES (NULL), (1)")
    assert project.refuses("INSERT INTO parents (parent) VALUES (7)")


def test_two_tables_may_refer_to_each_other(project: Evolving) -> None:
    both = (
        table(child("{table: b}"), name="a"),
        table(child("{table: a}"), name="b"),
    )
    project.becomes(tables(*both))
    assert project.refuses("INSERT INTO a (parent) VALUES (7)")
    assert project.refuses("INSERT INTO b (parent) VALUES (7)")
    project.down()
    assert project.names("table") == []


@pytest.mark.parametrize(
    ("key", "type_"),
    [
        ("type: varchar, length: 9", "mm.Varchar(9)"),
        ("type: decimal, precision: 9, scale: 2", "mm.Decimal(9, 2)"),
        ("type: date", "mm.Date()"),
        ("type: uuid", "mm.Uuid()"),
        ("type: bigserial", "mm.BigInt()"),
    ],
)
def test_a_reference_has_the_type_of_a_key_of_any_type(
    project: Evolving, key: str, type_: str
) -> None:
    parents = (
        f"  - name: parents\n    fields: [{{name: id, {key}, primary_key: true}}]\n"
    )
    text = project.becomes(tables(parents, table(child())))
    assert f'mm.Field("parent", {type_})' in text


def test_a_key_of_two_fields_can_be_referred_to(project: Evolving) -> None:
    parents = (
        "  - name: parents\n"
        "    fields: [{name: a, type: integer}, {name: b, type: integer}]\n"
        "    primary_key: [a, b]\n"
    )
    more = "    foreign_keys: [{fields: [x, y], table: parents}]\n"
    project.becomes(
        tables(
            parents,
            table("{name: x, type: integer}", "{name: y, type: integer}", more=more),
        )
    )
    project.rows("INSERT INTO parents VALUES (1, 2)")
    project.rows("INSERT INTO things (x, y) VALUES (1, 2)")
    assert project.refuses("INSERT INTO things (x, y) VALUES (2, 1)")


def test_a_foreign_key_that_fails_stops_its_migration(project: Evolving) -> None:
    project.becomes(tables(PARENTS, table("{name: parent, type: integer}")))
    project.rows("INSERT INTO things (parent) VALUES (7)")
    text = project.written(tables(PARENTS, table(child())))
    assert "if_present" not in text
    assert project.said("migrate", "up").code == 1
    assert project.said("migrate", "status", "--check").code == 3


def test_a_primary_key_may_have_two_fields(project: Evolving) -> None:
    project.becomes(
        tables(
            "  - name: pairs\n    fields:\n"
            "      - {name: a, type: integer, primary_key: true}\n"
            "      - {name: b, type: integer, primary_key: true}\n"
        )
    )
    project.rows("INSERT INTO pairs VALUES (1, 1), (1, 2)")
    assert project.refuses("INSERT INTO pairs VALUES (1, 2)")


def test_a_renamed_field_keeps_all_that_it_is(project: Evolving) -> None:
    words = "type: varchar, length: 7, nullable: false, default: blue}"
    project.becomes(things("{name: x, " + words))
    was = project.rows(
        "SELECT type, \"notnull\", dflt_value FROM pragma_table_info('things')"
    )
    project.becomes(things("{name: y, renamed_from: x, " + words))
    assert project.columns("things") == ["id", "y"]
    now = project.rows(
        "SELECT type, \"notnull\", dflt_value FROM pragma_table_info('things')"
    )
    assert now == was


def test_a_unique_index_leaves_out_what_its_where_leaves_out(project: Evolving) -> None:
    index = "{name: uq_x, fields: [x], unique: true, where: x > 0}"
    project.becomes(
        things("{name: x, type: integer}", more=f"    indexes: [{index}]\n")
    )
    project.rows("INSERT INTO things (x) VALUES (-1), (-1), (1)")
    assert project.refuses("INSERT INTO things (x) VALUES (1)")


DEFAULTS: dict[str, tuple[str, object]] = {
    "hyphen": ("type: varchar, length: 20, default: in-progress", "in-progress"),
    "word": ("type: varchar, length: 20, default: USD", "USD"),
    "upper": ("type: varchar, length: 20, default: ACTIVE", "ACTIVE"),
    "no": ("type: varchar, length: 20, default: NO", "NO"),
    "call": ("type: varchar, length: 20, default: a (b)", "a (b)"),
    "cast": ("type: varchar, length: 20, default: 'a::b'", "a::b"),
    "zeros": ("type: varchar, length: 20, default: 007", "007"),
    "quote": ("type: varchar, length: 20, default: it's", "it's"),
    "drop": ('type: text, default: "x\'); DROP TABLE t; --"', "x'); DROP TABLE t; --"),
    "clock": ("type: varchar, length: 20, default: now", "now"),
    "inf": ("type: text, default: inf", "inf"),
    "yes": ("type: boolean, default: yes", 1),
    "false": ("type: boolean, default: false", 0),
    "seven": ("type: integer, default: 007", 7),
    "zero": ("type: integer, default: zero", 0),
    "exact": ("type: decimal, precision: 5, scale: 2, default: 1.10", 1.1),
    "object": ("type: jsonb, default: object", "{}"),
    "sql": ("type: text, default: !expression upper('x')", "X"),
}


def test_a_default_is_the_same_in_a_new_table_and_in_a_new_field(
    project: Evolving,
) -> None:
    fields = [f"{{name: {name}, {words}}}" for name, (words, _) in DEFAULTS.items()]
    project.becomes(THINGS)
    project.rows("INSERT INTO things (id) VALUES (1)")
    project.becomes(tables(table(*fields), table(*fields, name="others")))
    project.rows("INSERT INTO things (id) VALUES (2)")
    project.rows("INSERT INTO others (id) VALUES (1)")
    expected = tuple(value for _, value in DEFAULTS.values())
    names = ", ".join(f'"{name}"' for name in DEFAULTS)
    assert project.rows(f"SELECT {names} FROM things") == [expected, expected]
    assert project.rows(f"SELECT {names} FROM others") == [expected]


def test_now_is_the_moment_of_the_row_without_being_declared(
    project: Evolving,
) -> None:
    project.becomes(
        things("{name: at, type: timestamp, default: now}", "{name: x, type: text}")
    )
    project.rows("INSERT INTO things (x) VALUES ('now')")
    assert project.value("SELECT at = CURRENT_TIMESTAMP OR at > '2020' FROM things")
    assert "now" not in str(project.value("SELECT at FROM things"))


def test_new_uuid_is_another_one_in_each_row_without_being_declared(
    project: Evolving,
) -> None:
    project.becomes(things("{name: key, type: uuid, default: new_uuid}"))
    project.rows("INSERT INTO things (id) VALUES (1), (2)")
    assert project.value("SELECT count(DISTINCT key) FROM things") == 2
    assert project.value("SELECT max(length(key)) FROM things") == 36


def test_blank_is_an_empty_text_and_not_no_default(project: Evolving) -> None:
    declared = "defaults: {sqlite: {blank: ''}}\n"
    project.becomes(declared + things("{name: x, type: text, default: blank}"))
    project.rows("INSERT INTO things (id) VALUES (1)")
    assert project.rows("SELECT x FROM things") == [("",)]


def test_a_field_may_become_a_reference_and_stay_what_it_is(project: Evolving) -> None:
    project.becomes(tables(PARENTS, table("{name: parent, type: integer}")))
    project.rows("INSERT INTO parents (id) VALUES (7)")
    project.rows("INSERT INTO things (parent) VALUES (7)")
    text = project.becomes(tables(PARENTS, table(child())))
    assert "AlterField" not in text
    assert project.value("SELECT parent FROM things") == 7
    project.becomes(tables(PARENTS, table("{name: parent, type: integer}")))
    assert not project.refuses("INSERT INTO things (parent) VALUES (8)")


def test_a_changed_primary_key_is_changed_in_the_database(project: Evolving) -> None:
    x = "{name: x, type: integer, nullable: false}"
    project.becomes(things(x))
    project.rows("INSERT INTO things VALUES (1, 1), (2, 1)")
    project.becomes(
        tables(
            "  - name: things\n    fields: [{name: id, type: integer},"
            f" {x}]\n    primary_key: [id, x]\n"
        )
    )
    keys = "SELECT name FROM pragma_table_info('things') WHERE pk ORDER BY pk"
    assert project.rows(keys) == [("id",), ("x",)]
    assert project.value("SELECT count(*) FROM things") == 2
    project.down()
    assert project.rows(keys) == [("id",)]


@pytest.mark.parametrize(
    ("words", "flags", "value"),
    [
        ("type: integer, nullable: false", ("--one-off", "things.x=5"), 5),
        ("type: integer, nullable: false, default: 4", (), 4),
        ("type: timestamp, default: now", (), None),
        ("type: integer, default: !expression 1 + 2", (), 3),
        ("type: timestamp, auto_create: true", (), None),
    ],
)
def test_sqlite_fills_a_new_field_in_rows_that_are_there(
    project: Evolving, words: str, flags: tuple[str, ...], value: object
) -> None:
    project.becomes(THINGS)
    project.rows("INSERT INTO things (id) VALUES (1)")
    project.becomes(things(f"{{name: x, {words}}}"), *flags)
    found = project.value("SELECT x FROM things")
    assert found == value if value is not None else str(found) > "2020"


def test_sqlite_takes_a_new_field_that_is_the_primary_key(project: Evolving) -> None:
    project.becomes(THINGS)
    project.rows("INSERT INTO things (id) VALUES (3)")
    fields = "[{name: id, type: integer},"
    fields += " {name: x, type: integer, primary_key: true}]"
    project.becomes(
        tables(f"  - name: things\n    fields: {fields}\n"),
        *("--one-off", "things.x=expr:id + 1"),
    )
    assert project.rows("SELECT id, x FROM things") == [(3, 4)]


def test_sqlite_drops_a_field_of_the_primary_key(project: Evolving) -> None:
    both = "[{name: id, type: integer}, {name: x, type: integer}]"
    project.becomes(
        tables(f"  - name: things\n    fields: {both}\n    primary_key: [id, x]\n")
    )
    project.rows("INSERT INTO things VALUES (1, 1)")
    project.becomes(THINGS)
    assert project.rows("SELECT * FROM things") == [(1,)]
