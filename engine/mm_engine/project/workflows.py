"""The files that let nox, and CI with it, look after a project's migrations."""

from __future__ import annotations

from collections.abc import Mapping

from mm_engine.model.databases import POSTGRESQL

NOXFILE = '''\
# /// script
# dependencies = ["nox>=2025.2.9", "makemigrations[all]"]
# ///
"""Sessions for migrations: "nox -l" lists them, "nox -s schema-check" runs one."""

import nox

import mm_nox

mm_nox.register()

if __name__ == "__main__":
    nox.main()
'''

GITHUB = """\
name: migrations
on: [push, pull_request]
jobs:
  migrations:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: python -m pip install nox "makemigrations[all]"
      - run: nox -s schema-check db-test
"""

GITLAB = """\
# Take it over with "include: {local: .gitlab/migrations.yml}" in .gitlab-ci.yml.
migrations:
  image: python:3.12
"""

GITLAB_SERVERS: Mapping[str, str] = {
    POSTGRESQL: """\
  services:
    - postgres:18
  variables:
    POSTGRES_PASSWORD: tests
    MAKEMIGRATIONS_TEST_URL: postgresql://postgres:tests@postgres:5432/postgres
"""
}
"""A server for the tests, by type of database: its runners start no containers."""

GITLAB_SCRIPT = """\
  script:
    - python -m pip install nox "makemigrations[all]"
    - nox -s schema-check db-test
"""


def files(database_type: str) -> dict[str, str]:
    """Texts by path from the project's folder."""
    return {
        "noxfile.py": NOXFILE,
        ".github/workflows/migrations.yml": GITHUB,
        ".gitlab/migrations.yml": GITLAB
        + GITLAB_SERVERS.get(database_type, "")
        + GITLAB_SCRIPT,
    }
