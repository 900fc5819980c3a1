"""The facts in which databases differ, each stated for every database."""

from __future__ import annotations

from enum import Enum

import attrs

from mm_engine.errors import ConfigError, nearest


class Transactions(Enum):
    """How much DDL one transaction may hold."""

    FULL = "a whole migration, its history row too"
    SINGLE = "one statement"
    NONE = "none: DDL commits by itself"
    ABSENT = "none, and changes of rows commit by themselves too"


class ForeignKeys(Enum):
    """What becomes of a reference to a row that is not there."""

    ENFORCED = "it is refused"
    DECLARED = "nobody looks: the key is kept for readers and planners"
    ABSENT = "there are no foreign keys"


class Unsupported(Enum):
    """What becomes of something that a database does not have, as the settings say."""

    DECLARE_ONLY = "declare-only"
    ERROR = "error"


class Declarable(Enum):
    """What a schema may declare and a database need not have, as the settings say."""

    FOREIGN_KEYS = "foreign_keys"
    SERIALS = "serials"
    DEFAULTS = "defaults"
    AUTO_UPDATE = "auto_update"
    UNIQUES = "uniques"
    CHECKS = "checks"
    INDEXES = "indexes"
    ENUMS = "enums"


class Namespace(Enum):
    """Where a name may be given only once."""

    TABLE = "table"
    DATABASE = "database"


class EnumStyle(Enum):
    """What becomes of an enum of the schema."""

    TYPE = "a type of its own"
    CHECK = "a check on each field that uses it"
    COLUMN = "a list of values in the type of each column that uses it"
    ABSENT = "nothing: only the schema knows which values there are"


class AutoUpdate(Enum):
    """What keeps the moment of the last change."""

    CLAUSE = "a clause of the column"
    TRIGGER = "a trigger on the table"
    ABSENT = "nothing: there are neither such clauses nor triggers"


class Guarded(Enum):
    """Statements that can say IF EXISTS, or IF NOT EXISTS."""

    CREATE_TABLE = "CREATE TABLE"
    DROP_TABLE = "DROP TABLE"
    CREATE_INDEX = "CREATE INDEX"
    DROP_INDEX = "DROP INDEX"


@attrs.frozen(kw_only=True)
class Features:
    """What a database can do and how it wants to be told; no fact has a default.

    A dialect by others states its own with ``like``: facts that a later version of
    this project adds are then those of its kin.
    """

    transactional_ddl: Transactions
    """How much DDL one transaction may hold."""
    begin: str
    """What opens a transaction that will change the schema."""
    foreign_keys: ForeignKeys
    """What becomes of a reference to a row that is not there.

    Where there are no foreign keys a dialect never sees any: ``untold`` takes them
    out of what it is told.
    """
    identifier_quotes: tuple[tuple[str, str], ...]
    """What may stand around a name in SQL; we write the first."""
    longest_name: int | None
    """How long a name may be; None for as long as one likes."""
    counts_names_in_bytes: bool
    """Whether that length is counted in bytes of UTF-8, not in characters."""
    tells_case_apart: bool
    """Whether two names may differ in nothing but case."""
    reserved_prefixes: tuple[str, ...]
    """What no name of a table or index may begin with."""
    has_namespaces: bool
    """Whether a point in the name of a table or enum parts it from its namespace."""
    index_names_are_unique_in: Namespace
    """Where two indexes may not have one name."""
    index_names_are_table_names: bool
    """Whether an index and a table may not have one name."""
    keys_have_index_names: bool
    """Whether a primary key or unique constraint takes the name of an index."""
    constraint_names_are_unique_in: Namespace | None
    """Where two constraints may not have one name; None where nobody looks."""
    unique_in_the_database: tuple[str, ...]
    """Which kinds of constraint may have a name only once in the whole database."""
    longest_key: int | None
    """How many bytes the fields of an index may have; None for as many as one likes."""
    says_if_exists: tuple[Guarded, ...]
    """Which statements can be told to tolerate what they find."""
    partial_indexes: bool
    """Whether an index can leave rows out (WHERE).

    Where not, one that is not unique holds every row: it finds the same ones. A unique
    one would refuse rows that the schema allows.
    """
    expression_indexes: bool
    """Whether an index can hold what is computed from a row."""
    descending_indexes: bool
    """Whether an index can hold the greatest value first."""
    index_methods: tuple[str, ...]
    """What USING takes. Empty: there is one kind of index, built for every method.

    A method says how to find rows quickly, never which rows may exist, so leaving it
    out loses no guarantee and one schema file serves several databases.
    """
    concurrent_indexes: bool
    """Whether an index can be built and dropped while others write.

    Where not, the wish is left out: nothing but the others' waiting depends on it.
    """
    covering_indexes: bool
    """Whether an index can carry fields that it does not order by (INCLUDE).

    They are there to be read quickly, so leaving them out loses no guarantee.
    """
    nulls_not_distinct: bool
    """Whether a unique index or constraint can let one row at most be null."""
    deferrable_foreign_keys: bool
    """Whether a foreign key can wait for the end of a transaction."""
    deferrable_uniques: bool
    """Whether a unique constraint can."""
    set_default_references: bool
    """Whether a row can fall back to its defaults when what it refers to goes."""
    enforces_checks: bool
    """Whether a check is looked at, not only read."""
    default_expressions: bool
    """Whether a default can be computed for each row."""
    renames_columns: bool
    """Whether a column can be renamed without saying again all that it is."""
    renames_indexes: bool
    """Whether an index can be renamed without being built again."""
    drops_columns: bool
    """Whether a table can lose a column in place, and every other value stay."""
    strict_tables: bool
    """Whether a table that would take any value can be told not to (STRICT)."""
    enums: EnumStyle
    """What becomes of an enum."""
    has_arrays: bool
    """Whether a column can be an array; where not, it holds a JSON document."""
    reads_json: bool
    """Whether it knows a JSON document from other text, in whatever column it lies."""
    has_zoned_timestamps: bool
    """Whether a moment keeps its zone; where not, it is written in UTC."""
    stores_comments: bool
    """Whether comments on tables and columns are kept in the database."""
    exact_decimal_digits: int | None
    """How many digits its own decimal type keeps exactly; None for all it takes."""
    auto_update: AutoUpdate
    """What keeps the moment of the last change."""
    several_triggers: bool
    """Whether two triggers may wait for the same event on one table."""
    booleans: tuple[str, str]
    """How false and true are written."""
    bytes_literal: tuple[str, str]
    """What stands before and after the hexadecimal digits of bytes."""
    backslash_escapes: bool
    """Whether a backslash in a text literal means something."""
    rows_word: str
    """What stands before several rows that a row is compared with by IN."""
    rows_a_statement: int
    """How many rows one INSERT is given at most."""
    rows_a_transaction: int | None
    """How many rows one transaction may change; None for as many as one likes."""

    @classmethod
    def like(cls, kin: Features, **facts: object) -> Features:
        """The facts of kin, apart from those that are given.

        Raises ``ConfigError`` for a fact that nobody knows.
        """
        known = [fact.name for fact in attrs.fields(cls)]
        for name in facts:
            if name not in known:
                raise ConfigError(
                    f'no fact about databases is called "{name}"',
                    hint=nearest(name, known),
                )
        stated = {name: getattr(kin, name) for name in known}
        return cls(**{**stated, **facts})
