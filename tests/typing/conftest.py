"""Typing is tested where the two type checkers are: by ``nox -s types``."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("mypy") and find_spec("pyright") else ["*"]
