"""The sequence tasks of chapters 5 and 6: small, made here, the same from the same seed. A module each."""
