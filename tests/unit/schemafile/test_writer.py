"""A schema becomes a file that reads back as the same schema."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mm_engine.model.constraints import ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.templates import canonical_template
from mm_engine.model.types import (
    Array,
    BigSerial,
    Boolean,
    Integer,
    Native,
    Text,
    Timestamp,
    Varchar,
)
from mm_engine.model.validate import problems
from mm_engine.model.values import Expression, Literal, Symbol
from mm_engine.schemafile import read_schema, schema_yaml
from mm_engine.schemafile.defaults import with_used_symbols
from schema_files import FIXTURES, schema
from strategies import schemas

GOOD = sorted((FIXTURES / "schemas").glob("*.yaml"))


def completed(found: Schema) -> Schema:
    """As the reader leaves it: built-in symbols everywhere, one form of templates."""
    used = [
        field.default.name
        for table in found.tables.values()
        for field in table.fields
        if isinstance(field.default, Symbol)
    ]
    return attrs.evolve(
        found,
        defaults=with_used_symbols(found.defaults, used),
        type_mappings={
            database: {name: canonical_template(text) for name, text in chosen.items()}
            for database, chosen in found.type_mappings.items()
        },
    )


def again(found: Schema, folder: Path) -> Schema:
    return schema(folder, schema_yaml(found))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schemas())
def test_what_is_written_reads_back_equal(tmp_path: Path, found: Schema) -> None:
    assume(problems(found) == ())
    found = completed(found)
    assert again(found, tmp_path) == found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_text_reads_back_wherever_it_stands(tmp_path: Path, text: str) -> None:
    found = Schema(
        {
            "t": Table(
                "t",
                [
                    Field("a", Text(), default=Literal(text), comment=text),
                    Field("b", Native({"sqlite": f"x{text}"})),
                    Field("c", Integer(), default=Expression(f"x{text}")),
                ],
                indexes=[Index((Expression(f"x{text}"),), where=text, method=text)],
                comment=text,
                options={"mysql": {f"k{text}": text, "list": (text, text)}},
            )
        },
        enums={"e": Enum("e", (text, f"{text}x"), renames={f"{text}x": text})},
        defaults={"mysql": {f"d{text}": text}},
    )
    assert problems(found) == ()
    assert again(found, tmp_path) == found


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_file_reads_back_from_what_is_written(
    path: Path, tmp_path: Path
) -> None:
    found = read_schema([path], root=path.parent).schema
    text = schema_yaml(found)
    assert schema(tmp_path, text) == found
    assert schema_yaml(schema(tmp_path, text)) == text


def test_it_reads_as_a_person_would_write_it() -> None:
    found = Schema(
        {
            "users": Table(
                "users",
                [
                    Field("id", BigSerial(), nullable=False),
                    Field("email", Varchar(255), nullable=False),
                    Field("active", Boolean(), default=Literal("true")),
                    Field("seen", Timestamp(), default=Symbol("now")),
                ],
                primary_key=PrimaryKey(("id",)),
                uniques=[Unique(("email",))],
            ),
            "posts": Table(
                "posts",
                [Field("user", Text()), Field("tags", Array(Varchar(20)))],
                indexes=[Index(("user", "tags"), name="idx_posts")],
                comment="what: they write",
            ),
        },
        type_mappings={"postgresql": {"float": "double precision"}},
    )
    assert schema_yaml(completed(found), name="shop", version="1.10") == (
        "database:\n"
        "  name: shop\n"
        "  version: 1.10\n"
        "\n"
        "type_mappings:\n"
        "  postgresql:\n"
        "    float: double precision\n"
        "\n"
        "tables:\n"
        "  - name: users\n"
        "    fields:\n"
        "      - name: id\n"
        "        type: bigserial\n"
        "        primary_key: true\n"
        "      - name: email\n"
        "        type: varchar\n"
        "        length: 255\n"
        "        nullable: false\n"
        "        unique: true\n"
        "      - name: active\n"
        "        type: boolean\n"
        "        default: true\n"
        "      - name: seen\n"
        "        type: timestamp\n"
        "        default: now\n"
        "\n"
        "  - name: posts\n"
        "    comment: 'what: they write'\n"
        "    fields:\n"
        "      - name: user\n"
        "        type: text\n"
        "      - name: tags\n"
        "        type: varchar[]\n"
        "        length: 20\n"
        "    indexes:\n"
        "      - name: idx_posts\n"
        "        fields: [user, tags]\n"
    )


def referring(*, index: bool, own: bool = False, named: bool = False) -> Schema:
    key = ForeignKey(("up",), "t", references=("id",), on_delete="RESTRICT")
    indexes = [Index(("up",), name="idx" if named else None)] if index else []
    uniques = [Unique(("up", "id"))] if own else []
    return Schema.of(
        Table(
            "t",
            [Field("id", Integer(), nullable=False), Field("up", Integer())],
            primary_key=PrimaryKey(("id",)),
            indexes=indexes,
            uniques=uniques,
            foreign_keys=[key],
        )
    )


@pytest.mark.parametrize(
    "found",
    [
        referring(index=index, own=own, named=named)
        for index in (True, False)
        for own in (True, False)
        for named in (True, False)
    ],
)
def test_foreign_keys_are_short_and_their_indexes_exact(
    found: Schema, tmp_path: Path
) -> None:
    text = schema_yaml(found)
    table = found.table("t")
    assert "type: foreign_key" in text
    assert ("index: false" in text) is not bool(table.indexes or table.uniques)
    assert schema(tmp_path, text) == found


def test_keys_that_lead_in_a_circle_keep_their_types(tmp_path: Path) -> None:
    found = Schema.of(
        *(
            Table(
                name,
                [Field("id", Integer(), nullable=False)],
                primary_key=PrimaryKey(("id",)),
                foreign_keys=[ForeignKey(("id",), other, references=("id",))],
            )
            for name, other in (("a", "b"), ("b", "a"))
        )
    )
    assert again(found, tmp_path) == found


def test_an_empty_schema_is_a_file_too(tmp_path: Path) -> None:
    assert schema_yaml(Schema()) == "tables: []\n"
    assert again(Schema(), tmp_path) == Schema()
