"""Section 12.F: names, literals and secrets that stay what they are."""

from __future__ import annotations

import datetime as dt
import decimal
import json

import pytest

from evolving import THINGS, Evolving, things
from mm_engine.migrations.source import expression
from schema_files import table, tables


def quoted(name: str) -> str:
    """A name as YAML takes any."""
    return json.dumps(name, ensure_ascii=False)


NAMES = [
    'a"; DROP TABLE kept; --',
    "a'; DROP TABLE kept; --",
    "a`b",
    "[a]",
    "a b",
    "Ünïcode 🦉",
    "x" * 200,
    "a%s:b?",
    "a\\b",
    "--",
    "/*",
]


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("name", NAMES)
def test_a_name_never_ends_where_it_should_not(project: Evolving, name: str) -> None:
    def schema(type_: str) -> str:
        field = f"{{name: {quoted(name)}, type: {type_}, index: true}}"
        key = f"foreign_key: {{table: {quoted(name + '2')}}}"
        return tables(
            table(name="kept"),
            table(field, name=quoted(name + "2")),
            table(f"{{name: {quoted(name + '3')}, type: foreign_key, {key}}}"),
        )

    project.becomes(schema("bigint"))
    project.becomes(schema("text"))
    assert project.names("table") == sorted(["kept", "things", name + "2"])
    project.down("--to", "zero")
    assert project.names("table") == []


@pytest.mark.parametrize(
    "where", ["x > 0; DROP TABLE things", "x > 0) --", "x > 0 /*", "x > 'a", ")("]
)
def test_a_condition_is_one_expression(project: Evolving, where: str) -> None:
    index = f"    indexes: [{{name: i, fields: [x], where: {quoted(where)}}}]\n"
    project.line.schema(things("{name: x, type: integer}", more=index))
    made = project.said("makemigrations")
    shown = project.said("migrate", "showsql", "--all")
    applied = project.said("migrate", "up")
    assert 1 in (made.code, shown.code, applied.code)


@pytest.mark.parametrize("mapped", ["REAL); DROP TABLE things; --", "REAL, y TEXT"])
def test_a_mapped_type_is_one_type(project: Evolving, mapped: str) -> None:
    mapping = f"type_mappings: {{sqlite: {{float: {quoted(mapped)}}}}}\n"
    project.line.schema(mapping + things("{name: x, type: float}"))
    made = project.said("makemigrations")
    applied = project.said("migrate", "up")
    assert 1 in (made.code, applied.code)


ROWS: dict[str, object] = {
    "backslash": "a\\b\\'; --",
    "quotes": 'it\'s "so"',
    "binary": b"\x00\xff'",
    "percent": "100% :x ? {y}",
    "moment": dt.datetime(2024, 2, 29, 1, 2, 3, 4000),  # noqa: DTZ001 - of no zone
    "exact": decimal.Decimal("1.10"),
    "emoji": "🦉\u2028",
    "truth": True,
    "nothing": None,
}


@pytest.mark.database("sqlite")
def test_every_value_of_a_row_arrives_as_it_is(project: Evolving) -> None:
    types = {
        "binary": "bytes",
        "moment": "timestamp",
        "exact": "decimal, precision: 9, scale: 2",
        "truth": "boolean",
    }
    project.becomes(
        things(*(f"{{name: {n}, type: {types.get(n, 'text')}}}" for n in ROWS))
    )
    row = ", ".join(f'"{name}": {expression(value)}' for name, value in ROWS.items())
    name = project.by_hand(
        f'mm.UpsertData("things", keys=["id"], rows=[{{"id": 1, {row}}}])'
    )
    imports = "import datetime as dt\nimport decimal\n\nimport mm_engine as mm"
    project.line.edit("import mm_engine as mm", imports, f"migrations/{name}.py")
    project.up()
    names = ", ".join(f'"{name}"' for name in ROWS)
    [found] = project.rows(f"SELECT {names} FROM things")
    assert dict(zip(ROWS, found, strict=True)) == ROWS | {
        "moment": "2024-02-29 01:02:03.004000",
        "exact": 1.1,
    }


@pytest.mark.database("sqlite")
@pytest.mark.parametrize("value", ['float("nan")', '"a\\0b"', '"\\ud800"'])
def test_a_value_that_no_statement_can_carry_is_refused(
    project: Evolving, value: str
) -> None:
    project.becomes(things("{name: x, type: text}", "{name: y, type: float}"))
    field = "y" if "float" in value else "x"
    project.by_hand(
        f'mm.UpsertData("things", keys=["id"], rows=[{{"id": 1, "{field}": {value}}}])'
    )
    answer = project.said("migrate", "up")
    assert answer.code == 1
    assert project.value("SELECT count(*) FROM things") == 0


@pytest.mark.database("sqlite")
def test_a_failed_statement_shows_no_password(project: Evolving) -> None:
    project.line.schema(THINGS)
    project.line.fine("makemigrations")
    url = "postgresql://ann:p%40ss%20word@localhost:1/shop"
    answer = project.said("migrate", "up", "--url", url)
    assert answer.code == 1
    for word in ("p%40ss", "p@ss", "word@"):
        assert word not in answer.out + answer.err
