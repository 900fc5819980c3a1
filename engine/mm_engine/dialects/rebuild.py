"""A table made anew under its own name, with its rows and all that hangs on it.

SQLite cannot alter most of a table. Its manual gives the way around that in twelve
steps (https://www.sqlite.org/lang_altertable.html, section 7); this is the body of
them. Foreign keys must be off meanwhile, or dropping the old table would delete the
rows of its children; that can only be said outside of a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mm_engine.dialects.sql import Identifier
from mm_engine.dialects.statements import (
    Expect,
    Item,
    Recall,
    Remember,
    Statement,
    serving,
)
from mm_engine.model.table import Table

if TYPE_CHECKING:
    from mm_engine.dialects.copies import Copy
    from mm_engine.dialects.sqlite import SQLite

NEW = "makemigrations_new_"
"""What the name of a table begins with while it is being made."""

_MADE_ANEW = f'CREATE TABLE "{NEW}'
_SCRATCH = '"makemigrations_scratch"'
_BROKEN = '"makemigrations_violations"'
_COUNTED = (
    'SELECT "table" AS child, parent, count(*) AS found'
    " FROM pragma_foreign_key_check GROUP BY 1, 2"
)

FOREIGN_KEYS_ARE_OFF = Expect(
    "PRAGMA foreign_keys",
    rows=((0,),),
    message="a table has to be rebuilt, and foreign keys are enforced: dropping the"
    " old one would delete the rows of its children",
    hint="let makemigrations begin the transaction, or say PRAGMA foreign_keys=OFF"
    " before you begin it",
)
"""The first thing a step with a rebuild expects."""

_LEGACY = Statement("PRAGMA legacy_alter_table=ON")
_MODERN = Statement("PRAGMA legacy_alter_table=OFF")

_WORDS = ("CHECK", "COLLATE", "DEFERRABLE", "ON CONFLICT")
"""What a table can say of itself that no PRAGMA tells."""


def rebuilt(dialect: SQLite, copy: Copy) -> Iterator[Item]:
    """The items that make a table anew."""
    table, after = copy.before, copy.after
    old, new = dialect.quote(table.name), dialect.quote(f"{NEW}{table.name}")
    yield _knows_all(dialect, copy)
    yield from copy.guards
    yield from _remembered(dialect, copy)
    yield Statement(
        dialect.table_sql(after, copy.new_schema, named=f"{NEW}{table.name}")
    )
    yield from _counting_on(dialect, copy)
    yield Statement(_filled(dialect, copy))
    if dialect.renames_blindly:
        # In the modern way, views and triggers that speak of the table would be looked
        # at while it is not there, and references to it renamed along.
        yield _LEGACY
        yield Statement(f"DROP TABLE {old}")
        yield Statement(f"ALTER TABLE {new} RENAME TO {old}")
        yield _MODERN
    else:
        yield Statement(f"DROP TABLE {old}")
        yield Statement(dialect.table_sql(after, copy.new_schema))
        yield from _counting_on(dialect, copy, back=True)
        yield Statement(_filled_back(dialect, copy))
        yield Statement(f"DROP TABLE {new}")
    for index in after.indexes:
        yield Statement(dialect.index_sql(table.name, index))
    yield Recall(_indexes(table))
    for sql in dialect.triggers(after).values():
        yield Statement(sql)
    yield Recall(_triggers(table))
    if copy.drops_fields:
        yield from _all_is_understood()


def is_rebuild(item: Item) -> bool:
    """Whether an item is there because a table is made anew."""
    return isinstance(item, Statement) and item.sql.startswith(_MADE_ANEW)


def with_foreign_keys_checked(
    items: tuple[Item, ...], *, has_temporary_tables: bool
) -> tuple[Item, ...]:
    """The items of a step, between what is expected before and after a rebuild."""
    kept = "temp." if has_temporary_tables else ""
    # What was wrong with foreign keys before: that is nobody's fault now.
    made = f"CREATE {'TEMP ' if has_temporary_tables else ''}TABLE {_BROKEN}"
    count = Statement(f"{made} AS {_COUNTED}")
    nothing_new = Expect(
        f"SELECT now.child, now.parent, now.found FROM ({_COUNTED}) AS now"
        f" LEFT JOIN {kept}{_BROKEN} AS before"
        " ON before.child = now.child AND before.parent = now.parent"
        " WHERE now.found > coalesce(before.found, 0)",
        rows=(),
        message="rows would refer to rows that are not there",
        hint="mend or delete these rows first",
    )
    forget = Statement(f"DROP TABLE {kept}{_BROKEN}")
    numbers = [number for item in items for number in item.operations]
    reach = (min(numbers), max(numbers))
    first = (FOREIGN_KEYS_ARE_OFF, serving(count, reach))
    last = (serving(nothing_new, reach), serving(forget, reach))
    return (*first, *items, *last)


def prologue() -> tuple[Statement, ...]:
    """What a connection is told before a step with a rebuild."""
    return (Statement("PRAGMA foreign_keys=OFF"),)


def epilogue(*, renames_blindly: bool) -> tuple[Statement, ...]:
    """What a connection is told after it, however it ended."""
    on = Statement("PRAGMA foreign_keys=ON")
    return (_MODERN, on) if renames_blindly else (on,)


def modern() -> tuple[Statement, ...]:
    """What makes RENAME TO rename in references, views and triggers too."""
    return (_MODERN,)


def _filled(dialect: SQLite, copy: Copy) -> str:
    """The INSERT that fills the new table from the old one."""
    computed = {
        c.name for c in dialect.columns(copy.after, copy.new_schema) if c.generated
    }
    fields = [f.name for f in copy.after.fields if f.name not in computed]
    names = [dialect.quote(name) for name in fields]
    values: list[str] = [copy.sources[name] for name in fields]
    if row_number := _row_number(dialect, copy):
        names, values = [row_number, *names], [row_number, *values]
    return (
        f"INSERT INTO {dialect.quote(NEW + copy.before.name)} ({', '.join(names)})\n"
        f"SELECT {', '.join(values)}\nFROM {dialect.quote(copy.before.name)}"
    )


def _filled_back(dialect: SQLite, copy: Copy) -> str:
    """The INSERT that fills a table of the old name from the new one, as it is."""
    computed = {
        c.name for c in dialect.columns(copy.after, copy.new_schema) if c.generated
    }
    fields = [f.name for f in copy.after.fields if f.name not in computed]
    names: list[str] = [dialect.quote(name) for name in fields]
    # What was counted on the way is kept even where the old table had no such number.
    if dialect.has_row_numbers(copy.after, copy.new_schema) and (
        number := dialect.row_number(*copy.after.fields)
    ):
        names = [number, *names]
    listed = ", ".join(names)
    return (
        f"INSERT INTO {dialect.quote(copy.after.name)} ({listed})\n"
        f"SELECT {listed}\nFROM {dialect.quote(NEW + copy.before.name)}"
    )


def _row_number(dialect: SQLite, copy: Copy) -> Identifier | None:
    """SQLite's own number of a row, where no field is it: full-text indexes use it."""
    tables = ((copy.before, copy.schema), (copy.after, copy.new_schema))
    if any(not dialect.has_row_numbers(table, schema) for table, schema in tables):
        return None
    return dialect.row_number(*copy.before.fields, *copy.after.fields)


def _counting_on(dialect: SQLite, copy: Copy, *, back: bool = False) -> Iterator[Item]:
    """A table that counts itself up goes on from where it was, not from its rows.

    ``back`` is from the new table to one of the old name.
    """
    tables = ((copy.before, copy.schema), (copy.after, copy.new_schema))
    if all(any(c.key for c in dialect.columns(*pair)) for pair in tables):
        old, new = copy.before.name, f"{NEW}{copy.before.name}"
        old, new = (new, old) if back else (old, new)
        yield Statement(
            "INSERT INTO sqlite_sequence (name, seq)"
            f" SELECT {dialect.text(new)}, seq FROM sqlite_sequence"
            f" WHERE name = {dialect.text(old)}"
        )


def _remembered(dialect: SQLite, copy: Copy) -> Iterator[Item]:
    """What somebody made by hand on the table, and would go with it."""
    table = copy.before
    on_it = f"tbl_name = {dialect.text(table.name)} COLLATE NOCASE AND sql IS NOT NULL"
    known = (
        (_indexes(table), "index", [dialect.part_text(i.name) for i in table.indexes]),
        (
            _triggers(table),
            "trigger",
            [dialect.text(name) for name in dialect.triggers(table)],
        ),
    )
    for name, kind, ours in known:
        theirs = f" AND name NOT IN ({', '.join(ours)})" if ours else ""
        yield Remember(
            name,
            f"SELECT sql FROM sqlite_schema WHERE type = '{kind}' AND {on_it}{theirs}"
            " ORDER BY rowid",
        )


def _indexes(table: Table) -> str:
    return f"indexes made by hand on {table.name}"


def _triggers(table: Table) -> str:
    return f"triggers made by hand on {table.name}"


def _knows_all(dialect: SQLite, copy: Copy) -> Expect:
    """Expect that the table is what we believe, for a rebuild makes only that."""
    table = copy.before
    queries = (
        *_columns(dialect, table),
        _foreign_keys(dialect, copy),
        _uniques(dialect, copy),
        *_clauses(dialect, copy),
    )
    return Expect(
        "\nUNION ALL ".join(queries),
        rows=(),
        message=f"{table.name} has to be rebuilt, and is not as migrations made it",
        hint="undo what was changed by hand, or say it in the schema files; a field"
        " that schema_only=True (the answer omit) left there has to go first, by"
        f' RunSQL("ALTER TABLE {table.name} DROP COLUMN …", "") before this',
    )


def _columns(dialect: SQLite, table: Table) -> Iterator[str]:
    """Columns that we do not know, computed and hidden ones too, or that are missing.

    A missing one must be found here: SQLite takes a name in double quotes that names
    nothing for a text, and would fill every row with it.
    """
    live = f"pragma_table_xinfo({dialect.text(table.name)})"
    ours = ", ".join(dialect.text(field.name) for field in table.fields)
    listed = ", ".join(f"({dialect.text(field.name)})" for field in table.fields)
    yield (
        f"SELECT 'unknown column', name FROM {live}"
        f" WHERE name COLLATE NOCASE NOT IN ({ours})"
    )
    yield (
        f"SELECT 'missing column', column1 FROM (VALUES {listed})"
        f" WHERE column1 COLLATE NOCASE NOT IN (SELECT name FROM {live})"
    )


def _foreign_keys(dialect: SQLite, copy: Copy) -> str:
    keys = [*copy.before.foreign_keys]
    keys += copy.after.foreign_keys if copy.tolerant else ()
    pairs = [f"{name} to {key.table}" for key in keys for name in key.fields]
    live = f"pragma_foreign_key_list({dialect.text(copy.before.name)})"
    return _unknown(
        dialect, "foreign key", """ "from" || ' to ' || "table" """.strip(), live, pairs
    )


def _uniques(dialect: SQLite, copy: Copy) -> str:
    uniques = [*copy.before.uniques]
    uniques += copy.after.uniques if copy.tolerant else ()
    lists = [", ".join(unique.fields) for unique in uniques]
    table = dialect.text(copy.before.name)
    live = (
        "(SELECT group_concat(part.name, ', ') AS fields"
        f" FROM pragma_index_list({table}) AS listed"
        " JOIN pragma_index_info(listed.name) AS part"
        " WHERE listed.origin = 'u' GROUP BY listed.name)"
    )
    return _unknown(dialect, "unique constraint", "fields", live, lists)


def _unknown(
    dialect: SQLite, what: str, value: str, live: str, known: Iterable[str]
) -> str:
    ours = ", ".join(f"lower({dialect.text(name)})" for name in known)
    unless = f" WHERE lower({value}) NOT IN ({ours})" if ours else ""
    return f"SELECT 'unknown {what}', {value} FROM {live}{unless}"


def _clauses(dialect: SQLite, copy: Copy) -> Iterator[str]:
    """Words in the table's own text that ours has fewer of."""
    table = copy.before
    ours = [_upper(dialect.table_sql(table, copy.schema))]
    if copy.tolerant:
        ours.append(_upper(dialect.table_sql(copy.after, copy.new_schema)))
    itself = f"type = 'table' AND name = {dialect.text(table.name)} COLLATE NOCASE"
    for word in _WORDS:
        count = (
            f"(length(sql) - length(replace(upper(sql), '{word}', ''))) / {len(word)}"
        )
        known = max(text.count(word) for text in ours)
        yield (
            f"SELECT 'unknown clause', '{word}' FROM sqlite_schema"
            f" WHERE {itself} AND {count} > {known}"
        )
    # What stands behind the last closing parenthesis.
    tail = "upper(replace(sql, rtrim(sql, replace(sql, ')', '')), ''))"
    for word in ("ROWID", "STRICT"):
        if not any(word in text.rpartition(")")[2] for text in ours):
            yield (
                f"SELECT 'unknown clause', '{word}' FROM sqlite_schema"
                f" WHERE {itself} AND {tail} LIKE '%{word}%'"
            )


def _upper(text: str) -> str:
    """ASCII letters in upper case, as SQLite's own function does it."""
    return text.encode("utf-8").upper().decode()


def _all_is_understood() -> Iterator[Item]:
    """Let SQLite read every view and trigger again, as DROP COLUMN makes it.

    Renaming a column of any table at all makes it do so, and it names the one that
    speaks of a column which is no more.
    """
    yield Statement(f"CREATE TABLE {_SCRATCH} (a)")
    yield Statement(f"ALTER TABLE {_SCRATCH} RENAME COLUMN a TO b")
    yield Statement(f"DROP TABLE {_SCRATCH}")
