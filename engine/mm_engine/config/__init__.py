"""Settings, and where each one came from."""

from mm_engine.config.load import Flag, load
from mm_engine.config.value import Chosen, Config

__all__ = ["Chosen", "Config", "Flag", "load"]
