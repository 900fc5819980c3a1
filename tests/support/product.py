"""Every operation on every type: what databases are told, both ways, and with rows.

A scenario is an operation as it may meet a table; a sample is a type with values. Each
pair is a cell. What is said is kept in a file of ``fixtures/cases/product``, with the
words that differ only by type left open, so that equal texts stand there once.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from mm_engine.dialects import dialect, variants
from mm_engine.errors import UnsupportedError
from mm_engine.model.values import Literal
from mm_engine.testing.cells import Cell, cells
from mm_engine.testing.samples import SAMPLES
from mm_engine.testing.scenarios import SCENARIOS

__all__ = ["Cell", "cells", "computed", "golden", "otherwise", "write_golden"]

FOLDER = Path(__file__).parents[2] / "fixtures" / "cases" / "product"


def _said(cell: Cell) -> dict[str, str]:
    """What a cell says, with what differs by the type left open."""
    return {key: _opened(cell, text) for key, text in cell.said().items()}


def _opened(cell: Cell, text: str) -> str:
    text = re.sub(r"(?<=makemigrations_kept_)[0-9a-f]{8}", "{mark}", text)
    words = dialect(cell.database)
    field = cell.sample.field()
    schema = cell.before
    try:
        type_ = words.type_sql(field, schema)
        for word, value in (("one", cell.sample.one), ("other", cell.sample.other)):
            sql = words.default(Literal(value), field, schema)
            if len(sql) > 1:
                text = text.replace(sql, f"{{{word}}}")
    except UnsupportedError:
        return text
    for name in map(words.quote, ("value", "extra", "worth")):
        text = text.replace(f"{name} {type_}", f"{name} {{type}}")
    return text


def computed(database: str = "sqlite") -> dict[str, list[dict[str, object]]]:
    """The whole product, texts that are the same standing once."""
    product: dict[str, list[dict[str, object]]] = {}
    for scenario in SCENARIOS:
        texts: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for sample in SAMPLES:
            said = _said(Cell(scenario, sample, database))
            texts.setdefault(tuple(said.items()), []).append(sample.name)
        product[scenario.name] = [
            {"types": types, **dict(said)} for said, types in texts.items()
        ]
    return product


def otherwise(variant: str) -> dict[str, list[dict[str, object]]]:
    """Where the product of a variant is not that of its database, errors apart."""
    of, own = computed(dialect(variant).name), computed(variant)
    return {
        name: texts
        for name, texts in own.items()
        if _without_errors(texts) != _without_errors(of[name])
    }


def _without_errors(texts: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{**text, "error": ""} if "error" in text else text for text in texts]


def golden(database: str = "sqlite") -> dict[str, list[dict[str, object]]]:
    """The product as the file has it."""
    loaded: dict[str, list[dict[str, object]]] = yaml.safe_load(
        (FOLDER / f"{database}.yaml").read_text("utf-8")
    )
    return loaded


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as they are."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def write_golden(database: str = "sqlite") -> None:
    """Write the product as it is now; of a variant, what is its own."""
    path = FOLDER / f"{database}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(
        otherwise(database) if database in variants() else computed(database),
        Dumper=_Dumper,
        sort_keys=False,
        width=200,
        allow_unicode=True,
    )
    head = "# Made by tests/cases/update.py; read what changed before you commit it.\n"
    path.write_text(head + text, encoding="utf-8", newline="\n")
