"""Introspection: from what a database holds to a schema, and to what drifted."""
