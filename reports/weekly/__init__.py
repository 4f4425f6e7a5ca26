"""The weekly report (周报): rows of the store → model → files."""
