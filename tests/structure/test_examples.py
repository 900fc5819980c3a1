"""Examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib

import pytest

from source_tree import Source, sources

WITH_EXAMPLES = [source for source in sources() if ">>> " in source.text]


@pytest.mark.parametrize("source", WITH_EXAMPLES, ids=lambda source: source.path)
def test_the_examples_of_a_module_hold(source: Source) -> None:
    tried = doctest.testmod(importlib.import_module(source.module))
    assert tried.attempted > 0
    assert tried.failed == 0
