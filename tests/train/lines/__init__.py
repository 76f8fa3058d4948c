"""Tests of the line networks' training."""
