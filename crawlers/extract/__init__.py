"""From a document of a board to the fields of its postings, as the board's file says; no Python per board."""
