"""ChatKit: a chat product for your own app. Import from the modules, e.g. `chatkit.server`."""
