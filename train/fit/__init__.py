"""Networks and the training loop."""
