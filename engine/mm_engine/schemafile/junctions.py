"""Junction tables: what a ``many_to_many`` field stands for."""

from __future__ import annotations

from collections.abc import Iterator

from mm_engine.model.constraints import ForeignKey, PrimaryKey
from mm_engine.model.table import Field, Index, Table
from mm_engine.model.types import referencing_type
from mm_engine.schemafile.nodes import TextNode
from mm_engine.schemafile.references import Place, Tables, is_many_to_many
from mm_engine.schemafile.report import Report
from mm_engine.schemafile.written import WrittenField, WrittenTable

_TAKEN = ("name", "type", "many_to_many", "comment", "renamed_from")


def junctions(table: WrittenTable, known: Tables, report: Report) -> Iterator[Table]:
    """The tables between this one and those that its fields lead to."""
    for field in table.fields:
        if not is_many_to_many(field):
            if field.many_to_many is not None:
                report.problem(
                    "a field with many_to_many has the type many_to_many",
                    field.at("many_to_many"),
                )
            continue
        _report_ignored(field, report)
        asked = field.many_to_many
        if asked is None:
            if not field.has("many_to_many"):
                report.problem(
                    'the type many_to_many has no "many_to_many"',
                    field.at("type"),
                    "add many_to_many: {table: ...}",
                )
            continue
        other = known.table(asked)
        here = known.single_key(table, field.name)
        there = known.single_key(other, asked) if other is not None else None
        if here is not None and there is not None:
            yield _junction(field, here, there, known, asked)


def _report_ignored(field: WrittenField, report: Report) -> None:
    ignored = [key.text for key, _ in field.node.entries if key.text not in _TAKEN]
    if ignored:
        report.finding(
            f"{', '.join(ignored)} of a many_to_many field: ignored, it is no column",
            field.name.at,
        )


def _junction(
    field: WrittenField, here: Place, there: Place, known: Tables, asked: TextNode
) -> Table:
    """Two foreign keys that are the primary key together."""
    source, own = here.table, field.name.text
    mine, other = _names(_called(here), _called(there), is_own=source is there.table)
    old_mine, old_other = _names(_was(here), _was(there), is_own=source is there.table)
    was = f"{source.renamed_from or source.name.text}_{field.renamed_from or own}"
    name = f"{source.name.text}_{own}"
    return Table(
        name,
        [
            Field(
                column,
                referencing_type(known.type(place.field)),
                nullable=False,
                renamed_from=old if old != column else None,
                at=field.name.at,
            )
            for column, old, place in (
                (mine, old_mine, here),
                (other, old_other, there),
            )
        ],
        primary_key=PrimaryKey((mine, other), at=field.name.at),
        indexes=[Index((other,), at=field.name.at)],
        foreign_keys=[
            ForeignKey(
                (column,),
                place.table.name.text,
                references=(place.field.name.text,),
                on_delete="CASCADE",
                at=asked.at,
            )
            for column, place in ((mine, here), (other, there))
        ],
        comment=field.comment,
        renamed_from=was if was != name else None,
        at=field.name.at,
    )


def _names(mine: str, other: str, *, is_own: bool) -> tuple[str, str]:
    """``posts_id`` and ``tags_id``; from and to where both are the same table."""
    return (f"from_{mine}", f"to_{mine}") if is_own else (mine, other)


def _called(place: Place) -> str:
    return _word(place.table.name.text, place.field.name.text)


def _was(place: Place) -> str:
    table, field = place.table, place.field
    return _word(
        table.renamed_from or table.name.text, field.renamed_from or field.name.text
    )


def _word(table: str, field: str) -> str:
    """A field elsewhere as the name of one, with its table and its namespace."""
    return f"{table.replace('.', '_')}_{field}"
