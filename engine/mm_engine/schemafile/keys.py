"""Every key a schema file may have: what it holds and what it is for.

The reader reads by these tables, and the published JSON Schema is made from them.
"""

from __future__ import annotations

from mm_engine.schemafile import written
from mm_engine.schemafile.fieldkeys import (
    COMMENT,
    CONSTRAINT_NAME,
    DEFERRABLE,
    FIELD,
    NAMES,
    NULLS_NOT_DISTINCT,
    ON_DELETE,
    ON_UPDATE,
    OPTIONS,
    REFERENCES,
    RENAMED,
    SQL,
)
from mm_engine.schemafile.kinds import (
    Flag,
    Name,
    NamePlace,
    TextPlace,
    Verbatim,
    Words,
)
from mm_engine.schemafile.shapes import (
    Block,
    Either,
    Key,
    ListOf,
    MapOf,
    PerDatabaseOf,
    Short,
)

_INDEX_PART = Either(
    "a field, or a mapping with field or expression",
    text=Short("field", Name("the name of a field"), written.WrittenIndexPart),
    mapping=Block(
        "a part of an index",
        (
            Key("field", Name("the name of a field"), "the field"),
            Key("desc", Flag(), "whether its greatest value comes first"),
            Key("expression", SQL, "SQL in the place of a field"),
        ),
        written.WrittenIndexPart,
    ),
)
INDEX = Block(
    "an index",
    (
        Key("name", Name("the name of an index"), "its name"),
        Key(
            "fields",
            ListOf(_INDEX_PART, "a list of fields"),
            "what it orders by: names, {field: x, desc: true}, {expression: sql}",
            required=True,
        ),
        Key("unique", Flag(), "whether no two rows may hold the same values"),
        Key("method", Words(), "btree, gin and the like, where there is a choice"),
        Key("where", SQL, "the rows it covers, as a condition in SQL"),
        Key("include", NAMES, "fields that it carries and does not order by"),
        NULLS_NOT_DISTINCT,
        Key("concurrently", Flag(), "whether it is built while others write"),
        Key("options", OPTIONS, "what one database is told about the index"),
        Key("foreign_key", Words(), "a remark of the original; ignored"),
        Key("from_fk", Flag(), "true drops the entry: foreign keys get their index"),
        RENAMED,
    ),
    written.WrittenIndex,
)

UNIQUE = Either(
    "a list of fields, or a mapping with fields",
    items=Short("fields", NAMES, written.unique),
    mapping=Block(
        "a unique constraint",
        (
            Key("fields", NAMES, "the fields", required=True),
            CONSTRAINT_NAME,
            NULLS_NOT_DISTINCT,
            DEFERRABLE,
            RENAMED,
        ),
        written.unique,
    ),
)
PRIMARY_KEY = Either(
    "a list of fields, or a mapping with fields",
    items=Short("fields", NAMES, written.primary_key),
    mapping=Block(
        "a primary key",
        (Key("fields", NAMES, "the fields", required=True), CONSTRAINT_NAME),
        written.primary_key,
    ),
)
CHECK = Either(
    "a condition in SQL, or a mapping with expression",
    text=Short("expression", SQL, written.check),
    mapping=Block(
        "a check",
        (
            Key("expression", SQL, "the condition, in SQL", required=True),
            CONSTRAINT_NAME,
            RENAMED,
        ),
        written.check,
    ),
)
FOREIGN_KEY = Block(
    "a foreign key",
    (
        Key("fields", NAMES, "the fields that refer", required=True),
        Key(
            "table", NamePlace("the name of a table"), "the other table", required=True
        ),
        REFERENCES,
        CONSTRAINT_NAME,
        ON_DELETE,
        ON_UPDATE,
        DEFERRABLE,
        RENAMED,
    ),
    written.WrittenForeignKey,
)

TABLE = Block(
    "a table",
    (
        Key("name", NamePlace("the name of a table"), "its name", required=True),
        Key("fields", ListOf(FIELD, "a list of fields"), "its fields, in their order"),
        Key("indexes", ListOf(INDEX, "a list of indexes"), "its indexes"),
        Key("primary_key", PRIMARY_KEY, "the fields of its primary key, in order"),
        Key("unique", ListOf(UNIQUE, "a list of lists"), "its unique constraints"),
        Key("checks", ListOf(CHECK, "a list of conditions"), "its checks"),
        Key(
            "foreign_keys",
            ListOf(FOREIGN_KEY, "a list of foreign keys"),
            "its foreign keys, where the short form of a field does not do",
        ),
        COMMENT,
        Key("options", OPTIONS, "what one database is told about the table"),
        RENAMED,
    ),
    written.WrittenTable,
)

_VALUE = Verbatim("a value of an enum", nothing=None)
_ENUM_VALUE = Either(
    "a value, or a mapping with name",
    text=Short("name", _VALUE, written.enum_value),
    mapping=Block(
        "a value of an enum",
        (
            Key("name", _VALUE, "the value", required=True),
            Key("renamed_from", Words(), "the value it was before"),
        ),
        written.enum_value,
    ),
)
_VALUES = ListOf(_ENUM_VALUE, "a list of values")
ENUM = Block(
    "an enum",
    (
        Key("name", NamePlace("the name of an enum"), "its name", required=True),
        Key("values", _VALUES, "its values, in their order", required=True),
        COMMENT,
        RENAMED,
    ),
    written.enum,
)
ENUMS = Either(
    "a list of enums, or a mapping from names to values",
    items=ListOf(ENUM, "a list of enums"),
    mapping=Short(
        "entries",
        MapOf(_VALUES, "a mapping from names to values"),
        written.named_enums,
    ),
)

INCLUDE = Either(
    "a path, or a mapping with package and path",
    text=Short("path", NamePlace("a path"), written.WrittenInclude),
    mapping=Block(
        "an include",
        (
            Key("path", NamePlace("a path"), "a file, or a pattern", required=True),
            Key(
                "package",
                NamePlace("the name of a package"),
                "the Python package that holds it; else it lies beside this file",
                aliases=("module",),
            ),
        ),
        written.WrittenInclude,
    ),
)

DATABASE = Block(
    "database",
    (
        Key("name", Words(), "what the schema is called"),
        Key("version", Words(), "its version"),
        Key("migration_version", Words(), "ignored; tools of the original wrote it"),
    ),
    written.WrittenDatabase,
)
_TEXT_PLACES = MapOf(TextPlace("SQL"), "a mapping from names to SQL")

FILE = Block(
    "a schema file",
    (
        Key("database", DATABASE, "what the file says about itself"),
        Key("include", ListOf(INCLUDE, "a list of includes"), "files to read as well"),
        Key(
            "defaults",
            PerDatabaseOf(_TEXT_PLACES, "a mapping from databases to defaults"),
            "symbolic defaults: what each database says for a name",
        ),
        Key(
            "type_mappings",
            PerDatabaseOf(_TEXT_PLACES, "a mapping from databases to types"),
            "what a database says for a type; {length}, {precision}, {scale} fill in",
        ),
        Key("enums", ENUMS, "named lists of values"),
        Key("tables", ListOf(TABLE, "a list of tables"), "the tables"),
    ),
    written.WrittenFile,
)
