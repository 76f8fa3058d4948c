"""Training of the models that hwr-live reads with: ``python -m train``."""
