# Everything a bare checkout needs, made once: stamps carry the content of the locks, so a changed lock installs anew.

PYTHON ?= python3
PORT ?= 8000
export PORT

python := .venv/bin/python
flask := .venv/bin/flask --app wsgi

content = $(shell cat $(1) 2>/dev/null | cksum | tr ' ' '-')
runtime := .venv/runtime-$(call content,requirements.txt)
development := .venv/development-$(call content,requirements-dev.txt)
# What ours is measured against lives beside the development environment, not in it.
rivals := .venv-bench/rivals-$(call content,requirements-bench.txt)
# The pages need few npm packages; tests and types need many more, which `make run` does without.
pages_packages := node_modules/for-pages-$(call content,package-lock.json)
all_packages := node_modules/all-$(call content,package-lock.json)
packages := $(if $(wildcard $(all_packages))$(filter test types,$(MAKECMDGOALS)),$(all_packages),$(pages_packages))
assets := static/dist/.built
# Templates and Python too: the stylesheet keeps only the rules whose classes they name.
asset_sources := $(shell find static templates views forms certus_admin -path static/dist -prune -o -type f \
	! -name '*.pyc' -print 2>/dev/null)

install := $(python) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps

.PHONY: run test check lint bench torture screenshots types lock clean
.NOTPARALLEL:
.DEFAULT_GOAL := run

run: $(runtime) $(assets)
	@exec $(flask) serve

test: $(development) $(packages) $(assets)
	$(python) -m pytest --numprocesses=logical --maxprocesses=4 --dist=loadscope --no-loadscope-reorder

# What continuous integration runs: nothing may be skipped.
check: lint
	@CERTUS_NO_SKIPS=1 $(MAKE) --no-print-directory test

lint: $(development)
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	$(python) -m bandit --quiet --recursive --configfile pyproject.toml wsgi.py gunicorn.conf.py certus_admin views forms seeds

bench: $(development) $(assets) $(rivals)
	$(python) -m benchmarks

# What is promised under faults, attack and load; fails when a promise broke.
torture: $(development) $(assets)
	$(python) -m tests.torture

screenshots: $(development) $(assets)
	$(python) -m tests.screenshots

# After every change of a table, view or function in public.
types: $(development) $(packages)
	$(python) -m tests.database_types

# uv runs from a folder of its own: it makes the locks and is needed for nothing else.
lock:
	$(PYTHON) -m venv --clear var/uv
	var/uv/bin/pip install --quiet uv
	$(call compile,pyproject.toml,requirements.txt)
	$(call compile,pyproject.toml --extra dev --constraints requirements.txt,requirements-dev.txt)
	$(call compile,--group pyproject.toml:node,requirements-node.txt)
	$(call compile,--group pyproject.toml:bench --constraints requirements.txt,requirements-bench.txt)
	npm install --package-lock-only --ignore-scripts

compile = UV_NO_CONFIG=1 var/uv/bin/uv pip compile $(1) --output-file $(2) --quiet --upgrade --native-tls \
	--universal --python-version 3.11 --generate-hashes --no-header --no-annotate

# Leaves var/ alone: it holds the embedded database.
clean:
	rm -rf .venv .venv-bench node_modules static/dist

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

$(rivals): requirements-bench.txt | $(python)
	$(PYTHON) -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		--requirement requirements-bench.txt
	@touch $@

# The lock needs npm 7 or newer, the packages for tests Node 20. Where one is missing, a wheel brings node and npm into
# the virtual environment.
at_least = [ "$$($(1) --version 2>/dev/null | tr -d v | cut -d. -f1)" -ge $(2) ] 2>/dev/null
npm_packages = @if $(call at_least,npm,7) && { $(if $(1),true,$(call at_least,node,20)); }; then \
		npm ci --ignore-scripts --no-audit --no-fund $(1); \
	else \
		$(install) --requirement requirements-node.txt && \
		PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/npm ci --ignore-scripts --no-audit --no-fund $(1); \
	fi

$(pages_packages): package-lock.json | $(python)
	$(call npm_packages,--omit=dev --omit=optional)
	@touch $@

$(all_packages): package-lock.json | $(python)
	$(call npm_packages,)
	@touch $@

$(assets): $(packages) $(asset_sources) | $(python)
	$(flask) assets build
	@touch $@
