"""The unroll lab."""
