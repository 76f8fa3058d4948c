"""The models that hwr-live ships: each a folder with a card and a LiteRT file."""
