"""The loop, once, and one small module per stage: check, record, alert."""
