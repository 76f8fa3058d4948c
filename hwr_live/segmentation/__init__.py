"""A frame becomes a view: its ink, straight and level, in pieces, lines and words."""
