"""AWS's own linter for Aurora DSQL, with what it lets pass."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import attrs

from provers.prover import Claim, MissingProverError, misses

# https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-postgresql-compatibility-unsupported-features.html
FORBIDDEN = {
    r"\b(SAVEPOINT|TRUNCATE|VACUUM)\b": "there is no such statement",
    r"\bCREATE\s+(TRIGGER|TYPE|EXTENSION|DOMAIN)\b": "there is no such object",
    r"\bCREATE\s+(OR\s+REPLACE\s+)?TRIGGER\b": "there are no triggers",
    r"\bTEMP(ORARY)?\s+TABLE\b": "there are no temporary tables",
    r"\bUNLOGGED\b": "there are no unlogged tables",
    r"\bLANGUAGE\s+'?plpgsql\b": "functions are written in SQL",
}

# What it cannot read and DSQL takes, and what it is given instead:
# https://docs.aws.amazon.com/aurora-dsql/latest/userguide/alter-table-syntax-support.html
ALLOWED = {r"(?i)^(ALTER TABLE .*) SET SCHEMA (\S+)$": r"\1 RENAME TO \2"}


@attrs.frozen
class DsqlLint:
    """What ``dsql-lint`` says of a statement, warnings too."""

    claim = Claim.VENDOR

    def version(self) -> str:
        """The version of the linter."""
        return f"dsql-lint {metadata.version('dsql-lint')}"

    def faults(self, sql: str) -> tuple[str, ...]:
        """Errors and warnings of the linter, and what it lets pass."""
        read = sql
        for words, instead in ALLOWED.items():
            read = re.sub(words, instead, read)
        done = subprocess.run(
            [_program(), "--format", "json", "-"],
            input=f"{read.rstrip().rstrip(';')};\n",
            capture_output=True,
            text=True,
            check=False,
        )
        [file] = json.loads(done.stdout)["files"]
        told = [str(each["message"]) for each in file["diagnostics"]]
        told += [str(file["error"])] if file["error"] else []
        return (*told, *misses(FORBIDDEN, sql))


def _program() -> str:
    """Where the linter lies; beside this Python first."""
    beside = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    found = shutil.which("dsql-lint", path=beside)
    if found is None:
        raise MissingProverError("dsql-lint; nox -s provers has it")
    return found
