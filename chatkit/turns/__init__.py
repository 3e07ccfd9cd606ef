"""One streamed answer, from opening to end."""
