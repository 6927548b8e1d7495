# Everything a bare checkout needs, made once: stamps carry the content of the locks, so a changed lock installs anew.

PYTHON ?= python3
PORT ?= 8000
export PORT

python := .venv/bin/python
flask := .venv/bin/flask --app wsgi

content = $(shell cat $(1) 2>/dev/null | cksum | tr ' ' '-')
runtime := .venv/runtime-$(call content,requirements.txt)
development := .venv/development-$(call content,requirements-dev.txt)
packages := node_modules/installed-$(call content,package-lock.json)
assets := static/dist/.built
# Templates and Python too: the stylesheet keeps only the rules whose classes they name.
asset_sources := $(shell find static templates views forms certus_admin -path static/dist -prune -o -type f \
	! -name '*.pyc' -print 2>/dev/null)

install := $(python) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps

.PHONY: run test check lint bench screenshots lock clean
.NOTPARALLEL:
.DEFAULT_GOAL := run

run: $(runtime) $(assets)
	@exec $(flask) serve

test: $(development) $(assets)
	$(python) -m pytest

# What continuous integration runs: nothing may be skipped.
check: lint
	@CERTUS_NO_SKIPS=1 $(MAKE) --no-print-directory test

lint: $(development)
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy

bench: $(development) $(assets)
	$(python) -m benchmarks

screenshots: $(development) $(assets)
	$(python) -m tests.screenshots

# uv runs from a folder of its own: it makes the locks and is needed for nothing else.
lock:
	$(PYTHON) -m venv --clear var/uv
	var/uv/bin/pip install --quiet uv
	$(call compile,pyproject.toml,requirements.txt)
	$(call compile,pyproject.toml --extra dev --constraints requirements.txt,requirements-dev.txt)
	$(call compile,--group pyproject.toml:node,requirements-node.txt)
	npm install --package-lock-only --ignore-scripts

compile = UV_NO_CONFIG=1 var/uv/bin/uv pip compile $(1) --output-file $(2) --quiet --upgrade --native-tls \
	--universal --python-version 3.11 --generate-hashes --no-header --no-annotate

# Leaves var/ alone: it holds the embedded database.
clean:
	rm -rf .venv node_modules static/dist

$(python):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name it: PYTHON=/path/to/python3 make $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) has no ensurepip, so no virtual environment can be made: install the system's package python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv

$(runtime): requirements.txt | $(python)
	$(install) --requirement requirements.txt
	@touch $@

$(development): requirements-dev.txt | $(python)
	$(install) --requirement requirements-dev.txt
	@touch $@

# The lock needs npm 7 or newer. Where there is none, a wheel brings node and npm into the virtual environment.
$(packages): package-lock.json | $(python)
	@if [ "$$(npm --version 2>/dev/null | cut -d. -f1)" -ge 7 ] 2>/dev/null; then \
		npm ci --ignore-scripts --no-audit --no-fund; \
	else \
		$(install) --requirement requirements-node.txt && \
		PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/npm ci --ignore-scripts --no-audit --no-fund; \
	fi
	@touch $@

$(assets): $(packages) $(asset_sources) | $(python)
	$(flask) assets build
	@touch $@
