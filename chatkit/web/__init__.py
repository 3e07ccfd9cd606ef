"""The HTTP edge: `chatkit.web.app.create_app`, or `chatkit.web.fastapi.create_router` for FastAPI."""
