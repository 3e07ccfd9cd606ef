#!/usr/bin/env bash
# Resolves requirements/*.txt for every supported Python and platform, with hashes and without any download address.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v uv >/dev/null || { echo "make lock needs uv on PATH." >&2; exit 1; }
compile() { uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.10 "$@"; }
# llama.cpp has no wheel for every platform: it is installed with the model, where failing is allowed.
compile pyproject.toml --extra demo --no-emit-package xllamacpp -o requirements/demo.txt
compile pyproject.toml --group dev -c requirements/demo.txt -o requirements/dev.txt
compile pyproject.toml requirements/deploy.in --extra postgres --extra redis -c requirements/dev.txt -o requirements/deploy.txt
compile --no-deps requirements/model.in -o requirements/model.txt
compile --no-deps requirements/agents-oldest.in -o requirements/agents-oldest.txt
