"""Which prover speaks for which database."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import attrs
import yaml

from mm_engine.model import databases as names
from provers.dsql import DsqlLint
from provers.grammar import Grammar
from provers.prover import Prover
from provers.scriptdom import ScriptDom
from source_tree import ROOT

FOLDER = ROOT / "fixtures" / "provers"

PROVED = (
    names.MYSQL,
    names.SQLSERVER,
    names.REDSHIFT,
    names.TIDB,
    names.VERTICA,
    names.STARROCKS,
    names.AURORADSQL,
)
"""The databases that cannot run where tests run, and something else can judge."""


@attrs.frozen
class Facts:
    """A file of the folder: what a database takes, what not, and how a grammar knows.

    ``types``, ``forbidden`` and ``allowed`` are what ``Grammar`` says they are.
    """

    right: list[str]
    wrong: list[str]
    grammar: str = ""
    types: list[str] = attrs.field(factory=list)
    forbidden: dict[str, str] = attrs.field(factory=dict)
    allowed: dict[str, str] = attrs.field(factory=dict)

    @classmethod
    def read(cls, file: Path) -> Facts:
        """Read the file; a key that nobody knows is an error."""
        return cls(**yaml.safe_load(file.read_text(encoding="utf-8")))


@cache
def facts(database: str) -> Facts:
    """What is known of a database."""
    return Facts.read(FOLDER / f"{database}.yaml")


@cache
def prover_of(database: str) -> Prover:
    """The best prover of a database: what its vendor made, else a grammar."""
    if database == names.SQLSERVER:
        return ScriptDom()
    if database == names.AURORADSQL:
        return DsqlLint()
    known = facts(database)
    return Grammar(known.grammar, known.types, known.forbidden, known.allowed)
