"""Ads that are pushed to us: over HTTP, with a key, in batches."""
