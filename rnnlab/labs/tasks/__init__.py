"""The tasks lab."""
