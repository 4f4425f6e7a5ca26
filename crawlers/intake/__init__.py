"""File intake: JSONL, JSON, CSV, XLSX and XLS become postings by their header names (docs/intake.md)."""
