"""Written files become a schema: the spellings of YAML end here.

``foreign_key`` fields get the type of the key they refer to, ``many_to_many`` fields
become tables, shorthands become keys, indexes and constraints, defaults are decided.
No other room knows any of these words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mm_engine.model.schema import PerDatabase, Schema
from mm_engine.model.table import Table
from mm_engine.model.templates import canonical_template, template_fault
from mm_engine.model.values import Symbol
from mm_engine.schemafile.defaults import Vocabulary, with_used_symbols
from mm_engine.schemafile.fieldtypes import FOREIGN_KEY, plain_name
from mm_engine.schemafile.junctions import junctions
from mm_engine.schemafile.references import Tables
from mm_engine.schemafile.report import Report, first_given
from mm_engine.schemafile.tables import TableMaker
from mm_engine.schemafile.written import Settings, WrittenFile


def resolved(file: WrittenFile, report: Report) -> Schema:
    """The schema that a file means; what cannot be meant goes into the report."""
    enums = {enum.name: enum for enum in file.enums}
    defaults = {
        database.text: {
            name.text: _default_sql(name.text, sql.text) for name, sql in chosen
        }
        for database, chosen in file.defaults
    }
    symbols = dict.fromkeys(name for chosen in defaults.values() for name in chosen)
    known = Tables(file.tables, enums, report)
    maker = TableMaker(known, Vocabulary(tuple(symbols), enums), report)
    tables: dict[str, Table] = {}
    for written in file.tables:
        tables[written.name.text] = maker.table(written)
        for junction in junctions(written, known, report):
            _add_junction(tables, junction, known, report)
    return Schema(
        tables,
        enums=enums,
        defaults=with_used_symbols(defaults, _used_symbols(tables.values())),
        type_mappings=_type_mappings(file.type_mappings, report),
    )


def _default_sql(name: str, sql: str) -> str:
    """What a symbol says: ``blank: ''`` means the empty text, as its guide has it.

    Any other symbol that says nothing means that the database has no default for it.
    """
    return "''" if name == "blank" and not sql else sql


def _add_junction(
    tables: dict[str, Table], junction: Table, known: Tables, report: Report
) -> None:
    """A junction table that is written out, as the original asked for, is kept."""
    name = junction.name
    if name in known:
        report.finding(
            f'the table "{name}" is written out, so this many_to_many makes none',
            junction.at,
        )
    elif name in tables and junction.at is not None:
        first = tables[name].at
        report.problem(
            f'two many_to_many fields make a table "{name}"',
            junction.at,
            first_given(first, junction.at) if first else None,
        )
    else:
        tables[name] = junction


def _used_symbols(tables: Iterable[Table]) -> Iterator[str]:
    for table in tables:
        for field in table.fields:
            if isinstance(field.default, Symbol):
                yield field.default.name


def _type_mappings(settings: Settings, report: Report) -> PerDatabase:
    mappings: dict[str, dict[str, str]] = {}
    for database, chosen in settings:
        for name, text in chosen:
            type_name = plain_name(name.text)
            if type_name == FOREIGN_KEY:
                report.finding(
                    "a mapping of foreign_key is ignored",
                    name.at,
                    "such a field has the type of the key it refers to",
                )
                continue
            template = canonical_template(text.text)
            mappings.setdefault(database.text, {})[type_name] = template
            if fault := template_fault(type_name, template):
                about_type = template_fault(type_name, "x") is not None
                report.problem(fault[0], (name if about_type else text).at, fault[1])
    return mappings
