"""Dialects: what each database can do, and how it is told."""
