"""Schemas told in several files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mm_engine.model.table import Index
from mm_engine.model.types import BigInt, Decimal, Integer, Text, Varchar
from schema_files import ID, read, said, schema, table, tables, written


def field(words: str) -> str:
    return tables(table(words))


def test_included_files_come_behind_their_own(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "schema.yaml": "include: [parts/b.yaml, parts/a*.yaml]\n"
            + tables(table(name="main")),
            "parts/b.yaml": "include: [../deep/c.yaml]\n" + tables(table(name="b")),
            "parts/a2.yaml": tables(table(name="a2")),
            "parts/a1.yaml": tables(table(name="a1")),
            "deep/c.yaml": tables(table(name="c")),
        },
    )
    assert list(found.schema.tables) == ["main", "b", "c", "a1", "a2"]
    names = ["schema.yaml", "b.yaml", "c.yaml", "a1.yaml", "a2.yaml"]
    assert [path.name for path in found.files] == names


def test_the_main_file_wins_and_both_places_are_named(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "schema.yaml": "include: [auth.yaml]\n"
            "defaults: {sqlite: {now: mine}}\n"
            + field("{name: x, type: text}")
            + "    indexes: [{name: i, fields: [x]}]\n",
            "auth.yaml": "defaults: {sqlite: {now: theirs, more: m}}\n"
            "type_mappings: {sqlite: {uuid: BLOB}}\n"
            + tables(
                table(
                    "{name: x, type: integer}",
                    "{name: y, type: integer}",
                    more="    indexes: [{name: j, fields: [y]}, {fields: [id]}]\n",
                )
            ),
        },
    )
    things = found.schema.table("things")
    assert [(f.name, f.type) for f in things.fields] == [
        ("id", Integer()),
        ("x", Text()),
        ("y", Integer()),
    ]
    assert [index.name for index in things.indexes] == ["i", "j", None]
    assert found.schema.defaults["sqlite"] == {"now": "mine", "more": "m"}
    assert found.schema.type_mappings == {"sqlite": {"uuid": "BLOB"}}
    assert [str(finding) for finding in found.findings] == [
        'schema.yaml:2:21: default "now" wins over the one at auth.yaml:1:21',
        'schema.yaml:7:16: field "things.x" wins over the one at auth.yaml:7:16',
    ]


def test_a_file_in_the_middle_wins_over_what_it_includes_only(tmp_path: Path) -> None:
    files = {
        "schema.yaml": "include: [a.yaml, c.yaml]\n",
        "a.yaml": "include: [c.yaml]\n" + field("{name: x, type: text}"),
        "c.yaml": field("{name: x, type: integer}"),
    }
    assert schema(tmp_path, files).table("things").field("x").type == Text()


def test_the_main_file_decides_where_two_included_ones_disagree(tmp_path: Path) -> None:
    files = {
        "schema.yaml": "include: [a.yaml, b.yaml]\n",
        "a.yaml": field("{name: x, type: text}"),
        "b.yaml": field("{name: x, type: integer}"),
    }
    assert len(said(tmp_path, files)) == 1
    files["schema.yaml"] += field("{name: x, type: bigint}")
    assert schema(tmp_path, files).table("things").field("x").type == BigInt()


def test_circles_and_repeats_are_read_once(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {
            "schema.yaml": "include: [a.yaml, b.yaml, '*.yaml']\ntables: []\n",
            "a.yaml": "include: [b.yaml]\n" + tables(table(name="a")),
            "b.yaml": "include: [schema.yaml]\n" + tables(table(name="b")),
        },
    )
    assert list(found.schema.tables) == ["a", "b"]
    assert len(found.files) == 3
    assert [str(finding) for finding in found.findings] == [
        (
            'b.yaml:1:11: "schema.yaml" includes this file, so the two go in a circle;'
            " each is read once"
        )
    ]


def test_a_chain_of_a_thousand_files_is_read(tmp_path: Path) -> None:
    files = {
        f"f{n}.yaml": f"include: [f{n + 1}.yaml]\n" + tables(table(name=f"t{n}"))
        for n in range(1000)
    }
    files["f1000.yaml"] = "tables: []\n"
    assert len(schema(tmp_path, files).tables) == 1000


@pytest.mark.parametrize("key", ["package", "module"])
def test_files_of_packages_are_found_without_running_their_code(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(
        tmp_path / "site",
        {
            "mm_acme/__init__.py": "raise SystemExit('imported')",
            "mm_acme/auth/__init__.py": "raise SystemExit('imported')",
            "mm_acme/auth/schemas/auth.yaml": tables(table(name="accounts")),
        },
    )
    monkeypatch.syspath_prepend(tmp_path / "site")
    text = f"include: [{{{key}: mm_acme.auth, path: schemas/*.yaml}}]\n"
    found = read(tmp_path, text)
    assert list(found.schema.tables) == ["accounts"]
    assert found.schema.table("accounts").at is not None
    assert not any(name.startswith("mm_acme") for name in sys.modules)


def test_positions_of_files_outside_are_told_whole(tmp_path: Path) -> None:
    written(tmp_path, {"other/x.yaml": tables("  - {name: t, fields: []}\n")})
    text = "include: [../other/x.yaml]\n"
    assert said(tmp_path / "project", text) == [
        f'{(tmp_path / "other/x.yaml").as_posix()}:2:12: table "t" has no fields'
    ]


SIDE_BY_SIDE = [
    ("{type: integer}", "{type: bigint}", BigInt()),
    ("{type: bigint}", "{type: integer}", BigInt()),
    ("{type: varchar, length: 9}", "{type: text}", Text()),
    ("{type: varchar, length: 9}", "{type: varchar, length: 20}", Varchar(20)),
    ("{type: float}", "{type: decimal, precision: 5, scale: 2}", Decimal(5, 2)),
    (
        "{type: decimal, precision: 5, scale: 2}",
        "{type: decimal, precision: 8, scale: 3}",
        Decimal(8, 3),
    ),
    (
        "{type: decimal, precision: 5, scale: 2}",
        "{type: decimal, precision: 5, scale: 3}",
        Decimal(5, 2),
    ),
]


@pytest.mark.parametrize(("one", "other", "both"), SIDE_BY_SIDE)
def test_fields_of_files_side_by_side_are_made_to_fit_both(
    one: str, other: str, both: object, tmp_path: Path
) -> None:
    files = {
        "a.yaml": field(one.replace("{", "{name: x, ", 1)),
        "b.yaml": field(other.replace("{", "{name: x, ", 1)),
    }
    found = read(tmp_path, files, "a.yaml", "b.yaml")
    assert found.schema.table("things").field("x").type == both
    assert str(found.findings[0]) == (
        'b.yaml:5:16: field "things.x" is told by two files and made to fit both\n'
        "  hint: first given at a.yaml:5:16"
    )


def test_the_stricter_of_two_files_side_by_side_wins(tmp_path: Path) -> None:
    files = {
        "a.yaml": "database: {name: a}\ndefaults: {sqlite: {n: 1}}\n"
        + field("{name: x, type: integer, nullable: true, default: 1}"),
        "b.yaml": "database: {name: b}\ndefaults: {sqlite: {n: 2}}\n"
        + field("{name: x, type: integer, nullable: false, default: 2}")
        + "    indexes: [{fields: [x]}]\n",
    }
    found = read(tmp_path, files, "a.yaml", "b.yaml")
    x = found.schema.table("things").field("x")
    assert (x.nullable, str(x.default)) == (False, "Literal(text='2')")
    assert found.schema.table("things").indexes == (Index(("x",)),)
    assert found.schema.defaults == {"sqlite": {"n": "2"}}
    assert found.name == "a"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{name: x, type: integer}", "{name: x, type: uuid}"),
        (
            "{name: x, type: foreign_key, foreign_key: {table: things}}",
            "{name: x, type: foreign_key, foreign_key: {table: others}}",
        ),
    ],
)
def test_fields_that_cannot_fit_both_are_told_with_both_places(
    one: str, other: str, tmp_path: Path
) -> None:
    rest = f"  - name: others\n    fields: [{ID}]\n"
    files = {"a.yaml": field(one) + rest, "b.yaml": field(other)}
    assert said(tmp_path, files, "a.yaml", "b.yaml") == [
        (
            'b.yaml:5:16: field "things.x" is told differently by two files\n'
            "  hint: first given at a.yaml:5:16; tell it in a file that includes both"
            " to decide"
        )
    ]


def test_a_path_that_another_includes_is_no_peer_of_it(tmp_path: Path) -> None:
    files = {
        "a.yaml": "include: [b.yaml]\n" + field("{name: x, type: integer}"),
        "b.yaml": field("{name: x, type: bigint, nullable: false}"),
    }
    for order in (("a.yaml", "b.yaml"), ("b.yaml", "a.yaml"), ("*.yaml",)):
        x = schema(tmp_path, files, *order).table("things").field("x")
        assert (x.type, x.nullable) == (Integer(), True)


def test_a_link_to_a_file_is_the_same_file(tmp_path: Path) -> None:
    written(tmp_path, {"schema.yaml": field("{name: x, type: text}")})
    (tmp_path / "link.yaml").symlink_to(tmp_path / "schema.yaml")
    found = read(tmp_path, {}, "schema.yaml", "link.yaml")
    assert len(found.files) == 1
