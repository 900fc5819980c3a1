"""Django's migrations, in a project of one app."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import attrs

from benchmarks.jobs import Job, output
from benchmarks.projects import caches_removal, emptying, written
from benchmarks.tasks import Row, Shape, Task
from benchmarks.tree import Extra, TreeTable, extras, tree

APP = "shop"
DATABASE = "bench.sqlite3"
MANAGE_FILE = "manage.py"
MANAGE = (sys.executable, MANAGE_FILE)
CHECK = (*MANAGE, "makemigrations", "--check", "--dry-run")
HELP = (sys.executable, "-m", "django", "--help")

MANAGE_PY = """\
import os
import sys

from django.core.management import execute_from_command_line

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
execute_from_command_line(sys.argv)
"""
SETTINGS = f"""\
from pathlib import Path

SECRET_KEY = "unused"
INSTALLED_APPS = ["{APP}"]
DATABASES = {{
    "default": {{
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(__file__).with_name("{DATABASE}"),
    }}
}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = False
"""
MODELS = """\
from django.db import models
"""
MODEL = """

class {name}(models.Model):
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=120, null=True)
    body = models.TextField(null=True)
    quantity = models.IntegerField()
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    active = models.BooleanField()
    made_at = models.DateTimeField(null=True)
"""
# The others make no index for this key, or are told not to.
PARENT = """\
    parent = models.ForeignKey(
        "{parent}", null=True, on_delete=models.CASCADE, db_index=False
    )
"""
META = """
    class Meta:
        db_table = "{name}"
        indexes = [models.Index(fields=["code"], name="{name}_code")]
"""
MIGRATION = """\
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '{before}'),
    ]

    operations = [
        migrations.AddField(
            model_name='{extra.table}',
            name='{extra.name}',
            field=models.IntegerField(null=True),
        ),
    ]
"""


@attrs.frozen
class Django:
    """``manage.py``, beside models of Django and a SQLite database."""

    folder: Path
    name: str = "Django"
    packages: tuple[str, ...] = ("Django",)

    def job(self, row: Row) -> Job | None:
        """The process to time."""
        shape = row.shape
        match row.task:
            case Task.START:
                return Job(HELP, self.folder)
            case Task.CHECK:
                return Job(CHECK, settled(self.folder, shape))
            case Task.COLD:
                project = settled(self.folder, shape)
                return Job(CHECK, project, caches_removal(project))
            case Task.FIRST:
                project = fresh(self.folder / f"fresh-{shape.slug}", shape)
                reset = emptying(migrations(project), keep=("__init__.py",))
                return Job((*MANAGE, "makemigrations"), project, reset)
            case Task.STATUS:
                words = (*MANAGE, "showmigrations")
                return Job(words, settled(self.folder, shape))
            case Task.APPLY_SQLITE | Task.APPLY_POSTGRESQL:
                # Its first migrate takes time with the square of the connected tables.
                return None


@cache
def settled(folder: Path, shape: Shape) -> Path:
    """A project whose migrations are all there, and recorded as applied; made once."""
    project = fresh(folder / f"settled-{shape.slug}", shape.without_history())
    output((*MANAGE, "makemigrations"), project)
    written(project / APP, {"models.py": models(shape)})
    written(migrations(project), history(shape))
    output((*MANAGE, "migrate", "--fake"), project)
    return project


def fresh(project: Path, shape: Shape) -> Path:
    """A project without migrations."""
    app = {"__init__.py": "", "migrations/__init__.py": "", "models.py": models(shape)}
    written(project, {MANAGE_FILE: MANAGE_PY, "settings.py": SETTINGS})
    written(project / APP, app)
    return project


def migrations(project: Path) -> Path:
    """The folder of the app's migrations."""
    return project / APP / "migrations"


def models(shape: Shape) -> str:
    """The schema as Django's ORM has it."""
    return MODELS + "".join(model(table) for table in tree(shape))


def model(table: TreeTable) -> str:
    """One table of it."""
    parent = PARENT.format(parent=table.parent) if table.parent else ""
    added = "".join(
        f"    {extra.name} = models.IntegerField(null=True)\n" for extra in table.extras
    )
    named = {"name": table.name}
    return MODEL.format(**named) + parent + added + META.format(**named)


def history(shape: Shape) -> dict[str, str]:
    """The migration files after the first, as Django writes them."""
    files: dict[str, str] = {}
    before = "0001_initial"
    for extra in extras(shape):
        name = migration_name(extra)
        files[f"{name}.py"] = MIGRATION.format(before=before, extra=extra)
        before = name
    return files


def migration_name(extra: Extra) -> str:
    """The name of the migration that adds that column."""
    return f"{extra.number + 2:04}_{extra.table}_{extra.name}"
