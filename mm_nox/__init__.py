"""Sessions for nox that run makemigrations; importing this registers nothing.

In a noxfile:

    import mm_nox

    mm_nox.register()
"""

from mm_nox.sessions import (
    db2schema,
    db_diff,
    db_stop,
    db_test,
    makemigrations,
    migrate,
    migration_status,
    register,
    schema_check,
    showsql,
)

__all__ = [
    "db2schema",
    "db_diff",
    "db_stop",
    "db_test",
    "makemigrations",
    "migrate",
    "migration_status",
    "register",
    "schema_check",
    "showsql",
]
