"""Descriptions of a version for programs, each generated from the schema: one module a standard."""
