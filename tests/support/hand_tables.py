"""Tables that somebody changes by hand on more than one database."""

from __future__ import annotations

import attrs

from hand_changes import other
from mm_engine import operations as ops
from mm_engine.model import types as t
from mm_engine.model.constraints import ForeignKey, PrimaryKey, Unique
from mm_engine.model.table import Field, Table

VISITS = Table(
    "visits",
    [Field("person", t.BigInt(), nullable=False), Field("other", t.BigInt())],
    foreign_keys=[
        ForeignKey(
            ["person"],
            "people",
            references=["id"],
            name="fk_person",
            on_delete="CASCADE",
        )
    ],
)
PAIRS = Table(
    "pairs",
    [Field("one", t.BigInt(), nullable=False), Field("two", t.Date(), nullable=False)],
    primary_key=PrimaryKey(["one", "two"], name="pairs_pkey"),
    uniques=[Unique(["one"], name="uq_one")],
)


@attrs.frozen
class Parts:
    """The parts of a database's own table of people, as they are told when changed."""

    people: Table

    def field(self, name: str, **changes: object) -> ops.AlterField:
        """The change of a field."""
        return ops.AlterField("people", other(self.people.field(name), **changes))

    def index(self, name: str, **changes: object) -> ops.AlterIndex:
        """The change of an index."""
        return ops.AlterIndex("people", other(self.people.index(name), **changes))

    def unique(self, **changes: object) -> ops.AlterUnique:
        """The change of the unique constraint on the name."""
        return ops.AlterUnique(
            "people", other(self.people.unique("uq_name"), **changes)
        )


def foreign_key(**changes: object) -> ops.AlterForeignKey:
    """The change of the foreign key of the visits."""
    changed = other(VISITS.foreign_key("fk_person"), **changes)
    return ops.AlterForeignKey("visits", changed)
