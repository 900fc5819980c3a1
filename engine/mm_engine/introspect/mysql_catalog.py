"""The questions that MySQL's catalog is asked, each once for all tables.

What differs between servers, and on MariaDB, is said here: which views there are in
``information_schema``, and which columns they have. Every question names the database
as a constant: a server without a dictionary of its own opens all tables otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from mm_engine.dialects.mysql import MySQL
from mm_engine.introspect.asides import Rows
from mm_engine.model.names import OUR_TABLES

WHERE = "SELECT DATABASE(), VERSION()"
"""The database that is connected to, and what the server says it is."""

_VERSION = re.compile(r"(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)")


@attrs.frozen(kw_only=True)
class Answers:
    """The rows that answer each question of a ``Catalog``."""

    letters: Rows
    tables: Rows
    columns: Rows
    indexes: Rows
    foreign_keys: Rows
    checks: Rows
    triggers: Rows
    others: Rows


@attrs.frozen
class Catalog:
    """The questions about one database, in the words of one version of the server."""

    database: str
    tells_sql: bool
    """Whether it is MariaDB's, which says SQL where MySQL's says something like it."""
    version: tuple[int, ...]

    @classmethod
    def of(cls, database: str, said: str) -> Catalog:
        """The catalog of a server that says this of its version.

        >>> Catalog.of("shop", "5.5.5-10.6.2-MariaDB-log").version
        (10, 6, 2)
        """
        found = _VERSION.match(said)
        version = tuple(map(int, found.groups())) if found else ()
        words = MySQL().as_server(said)
        assert isinstance(words, MySQL)  # noqa: S101 - a variant is one of its own
        return cls(database, words.tells_sql, version)

    @property
    def questions(self) -> Mapping[str, str]:
        """Each question by its name in ``Answers``; there is not every view."""
        return {
            "letters": self._letters,
            "tables": self._of(_TABLES),
            "columns": self._of(_COLUMNS, computed=self._computed),
            "indexes": self._of(
                _INDEXES, expression=self._expression, hidden=self._hidden
            ),
            "foreign_keys": self._of(_FOREIGN_KEYS),
            "checks": self._checks,
            "triggers": self._of(_TRIGGERS),
            "others": self._of(_OTHERS),
        }

    @property
    def _letters(self) -> str:
        is_set = self.tells_sql and self.version >= (11, 2)
        return _LETTERS_OF_MARIADB if is_set else _LETTERS

    @property
    def _computed(self) -> str:
        has_it = self.tells_sql or self.version >= (5, 7, 6)
        return "generation_expression" if has_it else "NULL"

    @property
    def _expression(self) -> str:
        has_it = not self.tells_sql and self.version >= (8, 0, 13)
        return "expression" if has_it else "NULL"

    @property
    def _hidden(self) -> str:
        if self.tells_sql:
            return "ignored = 'YES'" if self.version >= (10, 6) else "FALSE"
        return "is_visible = 'NO'" if self.version >= (8,) else "FALSE"

    @property
    def _checks(self) -> str:
        if self.tells_sql:
            return self._of(_CHECKS_OF_MARIADB)
        if self.version >= (8, 0, 16):
            return self._of(_CHECKS_OF_MYSQL)
        return "SELECT NULL FROM DUAL WHERE FALSE"

    def _of(self, question: str, **words: str) -> str:
        return question.format(
            here=MySQL().text(self.database),
            ours=f"NOT LIKE '{OUR_TABLES.replace('_', '|_')}%' ESCAPE '|'",
            **words,
        )


_LETTERS = """
SELECT collation_name FROM information_schema.collations WHERE is_default = 'Yes'
"""

# What a set of letters is sorted by where nobody says it is a setting since 11.2, as
# in utf8mb3=utf8mb3_uca1400_ai_ci,utf8mb4=utf8mb4_uca1400_ai_ci.
# https://mariadb.com/docs/server/ref/mdb/system-variables/character_set_collations
_LETTERS_OF_MARIADB = """
SELECT full_collation_name FROM information_schema.collation_character_set_applicability
WHERE INSTR(
    CONCAT(',', @@character_set_collations, ','),
    CONCAT(',', character_set_name, '=', full_collation_name, ',')
)
UNION ALL
SELECT collation_name FROM information_schema.collations
WHERE is_default = 'Yes' AND NOT INSTR(
    CONCAT(',', @@character_set_collations), CONCAT(',', character_set_name, '=')
)
"""

_TABLES = """
SELECT table_name, table_type, engine, table_collation, create_options, table_comment
FROM information_schema.tables
WHERE table_schema = {here} AND table_name {ours} ORDER BY table_name
"""

_COLUMNS = """
SELECT table_name, column_name, column_type, data_type, is_nullable, column_default,
    extra, collation_name, column_comment, {computed}
FROM information_schema.columns
WHERE table_schema = {here} AND table_name {ours}
ORDER BY table_name, ordinal_position
"""

_INDEXES = """
SELECT table_name, index_name, non_unique, column_name, sub_part, collation, index_type,
    {expression}, {hidden}
FROM information_schema.statistics
WHERE table_schema = {here} AND table_name {ours}
ORDER BY table_name, index_name, seq_in_index
"""

# Joined here, not by the server: it would open every table once more for each row.
_FOREIGN_KEYS = """
SELECT table_name, constraint_name, column_name, referenced_table_schema,
    referenced_table_name, referenced_column_name, NULL, NULL
FROM information_schema.key_column_usage
WHERE table_schema = {here} AND table_name {ours} AND referenced_table_name IS NOT NULL
UNION ALL
SELECT table_name, constraint_name, NULL, NULL, NULL, NULL, delete_rule, update_rule
FROM information_schema.referential_constraints
WHERE constraint_schema = {here} AND table_name {ours}
"""

_CHECKS_OF_MARIADB = """
SELECT table_name, constraint_name, check_clause, 'YES'
FROM information_schema.check_constraints
WHERE constraint_schema = {here} AND table_name {ours}
ORDER BY table_name, constraint_name
"""

_CHECKS_OF_MYSQL = """
SELECT t.table_name, t.constraint_name, c.check_clause, t.enforced
FROM information_schema.table_constraints AS t
JOIN information_schema.check_constraints AS c
    ON c.constraint_schema = t.constraint_schema
    AND c.constraint_name = t.constraint_name
WHERE t.constraint_schema = {here} AND t.constraint_type = 'CHECK'
    AND t.table_name {ours}
ORDER BY t.table_name, t.constraint_name
"""

_TRIGGERS = """
SELECT event_object_table, trigger_name, event_manipulation, action_timing,
    action_statement
FROM information_schema.triggers
WHERE trigger_schema = {here} AND event_object_table {ours}
ORDER BY event_object_table, trigger_name
"""

_OTHERS = """
SELECT LOWER(routine_type), routine_name FROM information_schema.routines
WHERE routine_schema = {here}
UNION ALL
SELECT 'event', event_name FROM information_schema.events WHERE event_schema = {here}
ORDER BY 1, 2
"""
