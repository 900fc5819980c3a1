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
    mine, other = _names(source.name.text, here, there)
    before = source.renamed_from or source.name.text
    old_mine, old_other = _names(before, here, there)
    was = f"{before}_{field.renamed_from or own}"
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


def _names(source: str, here: Place, there: Place) -> tuple[str, str]:
    """``posts_id`` and ``tags_id``; from and to where both are the same table."""
    mine = f"{_word(source)}_{here.field.name.text}"
    if here.table is there.table:
        return f"from_{mine}", f"to_{mine}"
    return mine, f"{_word(there.table.name.text)}_{there.field.name.text}"


def _word(table: str) -> str:
    """A table in the name of a field, its namespace too."""
    return table.replace(".", "_")
