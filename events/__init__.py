"""The event types and the log that carries them."""
