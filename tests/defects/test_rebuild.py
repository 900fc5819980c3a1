"""Section 12.A, SQLite's rebuilds and what SQL of other shapes left undone."""

from __future__ import annotations

import pytest

from evolving import Evolving, things
from schema_files import table, tables

pytestmark = pytest.mark.database("sqlite")

WIDE = things("{name: x, type: bigint}")
SHORT = things("{name: x, type: text}")
"""The same with another type, which SQLite can only rebuild."""


def test_a_rebuild_keeps_a_trigger_made_by_hand(project: Evolving) -> None:
    project.becomes(WIDE)
    project.rows(
        "CREATE TRIGGER count_up AFTER INSERT ON things"
        " BEGIN UPDATE things SET x = new.id * 2 WHERE id = new.id; END"
    )
    project.becomes(SHORT)
    project.rows("INSERT INTO things (id) VALUES (4)")
    assert project.value("SELECT x FROM things") == "8"


def test_a_rebuild_keeps_a_view_on_its_table(project: Evolving) -> None:
    project.becomes(WIDE)
    project.rows("INSERT INTO things VALUES (1, 2)")
    project.rows("CREATE VIEW seen AS SELECT x FROM things")
    project.becomes(SHORT)
    assert project.value("SELECT x FROM seen") == "2"


def test_a_rebuild_keeps_an_index_made_by_hand(project: Evolving) -> None:
    project.becomes(WIDE)
    project.rows("CREATE INDEX by_hand ON things (x)")
    project.becomes(SHORT)
    assert project.names("index") == ["by_hand"]


def test_a_rebuild_keeps_keys_checks_and_the_counter(project: Evolving) -> None:
    def schema(type_: str) -> str:
        return tables(
            table(name="parents"),
            "  - name: things\n    fields:\n"
            "      - {name: id, type: serial, primary_key: true}\n"
            f"      - {{name: x, type: {type_}, check: x <> 3}}\n"
            "      - {name: p, type: foreign_key, foreign_key: {table: parents}}\n",
        )

    project.becomes(schema("bigint"))
    counts = "INSERT INTO things (x) VALUES (1), (2)"
    project.rows(counts)
    project.rows("DELETE FROM things")
    project.becomes(schema("integer"))
    project.rows(counts)
    assert project.rows("SELECT id FROM things") == [(3,), (4,)]
    assert project.refuses("INSERT INTO things (x) VALUES (3)")
    assert project.refuses("INSERT INTO things (p) VALUES (7)")


def test_a_rebuild_keeps_the_rows_that_refer_to_it(project: Evolving) -> None:
    child = "{name: thing, type: foreign_key, foreign_key:"
    child += " {table: things, on_delete: CASCADE}}"
    children = table(child, name="children")
    project.becomes(tables(table("{name: x, type: bigint}"), children))
    project.rows("INSERT INTO things VALUES (1, 2)")
    project.rows("INSERT INTO children VALUES (1, 1)")
    project.becomes(tables(table("{name: x, type: text}"), children))
    assert project.rows("SELECT * FROM children") == [(1, 1)]
    assert project.refuses("INSERT INTO children VALUES (2, 7)")


def test_a_rebuild_makes_no_index_that_was_not_declared(project: Evolving) -> None:
    key = "{name: p, type: foreign_key, foreign_key: {table: things, index: false}}"
    project.becomes(things(key, "{name: x, type: bigint}"))
    project.becomes(things(key, "{name: x, type: text}"))
    assert project.names("index") == []
    project.becomes(things("{name: x, type: text}"))
    assert project.columns("things") == ["id", "x"]


def test_a_decimal_that_sqlite_would_round_is_refused(project: Evolving) -> None:
    long = "{name: x, type: decimal, precision: 19, scale: 2}"
    project.written(things(long))
    answer = project.said("migrate", "up")
    assert answer.code == 1
    assert 'keeps decimals exactly up to 15 digits, and "x" has 19' in answer.err


def test_a_decimal_is_kept_to_the_digit_as_text(project: Evolving) -> None:
    long = "{name: x, type: decimal, precision: 19, scale: 2,"
    project.becomes(things(f"{long} options: {{sqlite: {{decimal: text}}}}}}"))
    project.rows("INSERT INTO things (x) VALUES ('12345678901234567.89')")
    assert project.value("SELECT x FROM things") == "12345678901234567.89"


def test_a_decimal_of_fifteen_digits_is_exact(project: Evolving) -> None:
    project.becomes(things("{name: x, type: decimal, precision: 15, scale: 2}"))
    project.rows("INSERT INTO things (x) VALUES (1234567890123.45)")
    assert project.value("SELECT x = 1234567890123.45 FROM things") == 1


@pytest.mark.parametrize("type_", ["varchar, length: 9", "uuid", "text", "date"])
def test_a_primary_key_of_any_type_is_never_null(project: Evolving, type_: str) -> None:
    fields = f"[{{name: id, type: {type_}, primary_key: true}}]"
    project.becomes(tables(f"  - name: things\n    fields: {fields}\n"))
    assert project.refuses("INSERT INTO things (id) VALUES (NULL)")


@pytest.mark.parametrize("first", ["things", "nothing"])
def test_many_to_many_is_a_table_with_two_keys(project: Evolving, first: str) -> None:
    tags = table(name="tags")
    if first == "things":
        project.becomes(tables(table(), tags))
    many = "{name: tags, type: many_to_many, many_to_many: {table: tags}}"
    project.becomes(tables(table(many), tags))
    assert project.columns("things") == ["id"]
    assert project.names("table") == ["tags", "things", "things_tags"]
    project.rows("INSERT INTO things (id) VALUES (1)")
    project.rows("INSERT INTO tags (id) VALUES (2)")
    project.rows("INSERT INTO things_tags VALUES (1, 2)")
    assert project.refuses("INSERT INTO things_tags VALUES (1, 2)")
    assert project.refuses("INSERT INTO things_tags VALUES (1, 3)")
    assert project.refuses("INSERT INTO things_tags VALUES (2, 2)")


def test_auto_update_keeps_the_moment_of_the_last_change(project: Evolving) -> None:
    project.becomes(
        things(
            "{name: at, type: timestamp, auto_update: true}", "{name: x, type: text}"
        )
    )
    project.rows("INSERT INTO things (at) VALUES ('1999-01-01')")
    project.rows("UPDATE things SET x = 'y'")
    assert str(project.value("SELECT at FROM things")) > "2020"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("VARCHAR({{.Lenght}})", 'did you mean "length"?'),
        ("VARCHAR({lenght})", 'did you mean "length"?'),
        ("VARCHAR({{.Length)", '"{{.Length" is not closed by two braces'),
        ("VARCHAR({{if .Length}})", "is more than a template can say"),
    ],
)
def test_a_wrong_template_of_a_type_is_told(
    project: Evolving, template: str, said: str
) -> None:
    mapping = f'type_mappings: {{sqlite: {{varchar: "{template}"}}}}\n'
    project.line.schema(mapping + things("{name: x, type: varchar, length: 9}"))
    answer = project.said("makemigrations")
    assert answer.code == 1
    assert said in answer.err
    assert "schema/schema.yaml:1:" in answer.err
