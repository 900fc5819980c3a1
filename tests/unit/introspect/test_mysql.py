"""What MySQL answers, version by version, without a server: MariaDB is run elsewhere.

The rows are what the manual says of ``information_schema`` and its examples.
https://dev.mysql.com/doc/refman/8.4/en/information-schema.html
"""

from __future__ import annotations

import attrs
import pytest

from mm_engine.dialects import dialect
from mm_engine.introspect.asides import Rows
from mm_engine.introspect.lift import lift
from mm_engine.introspect.mysql import described
from mm_engine.introspect.mysql_catalog import Answers, Catalog
from mm_engine.introspect.native import (
    NativeCheck,
    NativeIndex,
    NativePart,
    NativeTable,
    Unread,
)
from mm_engine.model import types as t
from mm_engine.model.values import Expression, Literal, Symbol

MYSQL_8 = Catalog.of("shop", "8.4.3")
NOTHING = Answers(**{name: [] for name in MYSQL_8.questions})


def column(name: str, type_: str, **more: object) -> tuple[object, ...]:
    """A row that tells of a column of the table a."""
    told = {"nullable": "YES", "default": None, "extra": "", "collation": None}
    said = {**told, "comment": "", "computed": "", **more}
    data_type = type_.partition("(")[0].partition(" ")[0]
    return ("a", name, type_, data_type, *said.values())


def told(
    *columns: tuple[object, ...], catalog: Catalog = MYSQL_8, **answers: Rows
) -> NativeTable:
    """The one table of a server that answers so."""
    tables: Rows = [("a", "BASE TABLE", "InnoDB", "utf8mb4_0900_ai_ci", "", "")]
    letters: Rows = [("utf8mb4_0900_ai_ci",), ("latin1_swedish_ci",)]
    given = attrs.evolve(NOTHING, tables=tables, letters=letters, columns=[*columns])
    return described(attrs.evolve(given, **answers), catalog).tables["a"]


@pytest.mark.parametrize(
    ("said", "words", "absent"),
    [
        ("5.6.24", "FROM DUAL WHERE FALSE", "generation_expression"),
        ("5.7.44-log", "generation_expression", "is_visible"),
        ("8.0.12", "is_visible", "check_constraints"),
        ("8.4.3", "t.enforced", "ignored"),
        ("10.5.9-MariaDB", "check_constraints", "ignored"),
        ("5.5.5-10.6.2-MariaDB-log", "ignored = 'YES'", "is_visible"),
    ],
)
def test_a_server_is_asked_for_what_it_has(said: str, words: str, absent: str) -> None:
    asked = " ".join(Catalog.of("shop", said).questions.values())
    assert words in asked
    assert absent not in asked


def test_names_of_databases_are_quoted() -> None:
    asked = Catalog.of("it's \\ mine", "8.4.3").questions["tables"]
    assert r"'it''s \\ mine'" in asked


def test_defaults_without_quotes_are_read_by_type() -> None:
    found = told(
        column("a", "int", default="5"),
        column("b", "varchar(20)", default="5"),
        column("c", "varchar(20)", default=r"it's \ 7"),
        column("d", "datetime(6)", default="CURRENT_TIMESTAMP(6)"),
        column("e", "char(36)", default="uuid()", extra="DEFAULT_GENERATED"),
        column("f", "json", default=r"_utf8mb4\'{}\'", extra="DEFAULT_GENERATED"),
        column("g", "varchar(20)", default="CURRENT_TIMESTAMP"),
        column("h", "varchar(20)", default="NULL"),
    )
    assert [one.default for one in found.columns] == [
        "5",
        "'5'",
        r"'it''s \\ 7'",
        "CURRENT_TIMESTAMP(6)",
        "uuid()",
        "_utf8mb4'{}'",
        "'CURRENT_TIMESTAMP'",
        "'NULL'",
    ]


def test_columns_are_lifted_as_those_of_mariadb() -> None:
    found = told(
        column("id", "int", nullable="NO", extra="auto_increment"),
        column("old", "int(11)"),
        column("yes", "tinyint(1)", default="0"),
        column("said", "varchar(255)", default=r"it's \ 7"),
        column("made", "datetime(6)", default="CURRENT_TIMESTAMP(6)"),
        column("facts", "json", default="json_object()", extra="DEFAULT_GENERATED"),
    )
    schema = lift(attrs.evolve(described(NOTHING, MYSQL_8), tables={"a": found}), WORDS)
    fields = {f.name: (f.type, f.default) for f in schema.table("a").fields}
    assert fields == {
        "id": (t.Serial(), None),
        "old": (t.Integer(), None),
        "yes": (t.Boolean(), Literal("0")),
        "said": (t.Varchar(255), Literal(r"it's \ 7")),
        "made": (t.Timestamp(), Symbol("now")),
        "facts": (t.Json(), Expression("json_object()")),
    }


WORDS = dialect("mysql")


def test_what_is_computed_and_kept_by_a_clause_is_told_with_the_column() -> None:
    found = told(
        column("a", "int", extra="STORED GENERATED", computed=r"(`b` + length(\'x\'))"),
        column("c", "int", extra="VIRTUAL GENERATED", computed="(`b` + 1)"),
        column(
            "d", "datetime(6)", extra="DEFAULT_GENERATED on update CURRENT_TIMESTAMP(6)"
        ),
    )
    one, other, moment = found.columns
    assert (one.generated, one.stored) == ("(b + length('x'))", True)
    assert (other.generated, other.stored) == ("(b + 1)", False)
    assert moment.updated_by == "current_timestamp(6)"


def test_checks_lose_the_backslashes_that_were_put_before_their_quotes() -> None:
    checks: Rows = [
        ("a", "ck", r"(`b` <> _utf8mb4\'it\\\'s\')", "YES"),
        ("a", "off", "(`b` > 0)", "NO"),
    ]
    answers = attrs.evolve(
        NOTHING,
        tables=[("a", "BASE TABLE", "InnoDB", "utf8mb4_0900_ai_ci", "", "")],
        checks=checks,
    )
    native = described(answers, MYSQL_8)
    assert native.tables["a"].checks == (
        NativeCheck(name="ck", expression="(b <> _utf8mb4'it''s')"),
        NativeCheck(name="off", expression="(b > 0)"),
    )
    assert native.unread == (Unread(kind="NOT ENFORCED", name="off", table="a"),)


def test_an_index_may_order_by_an_expression() -> None:
    indexes: Rows = [
        ("a", "idx", 1, None, None, "A", "BTREE", "lower(`b`)", 0),
        ("a", "idx", 1, "c", None, "D", "BTREE", None, 0),
    ]
    found = told(column("b", "varchar(20)"), indexes=indexes)
    assert found.indexes == (
        NativeIndex(
            name="idx",
            parts=(
                NativePart(expression="lower(b)"),
                NativePart(column="c", descending=True),
            ),
        ),
    )


def test_what_a_table_is_kept_by_is_told_where_it_is_not_what_we_say() -> None:
    created = "row_format=DYNAMIC partitioned"
    tables: Rows = [("a", "BASE TABLE", "MyISAM", "latin1_bin", created, "hi")]
    native = described(attrs.evolve(NOTHING, tables=tables), MYSQL_8)
    assert native.tables["a"].options == {
        "engine": "MyISAM",
        "charset": "latin1",
        "collate": "latin1_bin",
        "row_format": "DYNAMIC",
    }
    assert native.unread == (Unread(kind="partitioned", name="a", table="a"),)
