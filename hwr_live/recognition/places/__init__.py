"""Where in a frame there is writing: the map of writing, and which way up lines stand."""
