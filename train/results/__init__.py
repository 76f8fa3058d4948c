"""What a training leaves: exports, figures, the model's card and README."""
