from __future__ import annotations

from pathlib import Path

import pytest

from mm_engine.config import Config, Flag, load
from mm_engine.config.settings import COLOR, DIRECTORY, TYPE, URL
from mm_engine.dialects.features import Declarable
from mm_engine.errors import ConfigError, UsageError

PYPROJECT = """\
[project]
name = "shop"

[tool.makemigrations.database]
type = "sqlite"
default_url = "sqlite:///shop.db"

[tool.makemigrations.schema]
paths = ["schema/shop.yaml", "schema/users.yaml"]

[tool.makemigrations.output]
color_enabled = false

[tool.makemigrations.databases.reports]
url = "postgresql://ann:secret@db/reports"
"""
YAML = """\
database:
  type: sqlite
  default_url: sqlite:///shop.db
migration:
  directory: db/migrations
  include_down_sql: yes
"""
YAML_NAME = "makemigrations.config.yaml"


def written(folder: Path, text: str, name: str = "pyproject.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def loaded(folder: Path, /, **environment: str) -> Config:
    return load(folder, environment=environment)


def source(config: Config, key: str) -> str:
    return config.chosen(key).source


def problems(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, environment={})
    return [str(problem) for problem in caught.value.problems]


def test_settings_are_read_from_pyproject(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    config = loaded(tmp_path)
    assert config.url == "sqlite:///shop.db"
    assert config.schema_paths == (
        tmp_path / "schema/shop.yaml",
        tmp_path / "schema/users.yaml",
    )
    assert not config.color


@pytest.mark.parametrize("name", [YAML_NAME, f"migrations/{YAML_NAME}"])
def test_settings_are_read_from_yaml(tmp_path: Path, name: str) -> None:
    written(tmp_path, YAML, name)
    config = loaded(tmp_path)
    assert config.url == "sqlite:///shop.db"
    assert config.migrations_folder == tmp_path / "db/migrations"
    assert config.include_down_sql


def test_every_value_knows_where_it_came_from(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    config = load(
        tmp_path,
        environment={"MAKEMIGRATIONS_MIGRATION_DIRECTORY": "changes"},
        flags={COLOR: Flag("--no-color", value=False)},
    )
    assert source(config, URL) == "pyproject.toml:6"
    assert source(config, DIRECTORY) == "MAKEMIGRATIONS_MIGRATION_DIRECTORY"
    assert source(config, COLOR) == "--no-color"
    assert source(config, "output.verbose") == "default"


def test_flags_win_over_variables_and_those_over_files(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    flag = {URL: Flag("--url", "sqlite:///flag.db")}
    variable = {"DATABASE_URL": "sqlite:///variable.db"}
    assert loaded(tmp_path).url == "sqlite:///shop.db"
    assert loaded(tmp_path, **variable).url == "sqlite:///variable.db"
    config = load(tmp_path, environment=variable, flags=flag)
    assert config.url == "sqlite:///flag.db"


def test_database_url_wins_over_our_own_variable(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    config = loaded(
        tmp_path,
        DATABASE_URL="sqlite:///theirs.db",
        MAKEMIGRATIONS_DATABASE_DEFAULT_URL="sqlite:///ours.db",
        MAKEMIGRATIONS_DATABASE_TYPE="sqlite",
    )
    assert config.url == "sqlite:///theirs.db"
    assert source(config, TYPE) == "MAKEMIGRATIONS_DATABASE_TYPE"


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    assert loaded(tmp_path, DATABASE_URL="").url == "sqlite:///shop.db"


def test_the_project_is_found_from_a_folder_in_it(tmp_path: Path) -> None:
    written(tmp_path, YAML, f"migrations/{YAML_NAME}")
    inside = tmp_path / "src" / "shop"
    inside.mkdir(parents=True)
    config = loaded(inside)
    assert config.root == tmp_path
    assert config.start == inside


def test_the_folder_of_migrations_is_no_project_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, YAML, f"migrations/{YAML_NAME}")
    found = loaded(tmp_path / "migrations")
    assert found.root == tmp_path
    assert found.file == tmp_path / "migrations" / YAML_NAME


def test_a_project_may_be_called_migrations(tmp_path: Path) -> None:
    root = tmp_path / "migrations"
    written(root, YAML, YAML_NAME)
    written(root, "tables: []", "schema/schema.yaml")
    assert loaded(root).root == root


def test_a_place_that_may_not_be_looked_at_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refused)
    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        loaded(tmp_path)


def test_two_folders_make_a_project_without_any_settings(tmp_path: Path) -> None:
    for name in ("migrations", "schema", "src"):
        (tmp_path / name).mkdir()
    assert loaded(tmp_path / "src").root == tmp_path


def test_a_pyproject_that_speaks_of_other_things_is_no_project(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    inside = tmp_path / "package"
    written(inside, '[project]\nname = "part"\n')
    assert loaded(inside).root == tmp_path


def test_no_project_is_an_error_that_names_init(tmp_path: Path) -> None:
    [problem] = problems(tmp_path)
    assert "there is no project" in problem
    assert "makemigrations init" in problem


def test_a_folder_with_a_beginning_of_a_project_is_one(tmp_path: Path) -> None:
    (tmp_path / "schema").mkdir()
    assert loaded(tmp_path).root == tmp_path


def test_two_config_files_are_an_error_that_names_both(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    written(tmp_path, YAML, f"migrations/{YAML_NAME}")
    [problem] = problems(tmp_path)
    assert f"pyproject.toml and migrations/{YAML_NAME}" in problem


def test_every_unknown_key_is_told_with_its_place_and_the_nearest_one(
    tmp_path: Path,
) -> None:
    written(tmp_path, "[tool.makemigrations]\nmigration.dir = 'a'\nurl = 'b'\n")
    assert problems(tmp_path) == [
        (
            'pyproject.toml:2:1: there is no setting "migration.dir"\n'
            '  hint: did you mean "migration.directory"?'
        ),
        'pyproject.toml:3:1: there is no setting "url"',
    ]


def test_an_unknown_key_of_a_named_database_is_told(tmp_path: Path) -> None:
    written(tmp_path, "databases:\n  eu:\n    ulr: sqlite:///x\n", YAML_NAME)
    [problem] = problems(tmp_path)
    assert problem == (
        f'{YAML_NAME}:3:5: there is no setting "databases.eu.ulr"\n'
        '  hint: did you mean "databases.eu.url"?'
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("output:\n  verbose: perhaps\n", '2:3: "output.verbose" has to be true or'),
        ("migration:\n  directory: [a]\n", '2:3: "migration.directory" has to be a t'),
        ("migration:\n  directory:\n", '2:3: "migration.directory" has no value'),
        ("schema:\n  paths: {a: b}\n", 'there is no setting "schema.paths.a"'),
        ("- a\n", "1:1: a config file has to be sections of keys"),
        ("database: [\n", f"{YAML_NAME}:2:1: "),
        ("database:\n  type: a\n  type: b\n", '3:3: key "type" is given twice'),
    ],
)
def test_a_config_file_that_cannot_be_read_is_never_passed_over(
    tmp_path: Path, text: str, said: str
) -> None:
    written(tmp_path, text, YAML_NAME)
    [problem] = problems(tmp_path)
    assert said in problem


def test_broken_toml_is_told_with_its_place(tmp_path: Path) -> None:
    written(tmp_path, "[tool.makemigrations\n")
    [problem] = problems(tmp_path)
    assert problem.startswith("pyproject.toml:1:21: not valid TOML")


def test_a_config_file_that_was_named_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no config file other\.yaml"):
        load(tmp_path, environment={}, file=Path("other.yaml"))


def test_a_named_config_file_serves_the_project_around_it(tmp_path: Path) -> None:
    written(tmp_path, YAML, f"migrations/{YAML_NAME}")
    other = written(tmp_path, "database: {default_url: 'sqlite:///o'}", "ci/o.yaml")
    config = load(tmp_path, environment={}, file=other)
    assert (config.root, config.url) == (tmp_path, "sqlite:///o")


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    with pytest.raises(ConfigError, match="MAKEMIGRATIONS_OUTPUT_VERBOSE: "):
        loaded(tmp_path, MAKEMIGRATIONS_OUTPUT_VERBOSE="maybe")


def test_a_variable_that_is_nearly_a_setting_is_a_finding(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    [finding] = loaded(tmp_path, MAKEMIGRATIONS_DATABASE_URL="x").findings
    assert "MAKEMIGRATIONS_DATABASE_URL is no setting" in str(finding)


def test_variables_of_the_tests_are_left_alone(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    assert loaded(tmp_path, MAKEMIGRATIONS_TEST_URL="x").findings == ()


def test_keys_of_the_original_that_mean_nothing_are_findings(tmp_path: Path) -> None:
    written(tmp_path, "migration:\n  auto_apply: false\n", YAML_NAME)
    [finding] = loaded(tmp_path).findings
    assert str(finding).startswith(f'{YAML_NAME}:2:3: "migration.auto_apply" is')


def test_a_named_database_has_its_own_url(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    environment = {"DATABASE_URL": "sqlite:///other.db"}
    config = load(tmp_path, environment=environment, database="reports")
    assert config.url == "postgresql://ann:secret@db/reports"


def test_the_url_of_a_named_database_may_come_from_the_environment(
    tmp_path: Path,
) -> None:
    written(tmp_path, PYPROJECT)
    environment = {"MAKEMIGRATIONS_DATABASES_REPORTS_URL": "sqlite:///r.db"}
    config = load(tmp_path, environment=environment, database="reports")
    assert config.url == "sqlite:///r.db"


def test_a_url_flag_is_of_the_chosen_database(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    flags = {URL: Flag("--url", "sqlite:///flag.db")}
    config = load(tmp_path, environment={}, database="reports", flags=flags)
    assert config.url == "sqlite:///flag.db"
    assert source(config, URL) == "pyproject.toml:6"


def test_an_unknown_database_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    with pytest.raises(UsageError, match='did you mean "reports"') as caught:
        load(tmp_path, environment={}, database="report")
    assert 'no database "report"' in str(caught.value)


def test_a_named_database_with_its_own_schema_has_its_own_migrations(
    tmp_path: Path,
) -> None:
    written(tmp_path, "databases: {eu: {schema: eu.yaml}, us: {}}", YAML_NAME)
    config = load(tmp_path, environment={}, database="eu")
    assert config.schema_paths == (tmp_path / "eu.yaml",)
    assert config.migrations_folder == tmp_path / "migrations" / "eu"


def test_passwords_are_hidden_where_settings_are_shown(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    chosen = loaded(tmp_path).chosen("databases.reports.url")
    assert chosen.shown == "postgresql://ann:***@db/reports"


def test_a_type_in_a_file_belongs_to_the_url_in_the_file(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    assert loaded(tmp_path).refining_type == "sqlite"
    assert loaded(tmp_path, DATABASE_URL="mysql://h/d").refining_type is None
    both = loaded(tmp_path, DATABASE_URL="mysql://h/d", DB_TYPE="tidb")
    assert both.refining_type == "tidb"


def test_a_typed_url_is_relative_to_where_one_stands(tmp_path: Path) -> None:
    written(tmp_path, PYPROJECT)
    inside = tmp_path / "inside"
    inside.mkdir()
    flags = {URL: Flag("--url", "sqlite:///x.db")}
    assert load(inside, environment={}, flags=flags).url_base == inside
    assert loaded(inside, DATABASE_URL="sqlite:///x.db").url_base == tmp_path


def test_keys_are_found_however_toml_spells_them(tmp_path: Path) -> None:
    text = (
        '[tool]\nmakemigrations.database = {default_url = "sqlite:///a.db"}\n'
        '[tool."makemigrations".migration]\n"directory" = """\nchanges"""\n'
    )
    written(tmp_path, text)
    config = loaded(tmp_path)
    assert source(config, URL) == "pyproject.toml:2"
    assert source(config, DIRECTORY) == "pyproject.toml:4"


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ('["audit_*", "tmp"]', ("audit_*", "tmp")),
        ('"audit_*"', ("audit_*",)),
        ("[]", ()),
    ],
)
def test_tables_that_drift_is_not_looked_for_in_are_patterns(
    tmp_path: Path, value: str, meant: tuple[str, ...]
) -> None:
    text = f"[tool.makemigrations]\ndrift.ignore = {value}\n"
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert load(tmp_path, environment={}).drift_ignore == meant
    variable = {"MAKEMIGRATIONS_DRIFT_IGNORE": "log_*"}
    assert load(tmp_path, environment=variable).drift_ignore == ("log_*",)


def test_a_project_without_schema_files_is_none(tmp_path: Path) -> None:
    text = "[tool.makemigrations]\nschema.paths = []\n"
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="has to be a list of texts"):
        load(tmp_path, environment={})


def test_what_becomes_of_absent_foreign_keys_is_one_of_two_words(
    tmp_path: Path,
) -> None:
    text = "[tool.makemigrations]\nunsupported.foreign_keys = 'drop'\n"
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="has to be declare-only or error"):
        load(tmp_path, environment={})
    (tmp_path / "pyproject.toml").write_text(text.replace("drop", "error"))
    assert load(tmp_path, environment={}).declared == set()
    variable = {"MAKEMIGRATIONS_UNSUPPORTED_FOREIGN_KEYS": "declare-only"}
    assert load(tmp_path, environment=variable).declared == {Declarable.FOREIGN_KEYS}
