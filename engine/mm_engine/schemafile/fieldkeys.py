"""Every key a field may have: what it holds and what it is for."""

from __future__ import annotations

from mm_engine.schemafile import written
from mm_engine.schemafile.kinds import (
    Action,
    AsWritten,
    Flag,
    Json,
    JsonObject,
    Name,
    NamePlace,
    OneOf,
    Verbatim,
    Whole,
    WordPlace,
    Words,
    any_scalar,
)
from mm_engine.schemafile.shapes import (
    Again,
    Block,
    Either,
    Key,
    ListOf,
    MapOf,
    PerDatabaseOf,
    Short,
)

NAMES = ListOf(Name("the name of a field"), "a list of names of fields")
_PLACES = ListOf(NamePlace("the name of a field"), "a list of names of fields")
SQL = Words("a piece of SQL")
OPTIONS = PerDatabaseOf(
    MapOf(
        Either(
            "a text or a list of texts",
            text=Verbatim(),
            items=ListOf(Verbatim(), "a list of texts"),
        ),
        "a mapping from options to their values",
    ),
    "a mapping from databases to their options",
)
_ONE_OF_A_KIND: list[Json] = [
    {
        "type": "object",
        "properties": {word: any_scalar()},
        "required": [word],
        "additionalProperties": False,
    }
    for word in ("literal", "expression", "symbol")
]
_NOTHING: Json = {"type": ["array", "object"], "maxItems": 0, "maxProperties": 0}
_ANY_DEFAULT: JsonObject = {"anyOf": [any_scalar(), _NOTHING, *_ONE_OF_A_KIND]}
COMMENT = Key("comment", Words(), "a comment, kept in the database where it can be")
RENAMED = Key("renamed_from", Name(), "the name it had before; makes a rename certain")

REFERENCES = Key(
    "references",
    Either(
        "a field or a list of fields",
        text=Short("name", NamePlace("the name of a field"), written.one),
        items=_PLACES,
    ),
    "the key of the other table that is meant; its primary key if left out",
    aliases=("field",),
)
ON_DELETE = Key(
    "on_delete", Action(), "what a row does when the one it refers to goes; RESTRICT"
)
ON_UPDATE = Key(
    "on_update", Action(), "what a row does when the key it refers to changes"
)
DEFERRABLE = Key(
    "deferrable",
    OneOf(("immediate", "deferred")),
    "it can wait for the end of a transaction, and does if it is deferred",
)
NULLS_NOT_DISTINCT = Key(
    "nulls_not_distinct", Flag(), "whether only one row may be null there"
)
CONSTRAINT_NAME = Key("name", Name(), "the name of the constraint")

REFERENCE = Block(
    "a foreign_key",
    (
        Key(
            "table", NamePlace("the name of a table"), "the other table", required=True
        ),
        REFERENCES,
        ON_DELETE,
        ON_UPDATE,
        DEFERRABLE,
        CONSTRAINT_NAME,
        Key("index", Flag(), "false leaves out the index that the field gets"),
        Key("display_field", Words(), "ignored; the original's older guide named it"),
        RENAMED,
    ),
    written.WrittenReference,
)
MANY_TO_MANY = Block(
    "a many_to_many",
    (Key("table", NamePlace("the name of a table"), "the other table", required=True),),
    written.target,
)

_TYPE = Key("type", WordPlace("a type"), "the type of its values")
_LENGTH = Key("length", Whole(1), "characters at most, of a varchar, char or text")
_PRECISION = Key("precision", Whole(1), "digits in all, of a decimal")
_SCALE = Key("scale", Whole(), "digits after the point, of a decimal")
_ENUM = Key("enum", NamePlace("the name of an enum"), "the enum, of the type enum")
_NATIVE = Key(
    "native",
    PerDatabaseOf(Words("a type"), "a mapping from databases to their types"),
    "the type in a database's own words; the others use the neutral type, if any",
)


def _element() -> Block:
    """The block of a type, which the type of its elements may be again."""
    return ELEMENT


_OF = Key(
    "of",
    Either(
        "a type",
        text=Short("type", WordPlace("a type"), written.WrittenType),
        mapping=Again("element", _element),
    ),
    "the type of the elements, of an array",
)
ELEMENT: Block = Block(
    "a type",
    (_TYPE, _LENGTH, _PRECISION, _SCALE, _OF, _ENUM, _NATIVE),
    written.WrittenType,
)


FIELD = Block(
    "a field",
    (
        Key("name", NamePlace("the name of a field"), "its name", required=True),
        _TYPE,
        _LENGTH,
        _PRECISION,
        _SCALE,
        _OF,
        _ENUM,
        _NATIVE,
        Key("primary_key", Flag(), "whether it is (a part of) the primary key"),
        Key("nullable", Flag(), "whether it may be empty; yes, unless it is a key"),
        Key(
            "default",
            AsWritten(_ANY_DEFAULT),
            "a symbolic name, a value, or SQL; a tag like !literal says which",
        ),
        Key("auto_create", Flag(), "a timestamp that is set when a row is made"),
        Key("auto_update", Flag(), "a timestamp that is set when a row changes"),
        Key("foreign_key", REFERENCE, "the table and the key it refers to"),
        Key("many_to_many", MANY_TO_MANY, "the table it is joined to by a third"),
        Key("unique", Flag(), "whether no two rows may hold the same value"),
        Key("index", Flag(), "whether it has an index of its own"),
        Key("check", SQL, "a condition on its values, in SQL"),
        COMMENT,
        Key("options", OPTIONS, "what one database is told about the field"),
        RENAMED,
    ),
    written.WrittenField,
)
