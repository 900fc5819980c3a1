"""A project: schema files, migrations and databases, and everything done with them."""

from mm_engine.project.project import Project

__all__ = ["Project"]
