"""Schema files for tests: written into a folder, read as one schema."""

from __future__ import annotations

from pathlib import Path

from mm_engine.errors import SchemaFileError
from mm_engine.model.schema import Schema
from mm_engine.model.table import Field
from mm_engine.schemafile import SchemaFile, read_schema

FIXTURES = Path(__file__).parents[2] / "fixtures"
ID = "{name: id, type: integer, primary_key: true}"


def written(folder: Path, files: dict[str, str]) -> None:
    """Put texts into files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def read(folder: Path, files: dict[str, str] | str, *paths: str) -> SchemaFile:
    """Read files that are written first; the first of them, unless others are named."""
    texts = {"schema.yaml": files} if isinstance(files, str) else files
    written(folder, texts)
    wanted = paths or tuple(texts)[:1]
    return read_schema([Path(path) for path in wanted], root=folder)


def schema(folder: Path, files: dict[str, str] | str, *paths: str) -> Schema:
    """The schema alone."""
    return read(folder, files, *paths).schema


def said(folder: Path, files: dict[str, str] | str, *paths: str) -> list[str]:
    """The problems of files that are no schema."""
    try:
        read(folder, files, *paths)
    except SchemaFileError as error:
        return [str(problem) for problem in error.problems]
    return []


def table(*fields: str, more: str = "", name: str = "things") -> str:
    """A table of a key and these fields, told in one line each."""
    lines = "".join(f"      - {field}\n" for field in (ID, *fields))
    return f"  - name: {name}\n    fields:\n{lines}{more}"


def tables(*texts: str) -> str:
    """A schema file of these tables."""
    return "tables:\n" + "".join(texts)


def field(folder: Path, words: str, *, before: str = "") -> Field:
    """One field, told in one line, in a schema of its own."""
    return (
        schema(folder, before + tables(table(f"{{name: x, {words}}}")))
        .table("things")
        .field("x")
    )
