"""Databases for tests: made, copied, dropped, one file a kind."""
