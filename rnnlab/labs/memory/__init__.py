"""The memory lab."""
