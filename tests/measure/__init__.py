"""Programs that print figures: python -m tests.measure.NAME. None of them is a test."""
