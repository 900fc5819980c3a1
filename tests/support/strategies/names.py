"""Names that people give, names that people should not give, and names that fight."""

from __future__ import annotations

from hypothesis import strategies as st

from strategies.choice import Choice, Draw

PLAIN = (
    *("id", "name", "title", "email", "price", "users", "posts", "tags", "items"),
    *("owner", "parent", "created", "state", "kind", "note", "size", "day"),
)
ODD = (
    *("order", "select", "group", "table", "index", "null", "primary", "user"),
    *("two words", 'quo"te', "it's", "back`tick", "br[ack]et", "semi;colon", "--dash"),
    *("a.b", "100%", ":bound", "%s", "{brace}", "back\\slash", "/*x*/", "?", "$1"),
    *("Upper", "SHOUT", "ünïcode", "日本", "emoji😀", "0digit", " space ", "é", "é"),
    *("true", "on", "no", "~", "1.10", "0x1", "- dash", "# hash", "&a", "*a", "!t"),
)
"""Keywords, quotes of every database, comments, parameters, YAML's own traps."""

HOSTILE_NAMES = ("", "new\nline", "nul\0", "tab\t", "bell\a", "\ud800", "x" * 200)
"""Names that something on the way refuses; never part of a strategy here."""

_ANY_NAME = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp")),
    min_size=1,
    max_size=8,
)


@st.composite
def names(draw: Draw) -> str:
    """One name of a table, field, index, constraint or enum."""
    return _name(Choice(draw))


def _name(choice: Choice) -> str:
    if choice.chance(5):
        return choice.draw(_ANY_NAME)
    return choice.of(ODD if choice.chance(25) else PLAIN)


class Namer:
    """Gives names that nothing else has, not even with other capitals."""

    def __init__(self, choice: Choice, taken: tuple[str, ...] = ()) -> None:
        self._choice = choice
        self._taken = {_key(name) for name in taken}

    def take(self, name: str) -> None:
        """Give that name to nobody."""
        self._taken.add(_key(name))

    def new(self, prefix: str = "") -> str:
        """A new name."""
        wanted = prefix + _name(self._choice)
        number, name = 1, wanted
        while _key(name) in self._taken:
            number += 1
            name = f"{wanted}{number}"
        self.take(name)
        return name


def _key(name: str) -> str:
    return name.casefold()
