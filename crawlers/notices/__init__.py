"""Notices of public employers: from the page and its attachments to the positions in their tables."""
