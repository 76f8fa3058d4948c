"""Tests of the counting of letters."""
