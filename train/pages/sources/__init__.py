"""What pages are composed of: grounds, lines of writing, print, and all that is no writing."""
