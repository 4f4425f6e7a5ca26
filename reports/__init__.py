"""What people read: weekly report, alerts' texts, open dataset. Pure builders, then writers."""
