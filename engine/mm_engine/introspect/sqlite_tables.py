"""What a CREATE TABLE of SQLite says beyond what any PRAGMA tells.

Names of constraints, checks, collations, what a column is computed from, AUTOINCREMENT,
STRICT and WITHOUT ROWID stand in the text alone. https://www.sqlite.org/lang_createtable.html
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from mm_engine.dialects.columns import ENUM_CHECK
from mm_engine.introspect.native import NativeCheck, NativeForeignKey, NativeKey
from mm_engine.introspect.sqlite_tokens import (
    Token,
    closing,
    names,
    normal,
    split,
    tokens,
    unquoted,
    unwrapped,
)
from mm_engine.model.constraints import Deferral, OnAction

_TABLE_CONSTRAINTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")
_ACTIONS: dict[str, OnAction] = {
    "CASCADE": "CASCADE",
    "RESTRICT": "RESTRICT",
    "SET NULL": "SET NULL",
    "SET DEFAULT": "SET DEFAULT",
    "NO ACTION": "NO ACTION",
}


@attrs.frozen(kw_only=True)
class ColumnText:
    """What the text says of one column."""

    name: str
    collation: str | None = None
    generated: str | None = None
    enum: str | None = None
    allowed: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class TableText:
    """What the text says of a table; ``remarks`` have no place in a schema."""

    columns: tuple[ColumnText, ...] = ()
    primary_key: NativeKey | None = None
    counts_up: bool = False
    uniques: tuple[NativeKey, ...] = ()
    checks: tuple[NativeCheck, ...] = ()
    foreign_keys: tuple[NativeForeignKey, ...] = ()
    strict: bool = False
    without_rowid: bool = False
    remarks: tuple[str, ...] = ()


def table_text(sql: str) -> TableText:
    """What a CREATE TABLE says, as ``sqlite_schema`` holds it.

    >>> table_text("CREATE TABLE t(a, CONSTRAINT u UNIQUE(a))").uniques[0].name
    'u'
    """
    found = tokens(sql)
    opening = next((i for i, token in enumerate(found) if token.text == "("), None)
    if opening is None:
        return TableText()
    end = closing(found, opening)
    reader = _Reader()
    for item in split(found[opening + 1 : end]):
        reader.item(item)
    return reader.result([token.word for token in found[end + 1 :]])


@attrs.define
class _Column:
    name: str
    collation: str | None = None
    generated: Sequence[Token] | None = None


@attrs.define
class _Reader:
    """Reads one item after the other; expressions wait until all columns are known."""

    columns: list[_Column] = attrs.field(factory=list)
    primary_key: NativeKey | None = None
    counts_up: bool = False
    uniques: list[NativeKey] = attrs.field(factory=list)
    checks: list[tuple[str | None, Sequence[Token]]] = attrs.field(factory=list)
    foreign_keys: list[NativeForeignKey] = attrs.field(factory=list)
    remarks: list[str] = attrs.field(factory=list)
    left: Sequence[Token] = ()
    place: int = 0

    def item(self, item: Sequence[Token]) -> None:
        """A column, or constraints of the table, with or without commas between."""
        if not item:
            return
        self.left, self.place = item, 0
        if item[0].word not in _TABLE_CONSTRAINTS:
            self.columns.append(_Column(self.next().name))
        self.constraints(is_column=item[0].word not in _TABLE_CONSTRAINTS)

    def constraints(self, *, is_column: bool) -> None:
        """All that follows; words of the column's type are passed over."""
        name: str | None = None
        while self.place < len(self.left):
            token = self.next()
            match token.word:
                case "CONSTRAINT":
                    name = self.next().name
                    continue
                case "PRIMARY":
                    self.key(name, is_column=is_column)
                case "UNIQUE":
                    self.uniques.append(
                        NativeKey(name=name, fields=self.fields(is_column=is_column))
                    )
                case "CHECK":
                    self.checks.append((name, self.enclosed()))
                case "FOREIGN":
                    self.accept("KEY")
                    self.reference(name, names(self.enclosed()))
                case "REFERENCES":
                    self.place -= 1
                    self.reference(name, (self.columns[-1].name,))
                case "ON":
                    self.accept("CONFLICT")
                    self.remarks.append(f"ON CONFLICT {self.next().word}")
                case "COLLATE" if is_column:
                    self.columns[-1].collation = self.next().name
                case "AS" if is_column:
                    self.columns[-1].generated = self.enclosed()
                case "DEFAULT":
                    self.passed_over()
                case _ if token.text == "(":
                    self.place = closing(self.left, self.place - 1) + 1
                    continue
                case _:
                    continue
            name = None

    def key(self, name: str | None, *, is_column: bool) -> None:
        """A primary key."""
        self.accept("KEY")
        self.primary_key = NativeKey(name=name, fields=self.fields(is_column=is_column))
        self.accept("ASC", "DESC")
        if self.ahead == "ON":
            self.accept("ON")
            self.accept("CONFLICT")
            self.remarks.append(f"ON CONFLICT {self.next().word}")
        self.counts_up = self.counts_up or self.accept("AUTOINCREMENT")

    def fields(self, *, is_column: bool) -> tuple[str, ...]:
        """The fields of a key: those in parentheses, or the column it stands on."""
        if is_column:
            return (self.columns[-1].name,)
        inside = self.enclosed()
        self.counts_up = self.counts_up or any(
            token.word == "AUTOINCREMENT" for token in inside
        )
        return tuple(part[0].name for part in split(inside) if part)

    def reference(self, name: str | None, fields: tuple[str, ...]) -> None:
        """What a foreign key refers to; no fields where it means the primary key."""
        self.accept("REFERENCES")
        table = self.next().name
        references = names(self.enclosed()) if self.ahead_text == "(" else ()
        actions: dict[str, OnAction] = {}
        deferrable: Deferral | None = None
        while True:
            if self.ahead == "ON" and self.word_at(1) in ("DELETE", "UPDATE", "INSERT"):
                self.accept("ON")
                event = self.next().word
                actions[event] = self.action()
            elif self.ahead == "MATCH":
                self.accept("MATCH")
                self.remarks.append(f"MATCH {self.next().word}")
            elif self.ahead == "DEFERRABLE":
                deferrable = self.deferral()
            elif self.ahead == "NOT" and self.word_at(1) == "DEFERRABLE":
                self.accept("NOT")
                self.deferral()
            else:
                break
        self.foreign_keys.append(
            NativeForeignKey(
                name=name,
                fields=fields,
                table=table,
                references=references,
                on_delete=actions.get("DELETE", "NO ACTION"),
                on_update=actions.get("UPDATE", "NO ACTION"),
                deferrable=deferrable,
            )
        )

    def action(self) -> OnAction:
        """One or two words of what happens to a row."""
        words = self.next().word
        if words in ("SET", "NO"):
            words = f"{words} {self.next().word}"
        return _ACTIONS[words]

    def deferral(self) -> Deferral:
        """When a constraint that can wait is looked at."""
        self.accept("DEFERRABLE")
        waits = self.accept("INITIALLY") and self.next().word == "DEFERRED"
        return "deferred" if waits else "immediate"

    def passed_over(self) -> None:
        """A default, which a PRAGMA tells: one term."""
        if self.ahead_text == "(":
            self.enclosed()
            return
        if self.next().text in ("+", "-"):
            self.next()

    def enclosed(self) -> Sequence[Token]:
        """The tokens between parentheses."""
        start = self.place
        end = closing(self.left, start)
        self.place = end + 1
        return self.left[start + 1 : end]

    def next(self) -> Token:
        """One token."""
        token = self.left[self.place] if self.place < len(self.left) else Token("", "")
        self.place += 1
        return token

    def accept(self, *words: str) -> bool:
        """Pass over one of these words, if it is next."""
        found = self.ahead in words
        self.place += found
        return found

    def word_at(self, offset: int) -> str:
        """The word so far ahead."""
        place = self.place + offset
        return self.left[place].word if place < len(self.left) else ""

    @property
    def ahead(self) -> str:
        """The word that is next."""
        return self.word_at(0)

    @property
    def ahead_text(self) -> str:
        """The token that is next, as it is written."""
        return self.left[self.place].text if self.place < len(self.left) else ""

    def result(self, options: Sequence[str]) -> TableText:
        """All that was read."""
        known = {column.name.casefold(): column.name for column in self.columns}
        enums: dict[str, tuple[str, tuple[str, ...]]] = {}
        checks: list[NativeCheck] = []
        for name, condition in self.checks:
            column, allowed = _listed(condition)
            key = column.casefold()
            if (
                name
                and name.startswith(ENUM_CHECK)
                and key in known
                and key not in enums
            ):
                enums[key] = (name.removeprefix(ENUM_CHECK), allowed)
            else:
                checks.append(
                    NativeCheck(name=name, expression=normal(condition, known))
                )
        return TableText(
            columns=tuple(
                ColumnText(
                    name=column.name,
                    collation=column.collation,
                    generated=None
                    if column.generated is None
                    else normal(column.generated, known),
                    enum=enums.get(column.name.casefold(), (None, ()))[0],
                    allowed=enums.get(column.name.casefold(), (None, ()))[1],
                )
                for column in self.columns
            ),
            primary_key=self.primary_key,
            counts_up=self.counts_up,
            uniques=tuple(self.uniques),
            checks=tuple(checks),
            foreign_keys=tuple(self.foreign_keys),
            strict="STRICT" in options,
            without_rowid="WITHOUT" in options,
            remarks=tuple(self.remarks),
        )


def _listed(condition: Sequence[Token]) -> tuple[str, tuple[str, ...]]:
    """The column and the texts of a check that it is one of them; else nothing."""
    condition = unwrapped(condition)
    head, inside = condition[:3], condition[3:-1]
    is_list = [token.text.upper() for token in head[1:]] == ["IN", "("]
    texts = [token for token in inside if token.text != ","]
    if not is_list or any(token.text[:1] != "'" for token in texts):
        return "", ()
    return head[0].name, tuple(unquoted(token.text) for token in texts)
