"""What all windows share: a window, a pen, painting, a thread that reads."""
