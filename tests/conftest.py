"""What every test shares."""

import pytest

# Its asserts are tests too: a failing one should show both sides.
pytest.register_assert_rewrite("chatkit.testing")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio: what we build on (SQLAlchemy, uvicorn) does."""
    return "asyncio"
