"""Looking again at ads whose case was reported as corrected (docs/rechecks.md)."""
