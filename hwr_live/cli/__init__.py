"""The command line, and what its commands do that needs no window."""
