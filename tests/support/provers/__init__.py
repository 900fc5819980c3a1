"""What says whether SQL is right, for databases that cannot run where tests run."""

from __future__ import annotations

from provers.prover import Claim, Prover
from provers.registry import PROVED, facts, prover_of

__all__ = ["PROVED", "Claim", "Prover", "facts", "prover_of"]
