"""The sine lab."""
