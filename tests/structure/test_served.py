"""The session ``db-test`` names what the plugin has databases of."""

from __future__ import annotations

import ast

from mm_pytest.settings import DATABASES
from source_tree import ROOT


def test_the_noxfile_names_every_database_of_the_plugin() -> None:
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    [words] = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SERVED"
    ]
    listed = [each.value for each in ast.walk(words) if isinstance(each, ast.Constant)]
    assert sorted(map(str, listed)) == sorted(DATABASES)
