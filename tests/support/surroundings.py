"""The environment that a program under test is given."""

from __future__ import annotations

import os

OURS = ("CI", "BUILD_NUMBER")
"""What makes pytest tell each failure twice, in its summary too.

https://docs.pytest.org/en/stable/explanation/ci.html
"""


def as_typed() -> dict[str, str]:
    """That of somebody at a terminal; a pytest under test is nobody's worker."""
    return {
        name: text
        for name, text in os.environ.items()
        if name not in OURS and not name.startswith("PYTEST_")
    }
