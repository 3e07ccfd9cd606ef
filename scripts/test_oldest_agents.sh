#!/usr/bin/env bash
# Runs the bridge's tests against the oldest Agents SDK we support, in a virtual environment of its own.
# Not part of `make test`: it installs from the package index. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."

VERSION=0.3.2
VENV=$(mktemp -d)
trap 'rm -rf "$VENV"' EXIT

"${PYTHON:-python3}" -m venv "$VENV"
PIP=("$VENV/bin/python" -m pip --disable-pip-version-check install --quiet)
"${PIP[@]}" "openai-agents==$VERSION" pytest httpx fastapi hypothesis
"${PIP[@]}" "pydantic>=2.11,<3" "jinja2>=3.1,<4" "anyio>=4.4" typing-extensions starlette python-multipart uvicorn \
  "SQLAlchemy[asyncio]>=2.0.30" aiosqlite alembic obstore
# The checkout itself is imported from here; building it would need the browser's element.
"$VENV/bin/python" -m pytest tests/agents "$@"
