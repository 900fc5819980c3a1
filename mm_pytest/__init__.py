"""Databases with every migration applied, for tests under pytest."""
