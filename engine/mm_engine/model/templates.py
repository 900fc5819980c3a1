"""Type mappings with places to fill in: ``NUMERIC({precision}, {scale})``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mm_engine.errors import nearest
from mm_engine.model.types import (
    SIMPLE_TYPES,
    Array,
    Char,
    Decimal,
    EnumOf,
    Text,
    Varchar,
)

_ELEMENTS: Mapping[str, tuple[str, ...]] = {
    **{type_.yaml_name: () for type_ in SIMPLE_TYPES},
    Text.yaml_name: ("length",),
    Varchar.yaml_name: ("length",),
    Char.yaml_name: ("length",),
    Decimal.yaml_name: ("precision", "scale"),
    EnumOf.yaml_name: (),
}
PLACES: Mapping[str, tuple[str, ...]] = {
    **_ELEMENTS,
    **{f"{name}[]": () for name in _ELEMENTS},
    Array.yaml_name: (),
}
"""Every type that can be mapped, and what a mapping of it may fill in."""

_GO = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_GO_BEGUN = re.compile(r"\{\{-?\s*\.\w*")
_GO_ATTRIBUTE = re.compile(r"\.([A-Za-z]\w*)")
_PLACE = re.compile(r"\{([A-Za-z_]\w*)\}")


def canonical_template(text: str) -> str:
    """A template of the original in our spelling; everything else as it is.

    >>> canonical_template("NUMERIC({{.Precision}}, {{ .Scale }})")
    'NUMERIC({precision}, {scale})'
    """

    def told_our_way(found: re.Match[str]) -> str:
        attribute = _GO_ATTRIBUTE.fullmatch(found[1])
        return f"{{{attribute[1].lower()}}}" if attribute else found[0]

    return _GO.sub(told_our_way, text)


def template_fault(type_name: str, text: str) -> tuple[str, str | None] | None:
    """What is wrong with a mapping of a type, and a hint; None if nothing is.

    Braces that hold no word stay as they are.
    """
    if not text.strip():
        return f'the mapping of "{type_name}" is empty', None
    places = PLACES.get(type_name)
    if places is None:
        known = f"known are {', '.join(_ELEMENTS)}"
        return f'unknown type "{type_name}"', nearest(type_name, PLACES) or known
    code = _GO.search(text)
    if code is not None:
        return f'"{code[0]}" is more than a template can say', _filled(places)
    begun = _GO_BEGUN.search(text)
    if begun is not None:
        return f'"{begun[0]}" is not closed by two braces', _filled(places)
    for name in _PLACE.findall(text):
        if name not in places:
            hint = nearest(name, places) or _filled(places)
            return f'"{{{name}}}" is nothing that {type_name} has', hint
    return None


def _filled(places: tuple[str, ...]) -> str:
    if not places:
        return "a mapping of this type fills in nothing"
    return f"it can fill in {', '.join(f'{{{place}}}' for place in places)}"
