"""The open dataset: rows of the store, checked against one schema, into immutable versions of plain files."""
