"""Everything that a run has found, and what it ran on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import attrs

from benchmarks.figures import Figures
from benchmarks.promises import Promise
from benchmarks.questions import Questions
from benchmarks.testing import Tested
from benchmarks.unused import Unused
from benchmarks.work import Work

Facts: TypeAlias = Mapping[str, str]
"""What explains figures: names, and what they stand for here."""


@attrs.frozen(kw_only=True)
class Findings:
    """The figures of every kind, the promises, and those that were not seen kept."""

    figures: Figures
    promises: Sequence[Promise]
    work: Sequence[Work]
    questions: Sequence[Questions]
    tests: Sequence[Tested]
    unused: Sequence[Unused]
    faults: Sequence[str]
    machine: Facts
    versions: Facts
