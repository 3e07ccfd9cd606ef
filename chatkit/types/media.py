"""Media types that more than one room has to know."""

TEXT_TYPES = (
    "application/json",
    "application/ld+json",
    "application/x-ndjson",
    "application/jsonl",
    "application/xml",
    "application/javascript",
    "application/x-javascript",
    "application/typescript",
    "application/yaml",
    "application/x-yaml",
    "application/toml",
    "application/sql",
    "application/csv",
    "application/x-sh",
    "application/x-python",
    "image/svg+xml",
)
"""Types whose files are text without being called so: beside `text/*`."""
