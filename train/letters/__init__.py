"""Models of letters: which letters follow which in words."""
