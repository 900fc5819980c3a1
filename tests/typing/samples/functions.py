"""Run Python: fill_titles."""

import sqlalchemy as sa

import mm_engine as mm


def fill_titles(connection: sa.Connection, schema: mm.Schema) -> None:
    """Give every post without a title one."""
    assert schema.table("posts").has_field("title")
    connection.execute(sa.text("UPDATE posts SET title = 'untitled'"))


def of_one_argument(connection: sa.Connection) -> None:
    """Not what RunPython calls."""
    connection.commit()


migration = mm.Migration(
    name="0002_fill_titles",
    dependencies=["0001_initial"],
    operations=[
        mm.RunPython(fill_titles, fill_titles),
        mm.RunPython(of_one_argument),  # wrong
    ],
)
