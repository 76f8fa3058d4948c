"""Many documents: read in several processes, written to a folder, gone on with, corrected."""
