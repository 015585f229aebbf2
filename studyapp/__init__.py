"""A terminal app that takes a person from an interview date to ready: recall, explain, do."""

__version__ = "0.1.0"
