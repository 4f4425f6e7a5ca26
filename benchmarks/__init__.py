"""Measurements, as ratios against a named baseline in the same run; figures are in docs/performance.md."""
