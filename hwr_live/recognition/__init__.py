"""Frame → Reading: ink, pieces, crops, classes, lines."""
