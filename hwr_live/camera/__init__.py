"""The camera program."""
