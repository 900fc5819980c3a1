"""What SQL Server holds after each of our statements, as far as names and columns go.

No parser sees that a constraint is dropped which is not there, or that a column changes
while something stands on it. This follows our own statements, in the words that the
dialect writes them in, and refuses what the server's manual says it refuses
(learn.microsoft.com, ALTER TABLE and sp_rename). It is a model, and no server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import attrs

NAME = r"\[(?:[^\]]|\]\])*\]"
PATH = rf"{NAME}(?:\.{NAME})?"


class RefusedError(AssertionError):
    """What the server would not take."""


@attrs.frozen
class Part:
    """What stands on columns: its kind, and where they are.

    ``spoken`` are those that a text of it speaks of, which no rename follows.
    """

    kind: str
    table: str
    columns: tuple[tuple[str, str], ...]
    spoken: tuple[tuple[str, str], ...] = ()


def _bare(name: str) -> str:
    return name[1:-1].replace("]]", "]")


def _namespace(path: str) -> str:
    return path.rpartition(".")[0]


@attrs.define
class Server:
    """Tables with their columns, and what stands on them, by path in quotes."""

    tables: dict[str, list[str]] = attrs.field(factory=dict)
    parts: dict[str, Part] = attrs.field(factory=dict)
    triggers: dict[str, str] = attrs.field(factory=dict)

    def take(self, sql: str) -> None:
        """Take a statement; one that speaks of no table's shape changes nothing."""
        for pattern, act in self._acts():
            if match := re.fullmatch(pattern, sql, re.DOTALL):
                act(match)
                return
        if re.match(r"(CREATE|ALTER|DROP)\b|EXEC sp_rename", sql):
            raise RefusedError(f"nobody knows what this does: {sql}")

    def _acts(self) -> Iterator[tuple[str, Callable[[re.Match[str]], None]]]:
        alter = rf"ALTER TABLE (?P<t>{PATH}) "
        called = rf"CONSTRAINT (?P<n>{NAME})"
        yield (
            rf"CREATE TABLE (?P<t>{PATH}) \(\n(?P<lines>.*)\n\)(?: WITH .*)?",
            self._made,
        )
        yield rf"DROP TABLE (?:IF EXISTS )?(?P<t>{PATH})", self._table_dropped
        yield rf"{alter}ADD {called} (?P<clause>.*)", self._constrained
        yield rf"{alter}ADD (?P<line>{NAME} .*)", self._added
        yield rf"{alter}DROP {called}", self._unconstrained
        yield rf"{alter}DROP COLUMN (?P<c>{NAME})", self._column_dropped
        yield rf"{alter}ALTER COLUMN (?P<c>{NAME}) .*", self._column_altered
        yield rf"{alter}REBUILD .*", self._looked_for
        index = rf"INDEX (?P<n>{NAME}) ON (?P<t>{PATH})"
        yield rf"CREATE (?:UNIQUE )?{index} \((?P<clause>.*)", self._indexed
        yield rf"SELECT .* INTO (?P<t>{NAME}) FROM .*", self._kept
        yield (
            rf"DROP INDEX (?P<guard>IF EXISTS )?(?P<n>{NAME}) ON (?P<t>{PATH})",
            self._unindexed,
        )
        yield rf"CREATE TRIGGER (?P<n>{PATH}) ON (?P<t>{PATH}) .*", self._watched
        yield rf"DROP TRIGGER (?:IF EXISTS )?(?P<n>{PATH})", self._unwatched
        yield rf"(?:DIS|EN)ABLE TRIGGER (?P<n>{PATH}) ON {PATH}", self._switched
        yield (
            rf"ALTER SCHEMA (?P<to>{NAME}) TRANSFER (?P<t>{PATH})",
            self._transferred,
        )
        yield (
            r"EXEC sp_rename N'(?P<path>.*)', N'(?P<new>.*)', N'(?P<what>\w+)'",
            self._renamed,
        )

    def _made(self, match: re.Match[str]) -> None:
        table = match["t"]
        if table in self.tables:
            raise RefusedError(f"{table} is there already")
        self.tables[table] = []
        lines = re.split(r",\n(?=    \S)", match["lines"])
        for line in (line.strip() for line in lines):
            if not line.startswith("CONSTRAINT"):
                self._column(table, line)
        for line in (line.strip() for line in lines):
            found = re.match(rf"CONSTRAINT ({NAME}) (.*)", line, re.DOTALL)
            if found and line.startswith("CONSTRAINT"):
                self._stand(table, found[1], found[2])

    def _kept(self, match: re.Match[str]) -> None:
        self.tables[match["t"]] = []

    def _column(self, table: str, line: str) -> None:
        found = re.match(NAME, line)
        name = _bare(found[0]) if found else ""
        if name in self.tables[table]:
            raise RefusedError(f"{table} has {name} already")
        self.tables[table].append(name)
        if computed := re.match(rf"{NAME} AS (\(.*)", line):
            part = Part("computed", table, self._named(table, computed[1]))
            self.parts[f"{table}.{name} computed"] = part
        for called, kind in re.findall(rf"CONSTRAINT ({NAME}) (DEFAULT|CHECK)", line):
            self._put(called, Part(kind, table, ((table, name),)))

    def _stand(self, table: str, called: str, clause: str) -> None:
        kind = clause.split(maxsplit=1)[0]
        if kind == "DEFAULT":
            column = clause.rpartition(" FOR ")[2]
            columns: tuple[tuple[str, str], ...] = ((table, _bare(column)),)
        elif kind == "FOREIGN":
            own, target, theirs = re.findall(
                rf"KEY \((.*?)\) REFERENCES ({PATH}) \((.*?)\)", clause
            )[0]
            columns = (*self._named(table, own), *self._named(target, theirs))
        else:
            columns = self._named(table, clause)
        self._put(called, Part(kind, table, columns))

    def _put(self, called: str, part: Part) -> None:
        path = self._beside(part.table, called)
        if path in self.parts:
            raise RefusedError(f"{path} is there already")
        if part.kind == "DEFAULT" and any(
            other.kind == "DEFAULT" and other.columns == part.columns
            for other in self.parts.values()
        ):
            raise RefusedError(f"{part.columns} has a default already")
        self.parts[path] = part

    def _named(self, table: str, text: str) -> tuple[tuple[str, str], ...]:
        words = {_bare(name) for name in re.findall(NAME, text)}
        words |= {*re.findall(r"\w+", re.sub(rf"N?'(?:[^']|'')*'|{NAME}", "", text))}
        known = self.tables.get(table, [])
        return tuple((table, name) for name in known if name in words)

    def _beside(self, table: str, called: str) -> str:
        namespace = _namespace(table)
        return f"{namespace}.{called}" if namespace else called

    def _on(self, table: str, column: str, *kinds: str) -> list[str]:
        return [
            path
            for path, part in self.parts.items()
            if (table, column) in part.columns and (not kinds or part.kind in kinds)
        ]

    def _free(self, table: str, column: str, *kinds: str) -> None:
        if column not in self.tables.get(table, []):
            raise RefusedError(f"{table} has no {column}")
        if held := self._on(table, column, *kinds):
            raise RefusedError(f"{table}.{column} is held by {held}")

    def _unspoken(self, table: str, column: str) -> None:
        for path, part in self.parts.items():
            if (table, column) in part.spoken:
                raise RefusedError(f"{path} speaks of {table}.{column}")

    def _looked_for(self, match: re.Match[str]) -> None:
        if match["t"] not in self.tables:
            raise RefusedError(f"no {match['t']}")

    def _table_dropped(self, match: re.Match[str]) -> None:
        table = match["t"]
        if self.tables.pop(table, None) is None:
            raise RefusedError(f"no {table}")
        referring = [
            path
            for path, part in self.parts.items()
            if part.table != table and any(owner == table for owner, _ in part.columns)
        ]
        if referring:
            raise RefusedError(f"{table} is referred to by {referring}")
        self.parts = {p: part for p, part in self.parts.items() if part.table != table}
        self.triggers = {n: t for n, t in self.triggers.items() if t != table}

    def _constrained(self, match: re.Match[str]) -> None:
        self._looked_for(match)
        self._stand(match["t"], match["n"], match["clause"])

    def _added(self, match: re.Match[str]) -> None:
        self._looked_for(match)
        self._column(match["t"], match["line"])

    def _unconstrained(self, match: re.Match[str]) -> None:
        path = self._beside(match["t"], match["n"])
        if path not in self.parts or self.parts[path].kind == "INDEX":
            raise RefusedError(f"no constraint {path}")
        part = self.parts.pop(path)
        if part.kind not in ("PRIMARY", "UNIQUE"):
            return
        for other, key in self.parts.items():
            theirs = [column for column in key.columns if column[0] == part.table]
            if key.kind == "FOREIGN" and set(part.columns) <= set(theirs):
                own = key.table == part.table and len(theirs) < 2 * len(part.columns)
                if not own:
                    raise RefusedError(f"{other} refers to {path}")

    def _column_dropped(self, match: re.Match[str]) -> None:
        table, column = match["t"], _bare(match["c"])
        self.parts.pop(f"{table}.{column} computed", None)
        self._free(table, column)
        self.tables[table].remove(column)

    def _column_altered(self, match: re.Match[str]) -> None:
        self._free(match["t"], _bare(match["c"]))

    def _indexed(self, match: re.Match[str]) -> None:
        self._looked_for(match)
        columns = self._named(match["t"], match["clause"])
        spoken = self._named(match["t"], match["clause"].partition(" WHERE ")[2])
        path = f"{match['t']}.{match['n']}"
        if path in self.parts:
            raise RefusedError(f"{path} is there already")
        self.parts[path] = Part("INDEX", match["t"], columns, spoken)

    def _unindexed(self, match: re.Match[str]) -> None:
        path = f"{match['t']}.{match['n']}"
        if self.parts.pop(path, None) is None and not match["guard"]:
            raise RefusedError(f"no index {path}")

    def _watched(self, match: re.Match[str]) -> None:
        self._looked_for(match)
        if match["n"] in self.triggers:
            raise RefusedError(f"{match['n']} is there already")
        self.triggers[match["n"]] = match["t"]

    def _unwatched(self, match: re.Match[str]) -> None:
        if self.triggers.pop(match["n"], None) is None:
            raise RefusedError(f"no trigger {match['n']}")

    def _switched(self, match: re.Match[str]) -> None:
        if match["n"] not in self.triggers:
            raise RefusedError(f"no trigger {match['n']}")

    def _transferred(self, match: re.Match[str]) -> None:
        table = match["t"]
        own = re.findall(NAME, table)[-1]
        new = own if match["to"] == "[dbo]" else f"{match['to']}.{own}"
        self._moved(table, new)

    def _moved(self, old: str, new: str) -> None:
        if old not in self.tables or new in self.tables:
            raise RefusedError(f"{old} cannot become {new}")
        if old in self.triggers.values():
            raise RefusedError(f"a trigger of {old} speaks of it by its name")
        self.tables[new] = self.tables.pop(old)
        moved: dict[str, Part] = {}
        for path, part in self.parts.items():
            columns = tuple((new if t == old else t, c) for t, c in part.columns)
            now = path
            if part.table == old:
                last = path.removeprefix(f"{old}.")
                is_of_table = path.startswith(f"{old}.") and last != path
                called = re.findall(NAME, path)[-1] if not is_of_table else last
                now = f"{new}.{last}" if is_of_table else self._beside(new, called)
            owner = new if part.table == old else part.table
            moved[now] = attrs.evolve(part, table=owner, columns=columns)
        self.parts = moved

    def _renamed(self, match: re.Match[str]) -> None:
        path = match["path"].replace("''", "'")
        new = match["new"].replace("''", "'")
        quoted = f"[{new.replace(']', ']]')}]"
        *owner, last = re.findall(NAME, path)
        above = ".".join(owner)
        beside = f"{above}.{quoted}" if above else quoted
        if match["what"] == "COLUMN":
            self._free(above, _bare(last), "CHECK", "computed")
            self._unspoken(above, _bare(last))
            self._column_renamed(above, _bare(last), new)
        elif path in self.tables:
            self._moved(path, beside)
        elif path in self.parts and beside not in self.parts:
            self.parts[beside] = self.parts.pop(path)
        else:
            raise RefusedError(f"{path} cannot become {beside}")

    def _column_renamed(self, table: str, old: str, new: str) -> None:
        columns = self.tables[table]
        if new in columns:
            raise RefusedError(f"{table} has {new} already")
        columns[columns.index(old)] = new
        for path, part in self.parts.items():
            now = tuple(
                (t, new if (t, c) == (table, old) else c) for t, c in part.columns
            )
            self.parts[path] = attrs.evolve(part, columns=now)
