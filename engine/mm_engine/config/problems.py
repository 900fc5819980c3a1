"""Several things wrong with settings, told in one error."""

from __future__ import annotations

from mm_engine.errors import ConfigError, FilesError


class ConfigFileError(FilesError, ConfigError):
    """Everything that is wrong with the settings, each thing with its place."""

    kind = "config"
