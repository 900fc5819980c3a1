"""Cases: a schema, operations, and what each database is told, as YAML data.

A file of ``fixtures/cases`` says in ``before`` and ``operations`` what a migration file
would, ``rows`` in SQL (for all databases or for each), and under a database's name what
it is told ``up`` and ``down``, or the ``error`` that it gives.
``tests/cases/update.py`` writes the latter anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import attrs
import yaml

import mm_engine as mm
from live_sqlite import moves, reversed_moves, step_text
from mm_engine.dialects import available, dialect, variants
from mm_engine.errors import IrreversibleError, UnsupportedError
from mm_engine.model.schema import Schema
from mm_engine.operations import Operation

FOLDER = Path(__file__).parents[2] / "fixtures" / "cases"


@attrs.frozen
class Case:
    """One file of cases."""

    path: Path
    before: tuple[Operation, ...]
    operations: tuple[Operation, ...]
    rows: str | Mapping[str, str]
    expected: Mapping[str, Mapping[str, str]]

    @property
    def name(self) -> str:
        """What the file is called."""
        return self.path.stem

    @property
    def schema(self) -> Schema:
        """The schema that the operations meet."""
        schema = Schema()
        for operation in self.before:
            schema = operation.apply(schema)
        return schema

    def rows_for(self, database: str) -> str:
        """What makes the rows, in SQL that this database takes."""
        return self.rows if isinstance(self.rows, str) else self.rows.get(database, "")

    def said(self, database: str) -> dict[str, str]:
        """What a database is told, or why it is not."""
        try:
            up = step_text(moves(self.operations, self.schema), database)
        except UnsupportedError as error:
            return {"error": f"{error}\n"}
        try:
            down = step_text(reversed_moves(self.operations, self.schema), database)
        except (IrreversibleError, UnsupportedError) as error:
            return {"up": up, "down_error": f"{error}\n"}
        return {"up": up, "down": down}


def told(case: Case) -> dict[str, dict[str, str]]:
    """What every database is told, and each variant that is told something else."""
    said = {name: case.said(name) for name in available()}
    for variant in variants():
        own = case.said(variant)
        if _plain(own, variant) != _plain(said[dialect(variant).name], variant):
            said[variant] = own
    return said


def _plain(said: dict[str, str], variant: str) -> dict[str, str]:
    """The same texts whatever the database calls itself in them."""
    of = dialect(variant)
    titles = (of.title, dialect(of.name).title)
    return {
        key: text.replace(titles[0], titles[1]) if key.endswith("error") else text
        for key, text in said.items()
    }


def written() -> tuple[Case, ...]:
    """Every case, by the name of its file."""
    return tuple(_case(path) for path in sorted(FOLDER.glob("*.yaml")))


def rewrite(case: Case) -> None:
    """Write down anew what each database is told; the rest of the file stays."""
    kept = case.path.read_text("utf-8").splitlines()
    for number, line in enumerate(kept):
        if line.partition(":")[0] in available():
            kept = kept[:number]
            break
    text = "\n".join(kept).rstrip() + "\n" + _dumped(told(case))
    case.path.write_text(text, encoding="utf-8", newline="\n")


def _dumped(said: Mapping[str, Mapping[str, str]]) -> str:
    lines: list[str] = []
    for database, texts in said.items():
        lines.append(f"{database}:")
        for key, text in texts.items():
            if text.strip():
                lines.append(f"  {key}: |")
                lines += [f"    {line}".rstrip() for line in text.splitlines()]
            else:
                lines.append(f'  {key}: ""')
    return "\n".join(lines) + "\n"


def _case(path: Path) -> Case:
    data = yaml.safe_load(path.read_text("utf-8"))
    return Case(
        path=path,
        before=_operations(data.pop("before", "")),
        operations=_operations(data.pop("operations")),
        rows=data.pop("rows", ""),
        expected=data,
    )


def _operations(text: str) -> tuple[Operation, ...]:
    made: list[Operation] = eval(f"[{text}]", {"mm": mm})
    return tuple(made)
