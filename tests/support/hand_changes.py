"""One change by hand for every attribute of a schema that a database can hold.

The list of attributes is read off the model, so that a new one without a case fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import attrs

from mm_engine.diff import Renames
from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.objects import Enum
from mm_engine.model.schema import Schema
from mm_engine.model.table import Desc, Field, Index, Table
from mm_engine.model.types import (
    Decimal,
    EnumOf,
    Integer,
    Text,
    Timestamp,
    Varchar,
)
from mm_engine.model.values import Literal

KINDS = (Schema, Table, Field, PrimaryKey, Index, Unique, Check, ForeignKey, Enum)

Thing = TypeVar("Thing", Table, Field, Index, Unique, Check, ForeignKey, Enum)

NO_FACTS: Mapping[tuple[str, str], str] = {
    ("Schema", "defaults"): "words for symbols are turned into SQL before",
    ("Schema", "type_mappings"): "words for types are turned into SQL before",
}
"""Attributes that no database holds, each with its reason."""

UNTOLD: Mapping[str, Mapping[tuple[str, str], str]] = {
    "sqlite": {
        ("Schema", "enums"): "an enum is a check on each of its fields",
        ("Table", "comment"): "keeps no comments",
        ("Field", "comment"): "keeps no comments",
        ("Enum", "name"): "an enum is a check on each of its fields",
        ("Enum", "comment"): "keeps no comments",
        ("Index", "options"): "has none for an index",
        ("Index", "method"): "has one kind of index",
        ("Index", "include"): "has no such clause",
        ("Index", "nulls_not_distinct"): "has no such clause",
        ("Unique", "nulls_not_distinct"): "has no such clause",
        ("Unique", "deferrable"): "has no such clause",
    },
}
"""Attributes that one database does not hold, each with its reason."""

BASE = Schema(
    {
        table.name: table
        for table in (
            Table(
                "owners",
                [
                    Field("id", Integer(), nullable=False),
                    Field("number", Integer()),
                ],
                primary_key=PrimaryKey(["id"], name="owners_pkey"),
                uniques=[Unique(["number"], name="owners_number")],
            ),
            Table(
                "others",
                [Field("id", Integer(), nullable=False)],
                primary_key=PrimaryKey(["id"], name="others_pkey"),
            ),
            Table("notes", [Field("said", Text())]),
            Table(
                "things",
                [
                    Field("id", Integer(), nullable=False),
                    Field("tag", Integer(), nullable=False),
                    Field(
                        "name",
                        Varchar(20),
                        nullable=False,
                        default=Literal("x"),
                        comment="what it is called",
                    ),
                    Field("price", Decimal(10, 2)),
                    Field("state", EnumOf("state")),
                    Field("owner_id", Integer()),
                    Field("other_id", Integer()),
                    Field("made", Timestamp(), auto_create=True),
                    Field("changed", Timestamp(), auto_update=True),
                ],
                primary_key=PrimaryKey(["id"], name="things_pkey"),
                indexes=[Index(["name"], name="things_name")],
                uniques=[Unique(["tag"], name="things_tag")],
                checks=[Check("price > 0", name="things_price")],
                foreign_keys=[
                    ForeignKey(
                        ["owner_id"],
                        "owners",
                        references=["id"],
                        name="things_owner",
                        on_delete="CASCADE",
                    )
                ],
                comment="all of them",
            ),
        )
    },
    enums={"state": Enum("state", ["new", "done"], comment="how far it is")},
)
"""What the migrations made."""


@attrs.frozen
class Edit:
    """A table of SQLite made anew with one piece of its text replaced."""

    table: str
    old: str
    new: str


@attrs.frozen(kw_only=True)
class HandChange:
    """An attribute, the schema after it was changed, and how it is by each database."""

    kind: str
    attribute: str
    after: Schema = attrs.field(repr=False)
    sql: Mapping[str, tuple[str | Edit, ...]]
    renames: Renames = attrs.field(factory=Renames, repr=False)

    def __str__(self) -> str:
        """What a test is called by."""
        return f"{self.kind}.{self.attribute}"


def wanted() -> list[tuple[str, str]]:
    """Every attribute of the model that makes a difference."""
    return [
        (kind.__name__, attribute.name)
        for kind in KINDS
        for attribute in attrs.fields(kind)
        if attribute.eq and (kind.__name__, attribute.name) not in NO_FACTS
    ]


def cases(database: str) -> list[HandChange]:
    """The changes by hand that a database takes."""
    return [change for change in CHANGES if database in change.sql]


def missing(database: str) -> list[tuple[str, str]]:
    """The attributes that have no case for a database, and no reason."""
    known = {(change.kind, change.attribute) for change in cases(database)}
    return [a for a in wanted() if a not in known and a not in UNTOLD[database]]


def evolved(thing: Thing, changes: Mapping[str, object]) -> Thing:
    """The thing with other attributes, by their names."""
    values = {a.name: getattr(thing, a.name) for a in attrs.fields(type(thing))}
    return type(thing)(**{**values, **changes})


def things(change: Callable[[Table], Table]) -> Schema:
    """The schema with another table of things."""
    return BASE.with_table(change(BASE.table("things")))


def of_table(**changes: object) -> Schema:
    """The schema with other attributes of the table of things."""
    return things(lambda table: evolved(table, changes))


def of_field(field: str, **changes: object) -> Schema:
    """The schema with other attributes of a field."""
    return things(lambda t: t.replacing(evolved(t.field(field), changes)))


def of_index(**changes: object) -> Schema:
    """The schema with other attributes of the index."""
    index = BASE.table("things").index("things_name")
    return of_table(indexes=[evolved(index, changes)])


def of_unique(**changes: object) -> Schema:
    """The schema with other attributes of the unique constraint."""
    unique = BASE.table("things").unique("things_tag")
    return of_table(uniques=[evolved(unique, changes)])


def of_check(**changes: object) -> Schema:
    """The schema with other attributes of the check."""
    check = BASE.table("things").check("things_price")
    return of_table(checks=[evolved(check, changes)])


def of_foreign_key(**changes: object) -> Schema:
    """The schema with other attributes of the foreign key."""
    key = BASE.table("things").foreign_key("things_owner")
    return of_table(foreign_keys=[evolved(key, changes)])


def of_enum(**changes: object) -> Schema:
    """The schema with other attributes of the enum."""
    return BASE.with_enum(evolved(BASE.enum("state"), changes))


def _change(
    kind: str,
    attribute: str,
    after: Schema,
    renames: Renames | None = None,
    **sql: tuple[str | Edit, ...],
) -> HandChange:
    return HandChange(
        kind=kind,
        attribute=attribute,
        after=after,
        sql=sql,
        renames=renames or Renames(),
    )


def _edit(old: str, new: str) -> tuple[Edit]:
    return (Edit("things", old, new),)


def _alter(*changes: str) -> tuple[str, ...]:
    return tuple(f"ALTER TABLE things {change}" for change in changes)


def _index(words: str) -> tuple[str, str]:
    return ("DROP INDEX things_name", f"CREATE {words}")


_KEY = ',\n    CONSTRAINT "things_pkey" PRIMARY KEY ("id")'
_UNIQUE = ',\n    CONSTRAINT "things_tag" UNIQUE ("tag")'
_CHECK = ',\n    CONSTRAINT "things_price" CHECK (price > 0)'
_FOREIGN = (
    ',\n    CONSTRAINT "things_owner" FOREIGN KEY ("owner_id")'
    ' REFERENCES "owners" ("id") ON DELETE CASCADE'
)
_ADD = ("ALTER TABLE things ADD COLUMN extra TEXT",)

_OTHER_TRIGGER = (
    'CREATE TRIGGER "auto_update_things.changed" AFTER UPDATE ON things'
    " BEGIN UPDATE things SET changed = '2020-01-01'; END"
)

CHANGES: tuple[HandChange, ...] = (
    _change(
        "Schema",
        "tables",
        BASE.with_table(Table("extra", [Field("a", Integer())])),
        sqlite=("CREATE TABLE extra (a INTEGER)",),
    ),
    _change(
        "Schema",
        "tables",
        BASE.without_table("notes"),
        sqlite=("DROP TABLE notes",),
    ),
    _change(
        "Table",
        "name",
        BASE.with_table_renamed("notes", "remarks"),
        Renames(tables={"notes": "remarks"}),
        sqlite=("ALTER TABLE notes RENAME TO remarks",),
    ),
    _change(
        "Table",
        "fields",
        things(lambda table: table.with_field(Field("extra", Text()))),
        sqlite=_ADD,
    ),
    _change(
        "Table",
        "fields",
        things(lambda table: table.without_field("other_id")),
        sqlite=_alter("DROP COLUMN other_id"),
    ),
    _change(
        "Table",
        "primary_key",
        of_table(primary_key=None),
        sqlite=_edit(_KEY, ""),
    ),
    _change(
        "Table",
        "indexes",
        of_table(indexes=()),
        sqlite=("DROP INDEX things_name",),
    ),
    _change(
        "Table",
        "uniques",
        of_table(uniques=()),
        sqlite=_edit(_UNIQUE, ""),
    ),
    _change(
        "Table",
        "checks",
        of_table(checks=()),
        sqlite=_edit(_CHECK, ""),
    ),
    _change(
        "Table",
        "foreign_keys",
        of_table(foreign_keys=()),
        sqlite=_edit(_FOREIGN, ""),
    ),
    _change(
        "Table",
        "options",
        BASE.with_table(
            attrs.evolve(
                BASE.table("others"), options={"sqlite": {"without_rowid": "true"}}
            )
        ),
        sqlite=(Edit("others", '("id")\n)', '("id")\n) WITHOUT ROWID'),),
    ),
    _change(
        "Field",
        "name",
        BASE.with_field_renamed("things", "other_id", "another_id"),
        Renames(fields={("things", "other_id"): "another_id"}),
        sqlite=_alter("RENAME COLUMN other_id TO another_id"),
    ),
    _change(
        "Field",
        "name",
        BASE.with_field_renamed("things", "changed", "touched"),
        Renames(fields={("things", "changed"): "touched"}),
        sqlite=_alter("RENAME COLUMN changed TO touched"),
    ),
    _change(
        "Field",
        "type",
        of_field("name", type=Varchar(30)),
        sqlite=_edit("VARCHAR(20)", "VARCHAR(30)"),
    ),
    _change(
        "Field",
        "type",
        of_field("state", type=Text()),
        sqlite=_edit(
            " CONSTRAINT \"enum_state\" CHECK (\"state\" IN ('new', 'done'))", ""
        ),
    ),
    _change(
        "Field",
        "nullable",
        of_field("name", nullable=True),
        sqlite=_edit("VARCHAR(20) NOT NULL", "VARCHAR(20)"),
    ),
    _change(
        "Field",
        "default",
        of_field("name", default=Literal("it's")),
        sqlite=_edit("DEFAULT 'x'", "DEFAULT 'it''s'"),
    ),
    _change(
        "Field",
        "default",
        of_field("price", default=Literal("1.50")),
        sqlite=_edit("DECIMAL(10, 2)", "DECIMAL(10, 2) DEFAULT 1.50"),
    ),
    _change(
        "Field",
        "auto_create",
        of_field("made", auto_create=False),
        sqlite=_edit(" DEFAULT CURRENT_TIMESTAMP", ""),
    ),
    _change(
        "Field",
        "auto_update",
        of_field("changed", auto_update=False),
        sqlite=('DROP TRIGGER "auto_update_things.changed"',),
    ),
    _change(
        "Field",
        "auto_update",
        of_field("changed", auto_update=False),
        sqlite=(
            'DROP TRIGGER "auto_update_things.changed"',
            _OTHER_TRIGGER,
        ),
    ),
    _change(
        "Field",
        "options",
        of_field("name", options={"sqlite": {"collate": "NOCASE"}}),
        sqlite=_edit("VARCHAR(20)", "VARCHAR(20) COLLATE nocase"),
    ),
    _change(
        "PrimaryKey",
        "fields",
        of_table(primary_key=PrimaryKey(["tag", "id"], name="things_pkey")),
        sqlite=_edit('PRIMARY KEY ("id")', 'PRIMARY KEY ("tag", "id")'),
    ),
    _change(
        "PrimaryKey",
        "name",
        of_table(primary_key=PrimaryKey(["id"], name="the_key")),
        sqlite=_edit('"things_pkey"', '"the_key"'),
    ),
    _change(
        "Index",
        "fields",
        of_index(fields=["name", Desc("tag")]),
        sqlite=_index("INDEX things_name ON things (name, tag DESC)"),
    ),
    _change(
        "Index",
        "name",
        of_index(name="names_of_things"),
        sqlite=_index("INDEX names_of_things ON things (name)"),
    ),
    _change(
        "Index",
        "unique",
        of_index(unique=True),
        sqlite=_index("UNIQUE INDEX things_name ON things (name)"),
    ),
    _change(
        "Index",
        "where",
        of_index(where="tag IS NOT NULL"),
        sqlite=_index("INDEX things_name ON things (name) WHERE tag is not null"),
    ),
    _change(
        "Unique",
        "fields",
        of_unique(fields=["tag", "price"]),
        sqlite=_edit('UNIQUE ("tag")', 'UNIQUE ("tag", "price")'),
    ),
    _change(
        "Unique",
        "name",
        of_unique(name="tags"),
        sqlite=_edit('"things_tag"', "tags"),
    ),
    _change(
        "Check",
        "expression",
        of_check(expression="price > 1"),
        sqlite=_edit("price > 0", "price > 1"),
    ),
    _change(
        "Check",
        "name",
        of_check(name="costs"),
        sqlite=_edit('"things_price"', "costs"),
    ),
    _change(
        "ForeignKey",
        "fields",
        of_foreign_key(fields=["other_id"]),
        sqlite=_edit('KEY ("owner_id")', 'KEY ("other_id")'),
    ),
    _change(
        "ForeignKey",
        "table",
        of_foreign_key(table="others"),
        sqlite=_edit('REFERENCES "owners"', "REFERENCES others"),
    ),
    _change(
        "ForeignKey",
        "references",
        of_foreign_key(references=["number"]),
        sqlite=_edit('"owners" ("id")', '"owners" (number)'),
    ),
    _change(
        "ForeignKey",
        "name",
        of_foreign_key(name="owned"),
        sqlite=_edit('"things_owner"', "owned"),
    ),
    _change(
        "ForeignKey",
        "on_delete",
        of_foreign_key(on_delete="SET NULL"),
        sqlite=_edit("ON DELETE CASCADE", "ON DELETE SET NULL"),
    ),
    _change(
        "ForeignKey",
        "on_update",
        of_foreign_key(on_update="RESTRICT"),
        sqlite=_edit("CASCADE\n)", "CASCADE ON UPDATE restrict\n)"),
    ),
    _change(
        "ForeignKey",
        "deferrable",
        of_foreign_key(deferrable="deferred"),
        sqlite=_edit("CASCADE\n)", "CASCADE DEFERRABLE INITIALLY DEFERRED\n)"),
    ),
    _change(
        "Enum",
        "values",
        of_enum(values=["new", "done", "gone"]),
        sqlite=_edit("'done')", "'done', 'gone')"),
    ),
)
