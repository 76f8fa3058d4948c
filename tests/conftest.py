"""Fixtures for all tests."""

from tests.display import display

__all__ = ["display"]
