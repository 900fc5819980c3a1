"""Which table and which key a reference means, and what type its field has for that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import attrs

from mm_engine.errors import nearest
from mm_engine.model.types import FieldType, Native, referencing_type
from mm_engine.schemafile.fieldtypes import (
    FOREIGN_KEY,
    MANY_TO_MANY,
    UNKNOWN,
    field_type,
    plain_name,
    refuse_arguments,
)
from mm_engine.schemafile.nodes import TextNode
from mm_engine.schemafile.report import Report
from mm_engine.schemafile.written import WrittenField, WrittenForeignKey, WrittenTable

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@attrs.frozen
class Place:
    """A field of a table, as one can be referred to."""

    table: WrittenTable
    field: WrittenField


def is_foreign_key(field: WrittenField) -> bool:
    """Whether the field has the type of the key it refers to."""
    return field.type is not None and plain_name(field.type.text) == FOREIGN_KEY


def is_many_to_many(field: WrittenField) -> bool:
    """Whether the field is no column but a table between two others."""
    return field.type is not None and plain_name(field.type.text) == MANY_TO_MANY


def key_fields(table: WrittenTable) -> tuple[str, ...]:
    """The fields of the primary key."""
    if table.primary_key is not None:
        return table.primary_key.fields
    return tuple(field.name.text for field in table.fields if field.primary_key)


class Tables:
    """The tables that were written, to be looked up, and the types of their fields."""

    def __init__(
        self,
        tables: Iterable[WrittenTable],
        enums: Mapping[str, object],
        report: Report,
    ) -> None:
        self._report = report
        self._enums = enums
        self._tables = {table.name.text: table for table in tables}
        self._columns = {
            name: [field for field in table.fields if not is_many_to_many(field)]
            for name, table in self._tables.items()
        }
        self._fields = {name: _by_name(of) for name, of in self._columns.items()}
        self._loose: dict[str, str] = {}
        for name in self._tables:
            self._loose.setdefault(_loosely(name), name)
        self._targets: dict[int, Place | None] = {}
        self._types: dict[int, FieldType] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._tables

    def columns(self, table: WrittenTable) -> Sequence[WrittenField]:
        """The fields of a table that hold something themselves."""
        return self._columns[table.name.text]

    def table(self, name: TextNode) -> WrittenTable | None:
        """The table a name means: exactly, or as the original looked it up."""
        found = self._tables.get(name.text)
        if found is not None:
            return found
        loose = self._loose.get(_loosely(name.text.rpartition(".")[2]))
        if loose is not None:
            self._report.finding(
                f'there is no table "{name.text}"; "{loose}" is taken for it',
                name.at,
                f"write {loose}",
            )
            return self._tables[loose]
        if not self._report.incomplete:
            hint = nearest(name.text, self._tables)
            self._report.problem(f'there is no table "{name.text}"', name.at, hint)
        return None

    def target(self, field: WrittenField) -> Place | None:
        """What a field with a foreign key refers to; reported once if it cannot be."""
        if id(field) not in self._targets:
            self._targets[id(field)] = self._looked_up(field)
        return self._targets[id(field)]

    def _looked_up(self, field: WrittenField) -> Place | None:
        reference = field.foreign_key
        if reference is None:
            return None
        table = self.table(reference.table)
        if table is None:
            return None
        if reference.references is None:
            return self.single_key(table, reference.table)
        if len(reference.references) != 1:
            self._report.problem(
                "one field cannot refer to several",
                reference.node.at_value("references", "field"),
                'use "foreign_keys" of the table',
            )
            return None
        return self._named(table, reference.references[0])

    def _named(self, table: WrittenTable, name: TextNode) -> Place | None:
        fields = self._fields[table.name.text]
        field = fields.get(name.text)
        if field is not None:
            return Place(table, field)
        self._report.problem(
            f'table "{table.name.text}" has no field "{name.text}"',
            name.at,
            nearest(name.text, fields),
        )
        return None

    def single_key(self, table: WrittenTable, asked: TextNode) -> Place | None:
        """The one field of a table's primary key; reported where it is not one."""
        names = key_fields(table)
        name = table.name.text
        if len(names) == 1:
            field = self._fields[name].get(names[0])
            return Place(table, field) if field is not None else None
        if not names:
            message = f'table "{name}" has no primary key to refer to'
            hint = 'give it one, or name a unique field of it with "field"'
        else:
            message = f'the primary key of "{name}" has {len(names)} fields'
            hint = 'use "foreign_keys" of the table, or name one unique field'
        self._report.problem(message, asked.at, hint)
        return None

    def type(self, field: WrittenField) -> FieldType:
        """The type of a field, that of the key it refers to where it says so.

        A chain of keys that are references themselves is walked, not descended: it
        may be as long as there are tables.
        """
        known = self._types.get(id(field))
        if known is not None:
            return known
        if not is_foreign_key(field):
            type_ = field_type(field, self._report, self._enums)
            self._types[id(field)] = type_
            return type_
        return self._type_of_chain(field)

    def _type_of_chain(self, field: WrittenField) -> FieldType:
        chain: list[WrittenField] = []
        walked: set[int] = set()
        here = field
        while id(here) not in self._types:
            if id(here) in walked:
                self._report.problem(
                    "these foreign keys refer to each other in a circle, so that"
                    " none has a type",
                    here.at("foreign_key"),
                    "give one of the fields a type of its own",
                )
                self._types[id(here)] = UNKNOWN
                break
            walked.add(id(here))
            if not is_foreign_key(here):
                self._types[id(here)] = field_type(here, self._report, self._enums)
                break
            chain.append(here)
            target = self._referring(here)
            if target is None:
                self._types[id(here)] = UNKNOWN
                break
            here = target.field
        type_ = referencing_type(self._types[id(here)])
        for link in reversed(chain):
            native = link.native
            type_ = Native(native, otherwise=type_) if native is not None else type_
            self._types.setdefault(id(link), type_)
            type_ = referencing_type(self._types[id(link)])
        return self._types[id(field)]

    def _referring(self, field: WrittenField) -> Place | None:
        """The target of a field whose type is foreign_key."""
        refuse_arguments(FOREIGN_KEY, (), field, self._report)
        if field.foreign_key is None and not field.has("foreign_key"):
            self._report.problem(
                'the type foreign_key has no "foreign_key"',
                field.at("type"),
                "add foreign_key: {table: ...}",
            )
        return self.target(field)

    def references(
        self, table: WrittenTable, key: WrittenForeignKey
    ) -> tuple[str, ...]:
        """The fields that a foreign key of a table means, by name or by default."""
        if key.references is not None:
            return tuple(name.text for name in key.references)
        names = key_fields(table)
        if not names:
            self._report.problem(
                f'table "{table.name.text}" has no primary key to refer to',
                key.table.at,
                'name a unique field of it with "references"',
            )
        return names


def _by_name(fields: Iterable[WrittenField]) -> dict[str, WrittenField]:
    """Fields by name; the first where a name is given twice."""
    found: dict[str, WrittenField] = {}
    for field in fields:
        found.setdefault(field.name.text, field)
    return found


def _loosely(name: str) -> str:
    """A name in whatever case it was written: ``UserProfile`` is user_profile."""
    return _HUMP.sub("_", name).lower()
