"""What `make demo` serves: a full-page chat with whatever model is at hand."""
