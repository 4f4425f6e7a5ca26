"""The command line: one module per command, each of them only wiring the rooms together."""
