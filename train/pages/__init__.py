"""Maps of writing: what they are trained on, how, and what comes of it."""
