"""Images to train on: varied, drawn anew, pooled."""
