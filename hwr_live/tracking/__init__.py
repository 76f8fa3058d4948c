"""Many readings of one page → one steady text. Knows glyphs and time, no camera."""
