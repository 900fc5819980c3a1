"""Values as they are spelled in Python: one ``repr`` for families of many classes."""

from __future__ import annotations

from typing import cast

import attrs


def spelled(value: object) -> str:
    """What attrs would show of a value.

    attrs writes and compiles this anew for each class, which for all types and
    operations would take longer than reading a small schema file.
    """
    kind = cast("type[attrs.AttrsInstance]", type(value))
    shown = (
        f"{attribute.name}={getattr(value, attribute.name)!r}"
        for attribute in attrs.fields(kind)
        if attribute.repr
    )
    return f"{kind.__qualname__}({', '.join(shown)})"
