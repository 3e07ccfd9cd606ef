"""Speed and size, ours beside upstream's published package. `make bench` runs it."""
