"""Spiders: one engine for each kind of board (`crawlers.board.ENGINES`)."""
