"""The questions that PostgreSQL's catalog is asked, each once for all tables.

What differs between servers of version 14 and 18 is said here. Expressions and types
come as the server writes them for the search path of the connection, and constants as
the settings have it that `READABLE` makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from mm_engine.dialects.postgresql import PostgreSQL
from mm_engine.introspect.asides import Rows
from mm_engine.model.names import OUR_TABLES

READABLE = """
SELECT pg_catalog.set_config('datestyle', 'ISO, YMD', true),
    pg_catalog.set_config('intervalstyle', 'postgres', true),
    pg_catalog.set_config('timezone', 'UTC', true),
    pg_catalog.set_config('bytea_output', 'hex', true),
    pg_catalog.set_config('extra_float_digits', '1', true),
    pg_catalog.set_config('quote_all_identifiers', 'off', true)
"""
"""What makes the same constant the same text, whoever asks."""

CURRENT_SCHEMA = "SELECT pg_catalog.current_schema()"

_NOT_OF_AN_EXTENSION = """NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend e
        WHERE e.classid = 'pg_catalog.{catalog}'::pg_catalog.regclass
            AND e.objid = {oid} AND e.deptype = 'e')"""

_TABLES = f"""FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
{{joined}}
WHERE n.nspname IN ({{places}}) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND NOT pg_catalog.starts_with(c.relname, '{OUR_TABLES}')"""

_ACTIONS = """CASE {column} WHEN 'c' THEN 'CASCADE' WHEN 'r' THEN 'RESTRICT'
        WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE 'NO ACTION' END"""


@attrs.frozen(kw_only=True)
class Answers:
    """The rows that answer each question of a ``Catalog``."""

    enums: Rows
    tables: Rows
    columns: Rows
    constraints: Rows
    indexes: Rows
    triggers: Rows
    others: Rows = attrs.field(factory=list)

    @classmethod
    def told(cls, questions: Iterable[str], answers: Sequence[Rows | None]) -> Answers:
        """Answers that came as JSON, one for each name of a question.

        A row is an object there, whose names do not tell its values apart: read it
        with ``values_of_row``. No rows at all are null.
        """
        rows = (answer or [] for answer in answers)
        return cls(**dict(zip(questions, rows, strict=True)))


def values_of_row(pairs: Iterable[tuple[str, object]]) -> tuple[object, ...]:
    """The values of a row of JSON: an ``object_pairs_hook``."""
    return tuple(value for _, value in pairs)


@attrs.frozen
class Catalog:
    """The questions for some namespaces, in the words of one version of the server."""

    namespaces: tuple[str, ...] = attrs.field(converter=tuple[str, ...])
    version: int

    @property
    def questions(self) -> Mapping[str, str]:
        """All that a schema has a place for, by the name of the answer."""
        return {
            "enums": self.enums,
            "tables": self.tables,
            "columns": self.columns,
            "constraints": self.constraints,
            "indexes": self.indexes,
            "triggers": self.triggers,
        }

    @property
    def as_one(self) -> str:
        """The same questions as one, answered in JSON: ``Answers.told`` reads it."""
        pieces = [
            "(SELECT pg_catalog.json_agg(pg_catalog.row_to_json(r))"
            f" FROM ({question}) AS r)"
            for question in self.questions.values()
        ]
        return f"SELECT pg_catalog.json_build_array({', '.join(pieces)})"

    @property
    def tables(self) -> str:
        """Each table: its number, place, name, comment, and what no schema says."""
        joined = _description("c.oid", "pg_class", "0")
        return f"""
SELECT c.oid::bigint, n.nspname, c.relname, d.description,
    CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
    c.relpersistence = 'u', c.relrowsecurity, c.reloptions::text[],
    EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid)
{self._of_tables(joined)}
    AND {_NOT_OF_AN_EXTENSION.format(catalog="pg_class", oid="c.oid")}
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
"""

    @property
    def columns(self) -> str:
        """Each column, in the order of its table, and whether it has a sequence."""
        description = _description("a.attrelid", "pg_class", "a.attnum")
        joined = f"""JOIN pg_catalog.pg_attribute a
    ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation o
    ON o.oid = a.attcollation AND a.attcollation <> t.typcollation
{description}"""
        return f"""
SELECT a.attrelid::bigint, a.attnum, a.attname,
    pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
    a.attidentity::text, a.attgenerated::text,
    pg_catalog.pg_get_expr(f.adbin, f.adrelid), o.collname, a.attcollation::bigint,
    d.description,
    a.atttypid::bigint, EXISTS (
        SELECT FROM pg_catalog.pg_depend s
        WHERE s.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
            AND s.refobjid = a.attrelid AND s.refobjsubid = a.attnum
            AND s.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
            AND s.deptype = 'a')
{self._of_tables(joined)}
ORDER BY a.attrelid, a.attnum
"""

    @property
    def constraints(self) -> str:
        """Each constraint, the fields of another table by name."""
        joined = """JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid
    AND k.conparentid = 0 AND k.contype IN ('p', 'u', 'f', 'c', 'x', 'n')
LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
LEFT JOIN pg_catalog.pg_namespace p ON p.oid = r.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = k.conindid"""
        # A NOT NULL is told with its column; only one that rows may break is told here.
        return f"""
SELECT k.conrelid::bigint, k.conname, k.contype::text, k.conkey,
    CASE WHEN k.condeferred THEN 'deferred' WHEN k.condeferrable THEN 'immediate' END,
    pg_catalog.pg_get_expr(k.conbin, k.conrelid), p.nspname, r.relname,
    ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(k.confkey)
        WITH ORDINALITY AS u (attnum, place)
        JOIN pg_catalog.pg_attribute a
            ON a.attrelid = k.confrelid AND a.attnum = u.attnum
        ORDER BY u.place),
    {_ACTIONS.format(column="k.confdeltype")},
    {_ACTIONS.format(column="k.confupdtype")},
    {self._since(15, "i.indnullsnotdistinct", "false")},
    ARRAY[CASE WHEN k.confmatchtype = 'f' THEN 'MATCH FULL' END,
        CASE WHEN {self._since(15, "k.confdelsetcols IS NOT NULL", "false")}
            THEN 'fields of ON DELETE' END,
        CASE WHEN k.contype = 'c' AND k.connoinherit THEN 'NO INHERIT' END,
        CASE WHEN NOT k.convalidated THEN 'NOT VALID' END,
        CASE WHEN {self._since(18, "NOT k.conenforced", "false")}
            THEN 'NOT ENFORCED' END,
        CASE WHEN {self._since(18, "k.conperiod", "false")} THEN 'PERIOD' END,
        CASE WHEN i.indnatts > i.indnkeyatts AND k.contype IN ('p', 'u')
            THEN 'INCLUDE' END,
        CASE WHEN k.contype IN ('p', 'u') AND x.reloptions IS NOT NULL
            THEN 'storage parameters' END]
{self._of_tables(f"{joined} LEFT JOIN pg_catalog.pg_class x ON x.oid = k.conindid")}
    AND (k.contype <> 'n' OR NOT k.convalidated)
ORDER BY k.conrelid, k.conname COLLATE "C"
"""

    @property
    def indexes(self) -> str:
        """Each index that is not there for a constraint, ready or not."""
        joined = """JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_am m ON m.oid = x.relam"""
        return f"""
SELECT i.indrelid::bigint, x.relname, i.indisunique, m.amname,
    i.indkey::text, i.indnkeyatts, i.indoption::text, i.indcollation::text,
    pg_catalog.pg_get_expr(i.indpred, i.indrelid),
    CASE WHEN i.indexprs IS NOT NULL THEN ARRAY(
        SELECT pg_catalog.pg_get_indexdef(i.indexrelid, g.n, false)
        FROM pg_catalog.generate_series(1, i.indnkeyatts) AS g (n) ORDER BY g.n) END,
    {self._since(15, "i.indnullsnotdistinct", "false")},
    i.indisvalid AND i.indisready,
    ARRAY[CASE WHEN i.indclass::oid[] && ARRAY(
            SELECT oid FROM pg_catalog.pg_opclass WHERE NOT opcdefault)
            THEN 'operator class' END],
    x.reloptions::text[]
{self._of_tables(joined)}
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
        WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY i.indrelid, x.relname COLLATE "C"
"""

    @property
    def triggers(self) -> str:
        """Each trigger that somebody made, its own names apart from what it does."""
        joined = """JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid
    AND NOT t.tgisinternal
JOIN pg_catalog.pg_proc f ON f.oid = t.tgfoid
JOIN pg_catalog.pg_namespace p ON p.oid = f.pronamespace"""
        return f"""
SELECT t.tgrelid::bigint, t.tgname, t.tgenabled = 'O',
    pg_catalog.pg_get_triggerdef(t.oid), f.prosrc,
    p.nspname = n.nspname AND f.proname = t.tgname, f.oid::bigint,
    ARRAY[pg_catalog.quote_ident(t.tgname),
        pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
        'pg_temp.' || pg_catalog.quote_ident(c.relname)]
{self._of_tables(joined)}
ORDER BY t.tgrelid, t.tgname COLLATE "C"
"""

    @property
    def enums(self) -> str:
        """Each enum with its values in their order."""
        return f"""
SELECT t.oid::bigint, t.typarray::bigint, n.nspname, t.typname, d.description,
    ARRAY(SELECT v.enumlabel::text FROM pg_catalog.pg_enum v
        WHERE v.enumtypid = t.oid ORDER BY v.enumsortorder)
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
{_description("t.oid", "pg_type", "0")}
WHERE n.nspname IN ({self._places}) AND t.typtype = 'e'
    AND {_NOT_OF_AN_EXTENSION.format(catalog="pg_type", oid="t.oid")}
ORDER BY n.nspname COLLATE "C", t.typname COLLATE "C"
"""

    @property
    def others(self) -> str:
        """What has no place in a schema: kind, place, name, table, and its number."""
        pieces = [
            piece.format(places=self._places, ours=OUR_TABLES) for piece in _OTHERS
        ]
        return " UNION ALL ".join(pieces) + " ORDER BY 1, 2, 3, 4"

    @property
    def _places(self) -> str:
        return ", ".join(PostgreSQL().text(name) for name in self.namespaces)

    def _of_tables(self, joined: str) -> str:
        return _TABLES.format(places=self._places, joined=joined)

    def _since(self, version: int, now: str, before: str) -> str:
        return now if self.version >= version else before


def _description(oid: str, catalog: str, number: str) -> str:
    return f"""LEFT JOIN pg_catalog.pg_description d ON d.objoid = {oid}
    AND d.classoid = 'pg_catalog.{catalog}'::pg_catalog.regclass
    AND d.objsubid = {number}"""


def _others() -> Iterable[str]:
    yield f"""
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
        WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'composite type'
        WHEN 'S' THEN 'sequence' ELSE 'partition' END,
    n.nspname::text, c.relname::text, NULL::text, c.oid::bigint
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ({{places}}) AND NOT pg_catalog.starts_with(c.relname, '{{ours}}')
    AND (c.relkind IN ('v', 'm', 'f', 'c')
        OR c.relkind IN ('r', 'p') AND c.relispartition
        OR c.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend s
            WHERE s.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                AND s.objid = c.oid AND s.deptype IN ('a', 'i')))
    AND {_NOT_OF_AN_EXTENSION.format(catalog="pg_class", oid="c.oid")}
    AND {_NOT_OF_AN_EXTENSION.format(catalog="pg_type", oid="c.reltype")}"""
    yield f"""
SELECT CASE f.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate'
        ELSE 'function' END,
    n.nspname::text, f.proname::text, NULL::text, f.oid::bigint
FROM pg_catalog.pg_proc f JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
WHERE n.nspname IN ({{places}})
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend s
        WHERE s.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
            AND s.objid = f.oid AND s.deptype = 'i')
    AND {_NOT_OF_AN_EXTENSION.format(catalog="pg_proc", oid="f.oid")}"""
    yield f"""
SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'range type' END,
    n.nspname::text, t.typname::text, NULL::text, t.oid::bigint
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname IN ({{places}}) AND t.typtype IN ('d', 'r')
    AND {_NOT_OF_AN_EXTENSION.format(catalog="pg_type", oid="t.oid")}"""
    # What stands on a table goes with it, whoever made it.
    of_table = _NOT_OF_AN_EXTENSION.format(catalog="pg_class", oid="c.oid")
    yield f"""
SELECT 'rule', n.nspname::text, w.rulename::text, c.relname::text, w.oid::bigint
FROM pg_catalog.pg_rewrite w JOIN pg_catalog.pg_class c ON c.oid = w.ev_class
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ({{places}}) AND w.rulename <> '_RETURN' AND {of_table}"""
    yield f"""
SELECT 'policy', n.nspname::text, y.polname::text, c.relname::text, y.oid::bigint
FROM pg_catalog.pg_policy y JOIN pg_catalog.pg_class c ON c.oid = y.polrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ({{places}}) AND {of_table}"""
    yield f"""
SELECT 'statistics', n.nspname::text, s.stxname::text, c.relname::text, s.oid::bigint
FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_class c ON c.oid = s.stxrelid
JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
WHERE n.nspname IN ({{places}}) AND {of_table}"""


_OTHERS = tuple(_others())
