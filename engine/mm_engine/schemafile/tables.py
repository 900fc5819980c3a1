"""One table: shorthands become keys, indexes and constraints of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from mm_engine.model.constraints import Check, ForeignKey, PrimaryKey, Unique
from mm_engine.model.table import Desc, Field, Index, IndexPart, Table
from mm_engine.model.types import FieldType
from mm_engine.model.validate import shows_time
from mm_engine.model.values import Default, Expression
from mm_engine.schemafile.defaults import Vocabulary, default_of
from mm_engine.schemafile.references import Tables
from mm_engine.schemafile.report import Report
from mm_engine.schemafile.written import (
    WrittenField,
    WrittenForeignKey,
    WrittenIndex,
    WrittenIndexPart,
    WrittenTable,
)


@attrs.frozen
class TableMaker:
    """Makes tables that all look at the same words."""

    known: Tables
    words: Vocabulary
    report: Report

    def table(self, written: WrittenTable) -> Table:
        """The table, without what its many_to_many fields stand for."""
        columns = self.known.columns(written)
        key = self._primary_key(written, columns)
        in_key = key.fields if key is not None else ()
        uniques = [*_shorthand_uniques(columns), *written.unique]
        indexes = [*_shorthand_indexes(columns), *self._indexes(written.indexes)]
        return Table(
            written.name.text,
            [self._field(field, in_key) for field in columns],
            primary_key=key,
            indexes=[*indexes, *_reference_indexes(columns, key, uniques, indexes)],
            uniques=uniques,
            checks=[*_shorthand_checks(columns), *written.checks],
            foreign_keys=[
                *self._field_references(columns),
                *self._foreign_keys(written.foreign_keys),
            ],
            comment=written.comment,
            options=written.options,
            renamed_from=written.renamed_from,
            at=written.name.at,
        )

    def _primary_key(
        self, table: WrittenTable, columns: Iterable[WrittenField]
    ) -> PrimaryKey | None:
        flagged = [field for field in columns if field.primary_key]
        key = table.primary_key
        if key is None and flagged:
            names = [field.name.text for field in flagged]
            return PrimaryKey(names, at=flagged[0].at("primary_key"))
        for field in flagged:
            if key is not None and field.name.text not in key.fields:
                self.report.problem(
                    f'the primary key of "{table.name.text}" is given twice, once'
                    f' without "{field.name.text}"',
                    field.at("primary_key"),
                )
        return key

    def _field(self, written: WrittenField, in_key: tuple[str, ...]) -> Field:
        type_ = self.known.type(written)
        name = written.name.text
        if written.nullable and name in in_key:
            self.report.finding(
                "a field of the primary key is never null", written.at("nullable")
            )
        auto_create = self._automatic(written, type_, "auto_create")
        return Field(
            name,
            type_,
            nullable=written.nullable is not False and name not in in_key,
            default=self._default(written, type_, auto_create=auto_create),
            auto_create=auto_create,
            auto_update=self._automatic(written, type_, "auto_update"),
            comment=written.comment,
            options=written.options,
            renamed_from=written.renamed_from,
            at=written.name.at,
        )

    def _automatic(self, written: WrittenField, type_: FieldType, key: str) -> bool:
        """Whether the clock fills the field in; the original ignored it elsewhere."""
        wanted = written.auto_create if key == "auto_create" else written.auto_update
        if wanted and not shows_time(type_):
            self.report.finding(
                f"{key} is ignored: the field shows no time", written.at(key)
            )
            return False
        return wanted

    def _default(
        self, written: WrittenField, type_: FieldType, *, auto_create: bool
    ) -> Default | None:
        if written.default is None:
            return None
        default = default_of(written.default, type_, self.words, self.report)
        if default is not None and auto_create:
            self.report.finding(
                "the default is ignored: auto_create sets the field",
                written.at("default"),
            )
            return None
        return default

    def _indexes(self, written: Iterable[WrittenIndex]) -> Iterator[Index]:
        for index in written:
            if index.from_fk:
                self.report.finding(
                    "an index with from_fk is left out: foreign keys get their own",
                    index.node.at,
                )
                continue
            parts = [self._index_part(part) for part in index.fields]
            good = [part for part in parts if part is not None]
            if len(good) < len(parts):
                continue
            yield Index(
                good,
                name=index.name,
                unique=index.unique,
                method=index.method,
                where=index.where,
                include=index.include,
                nulls_not_distinct=index.nulls_not_distinct,
                concurrently=index.concurrently,
                options=index.options,
                renamed_from=index.renamed_from,
                at=index.node.at_value("name"),
            )

    def _index_part(self, written: WrittenIndexPart) -> IndexPart | None:
        match written.field, written.expression:
            case str(name), None:
                return Desc(name) if written.desc else name
            case None, str(sql) if not written.desc:
                return Expression(sql)
            case None, str():
                message = "desc belongs to a field; write DESC into the expression"
            case _:
                message = 'a part of an index is a "field" or an "expression"'
        self.report.problem(message, written.node.at)
        return None

    def _field_references(
        self, columns: Iterable[WrittenField]
    ) -> Iterator[ForeignKey]:
        for field in columns:
            target = self.known.target(field)
            reference = field.foreign_key
            if reference is not None and reference.display_field is not None:
                at = reference.node.at_value("display_field")
                self.report.finding("display_field is ignored", at)
            if target is not None and reference is not None:
                yield ForeignKey(
                    (field.name.text,),
                    target.table.name.text,
                    references=(target.field.name.text,),
                    name=reference.name,
                    on_delete=reference.on_delete,
                    on_update=reference.on_update,
                    deferrable=reference.deferrable,
                    renamed_from=reference.renamed_from,
                    at=reference.table.at,
                )

    def _foreign_keys(
        self, written: Iterable[WrittenForeignKey]
    ) -> Iterator[ForeignKey]:
        for key in written:
            table = self.known.table(key.table)
            if table is None:
                continue
            references = self.known.references(table, key)
            if references:
                yield ForeignKey(
                    key.fields,
                    table.name.text,
                    references=references,
                    name=key.name,
                    on_delete=key.on_delete,
                    on_update=key.on_update,
                    deferrable=key.deferrable,
                    renamed_from=key.renamed_from,
                    at=key.node.at_value("name"),
                )


def _shorthand_uniques(columns: Iterable[WrittenField]) -> Iterator[Unique]:
    for field in columns:
        if field.unique:
            yield Unique((field.name.text,), at=field.at("unique"))


def _shorthand_indexes(columns: Iterable[WrittenField]) -> Iterator[Index]:
    for field in columns:
        if field.index:
            yield Index((field.name.text,), at=field.at("index"))


def _shorthand_checks(columns: Iterable[WrittenField]) -> Iterator[Check]:
    for field in columns:
        if field.check is not None:
            yield Check(field.check, at=field.at("check"))


def _reference_indexes(
    columns: Iterable[WrittenField],
    key: PrimaryKey | None,
    uniques: Iterable[Unique],
    indexes: Iterable[Index],
) -> Iterator[Index]:
    """An index for each field that refers, unless another one begins with it."""
    begun = {unique.fields[0] for unique in uniques if unique.fields}
    if key is not None:
        begun.update(key.fields[:1])
    begun.update(first_fields(indexes))
    for field in columns:
        reference = field.foreign_key
        name = field.name.text
        if reference is not None and reference.index and name not in begun:
            yield Index((name,), at=field.name.at)


def first_fields(indexes: Iterable[Index]) -> Iterator[str]:
    """What those indexes begin with that cover all rows and find single values."""
    for index in indexes:
        finds = index.method is None or index.method.lower() in ("btree", "hash")
        match index.fields:
            case (str(name) | Desc(name), *_) if finds and index.where is None:
                yield name
            case _:
                pass
