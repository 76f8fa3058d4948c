"""Labelled ink of one hand, in a folder that the user owns."""
