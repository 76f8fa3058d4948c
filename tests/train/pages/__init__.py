"""Tests of the map of writing's training."""
