"""Rows made from a schema, and what migrations do to them."""
