"""Alembic's folder: `env.py` runs the revisions in `versions/` inside a connection that SQLStore hands it."""
