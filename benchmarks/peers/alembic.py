"""Alembic, with the ORM models that its autogenerate is mostly used with."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import attrs

from benchmarks.jobs import Job, output
from benchmarks.projects import caches_removal, emptying, removal, written
from benchmarks.servers import PostgreSQL
from benchmarks.tasks import COMPARED, Row, Shape, Task
from benchmarks.tree import TreeTable, extras, tree

COMMAND = (sys.executable, "-m", "alembic")
REVISION = (*COMMAND, "revision", "--autogenerate", "--message=initial")
UPGRADE = (*COMMAND, "upgrade", "head")
FIRST = "initial"
DATABASE = "bench.sqlite3"

INI = f"""\
[alembic]
script_location = %(here)s/migrations
sqlalchemy.url = sqlite:///%(here)s/{DATABASE}
"""
ENV = """\
from alembic import context
from sqlalchemy import create_engine

from models import Base

chosen = context.get_x_argument(as_dictionary=True).get("url")
engine = create_engine(chosen or context.config.get_main_option("sqlalchemy.url"))
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
"""
TEMPLATE = '''\
"""${message}"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
'''
MODELS = """\
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass
"""
MODEL = """

class {name}(Base):
    __tablename__ = "{name}"
    __table_args__ = (Index("{name}_code", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str | None] = mapped_column(String(120))
    body: Mapped[str | None] = mapped_column(Text)
    quantity: Mapped[int]
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    active: Mapped[bool]
    made_at: Mapped[datetime | None]
"""
PARENT = """\
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("{parent}.id", ondelete="CASCADE")
    )
"""
MIGRATION = '''\
"""add {extra.table}.{extra.name}"""
from alembic import op
import sqlalchemy as sa


revision = '{name}'
down_revision = '{before}'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('{extra.table}', sa.Column('{extra.name}', sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column('{extra.table}', '{extra.name}')
'''  # noqa: E501 - as Alembic writes it


@attrs.frozen
class Alembic:
    """``alembic``, beside models of SQLAlchemy and a SQLite database."""

    folder: Path
    server: PostgreSQL | None
    name: str = "Alembic"
    packages: tuple[str, ...] = ("alembic", "SQLAlchemy")

    def job(self, row: Row) -> Job | None:
        """The process to time."""
        match row.task:
            case Task.START:
                return Job((*COMMAND, "--help"), self.folder)
            case Task.CHECK:
                return Job((*COMMAND, "check"), settled(self.folder, row.shape))
            case Task.COLD:
                project = settled(self.folder, row.shape)
                return Job((*COMMAND, "check"), project, caches_removal(project))
            case Task.FIRST:
                project = fresh(self.folder / f"fresh-{row.shape.slug}", row.shape)
                reset = emptying(project / "migrations" / "versions")
                return Job(REVISION, project, reset)
            case Task.STATUS:
                return Job((*COMMAND, "current"), settled(self.folder, row.shape))
            case Task.APPLY_SQLITE if row.shape in COMPARED:
                project = settled(self.folder, row.shape)
                return Job(UPGRADE, project, removal([project / DATABASE]))
            case Task.APPLY_POSTGRESQL if self.server and row.shape in COMPARED:
                project = settled(self.folder, row.shape)
                database = self.server.database(f"alembic_{row.shape.slug}")
                url = database.url.replace("postgresql:", "postgresql+psycopg:")
                words = (*COMMAND, "-x", f"url={url}", "upgrade", "head")
                return Job(words, project, database.emptied)
            case _:
                return None


@cache
def settled(folder: Path, shape: Shape) -> Path:
    """A project whose revisions are all there and applied, made once."""
    project = fresh(folder / f"settled-{shape.slug}", shape.without_history())
    output((*REVISION, f"--rev-id={FIRST}"), project)
    written(project, {"models.py": models(shape)})
    written(project / "migrations" / "versions", history(shape))
    output((*COMMAND, "upgrade", "head"), project)
    return project


def fresh(project: Path, shape: Shape) -> Path:
    """A project without revisions."""
    (project / "migrations" / "versions").mkdir(parents=True, exist_ok=True)
    files = {"migrations/env.py": ENV, "migrations/script.py.mako": TEMPLATE}
    written(project, {"alembic.ini": INI, "models.py": models(shape), **files})
    return project


def models(shape: Shape) -> str:
    """The schema as SQLAlchemy's ORM has it."""
    return MODELS + "".join(model(table) for table in tree(shape))


def model(table: TreeTable) -> str:
    """One table of it."""
    parent = PARENT.format(parent=table.parent) if table.parent else ""
    added = "".join(f"    {extra.name}: Mapped[int | None]\n" for extra in table.extras)
    return MODEL.format(name=table.name) + parent + added


def history(shape: Shape) -> dict[str, str]:
    """The revisions after the first, as Alembic writes them."""
    files: dict[str, str] = {}
    before = FIRST
    for extra in extras(shape):
        text = MIGRATION.format(name=extra.name, before=before, extra=extra)
        files[f"{extra.name}_add_{extra.table}.py"] = text
        before = extra.name
    return files
