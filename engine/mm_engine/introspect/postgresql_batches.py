"""Batches of things built in PostgreSQL, read, and undone before the next is built.

What undoes a batch frees its locks. The server does all of it in one call of a function
of ours, or is told every batch where it has no such functions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import attrs

from mm_engine.introspect.asides import rows, run
from mm_engine.introspect.native import Native
from mm_engine.introspect.postgresql import described, server_version
from mm_engine.introspect.postgresql_catalog import Answers, Catalog, values_of_row
from mm_engine.introspect.postgresql_places import TEMPORARY, Places

if TYPE_CHECKING:
    import sqlalchemy as sa


@attrs.frozen
class Built:
    """Something to build: what it is called, and the statements that build it."""

    name: str
    statements: tuple[str, ...] = attrs.field(converter=tuple[str, ...])


Batch: TypeAlias = Sequence[Built]

HAS_FUNCTIONS = """EXISTS (SELECT FROM pg_catalog.pg_language WHERE lanname = 'plpgsql'
    AND pg_catalog.has_language_privilege(oid, 'USAGE'))"""
"""Whether this user may make the function that one call needs."""

# Variables outlive the exception that undoes what was built in their block.
_FUNCTION = """
CREATE FUNCTION pg_temp.makemigrations_built(told json) RETURNS text
LANGUAGE plpgsql AS $body$
DECLARE
    batch json;
    built record;
    answer json;
    answers json[] := '{}';
    code text;
    said text;
BEGIN
    FOR batch IN SELECT value FROM pg_catalog.json_array_elements(told -> 'batches')
    LOOP
        BEGIN
            FOR built IN SELECT *
                FROM pg_catalog.json_to_recordset(batch) AS (name text, sql text)
            LOOP
                EXECUTE built.sql;
            END LOOP;
            built := NULL;
            EXECUTE told ->> 'question' INTO answer;
            answers := pg_catalog.array_append(answers, answer);
            RAISE SQLSTATE 'MM000';
        EXCEPTION
            WHEN SQLSTATE 'MM000' THEN
                NULL;
            WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS
                    code = RETURNED_SQLSTATE, said = MESSAGE_TEXT;
                RAISE EXCEPTION USING ERRCODE = code,
                    MESSAGE = pg_catalog.concat_ws(': ', built.name, said);
        END;
    END LOOP;
    RETURN pg_catalog.array_to_json(answers);
END
$body$
"""
_CALL = "SELECT pg_temp.makemigrations_built(CAST(:told AS json))"
_TIME = """
SELECT pg_catalog.set_config('statement_timeout',
    LEAST(setting::pg_catalog.int8 * {count}, 2147483647)::text, true)
FROM pg_catalog.pg_settings WHERE name = 'statement_timeout'
"""
"""One call has the time that its statements would have, each for itself."""

_TEMPORARY = """
SELECT nspname FROM pg_catalog.pg_namespace
WHERE oid = pg_catalog.pg_my_temp_schema()
"""
_SAVEPOINT = "makemigrations_batch"


def read_in_one_call(
    connection: sa.Connection, batches: Sequence[Batch]
) -> Iterator[Native]:
    """What the temporary namespace holds with each batch, asked for in one call.

    The error of a statement begins with the name of what it should have built.
    """
    import sqlalchemy as sa

    run(connection, _FUNCTION)
    places = _temporary(connection)
    catalog = Catalog(places.names, server_version(connection))
    told = [_told(batch) for batch in batches]
    count = sum(map(len, told)) + len(catalog.questions) * len(told)
    run(connection, _TIME.format(count=count))
    given = {"batches": told, "question": catalog.as_one}
    # Letters stay as they are: a server that has no Unicode reads no other way.
    text = json.dumps(given, ensure_ascii=False)
    answer = connection.execute(sa.text(_CALL), {"told": text}).scalar_one()
    for found in json.loads(answer, object_pairs_hook=values_of_row):
        yield described(Answers.told(catalog.questions, found), places)


def read_one_by_one(
    connection: sa.Connection, batches: Sequence[Batch]
) -> Iterator[Native]:
    """The same in some questions for each batch, where no function can be made."""
    run(connection, f"SAVEPOINT {_SAVEPOINT}")
    for batch in batches:
        statements = [sql for built in batch for sql in built.statements]
        # One text for all of them: a single journey to the server.
        run(connection, ";\n".join(statements) or "SELECT")
        places = _temporary(connection)
        questions = Catalog(places.names, server_version(connection)).questions
        found = {name: rows(connection, sql) for name, sql in questions.items()}
        run(connection, f"ROLLBACK TO {_SAVEPOINT}")
        yield described(Answers(**found), places)


def _told(batch: Batch) -> list[Mapping[str, str]]:
    return [
        {"name": built.name, "sql": sql} for built in batch for sql in built.statements
    ]


def _temporary(connection: sa.Connection) -> Places:
    """The temporary namespace: it has its name once something is in it."""
    found = rows(connection, _TEMPORARY)
    return Places(str(found[0][0]) if found else TEMPORARY)
