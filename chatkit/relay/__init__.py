"""A running turn and its many readers: it goes on when they leave, and they may come back."""
