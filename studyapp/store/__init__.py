"""A person's progress in SQLite: an append-only log of events, and projections that can be rebuilt from it."""
