"""The evidence pack of a case: one archive that can be checked without us (docs/evidence.md)."""
