"""A view becomes a Reading: crops, classes, cuts and joins, lines."""
