"""Data sets: found, fetched, read, checked."""
