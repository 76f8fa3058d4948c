"""What the operating system gives: files, locks, signals, streams, the screen, the clipboard."""
