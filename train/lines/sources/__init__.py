"""Where lines come from: strokes, pictures and fonts, and how pen, paper and camera vary them."""
