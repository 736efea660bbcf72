# Development tasks. Targets create the environment first if it is missing; `make help` lists them.

PYTHON ?= python3
VENV ?= .venv
CONFIG ?= configs/mnist_5k.yaml
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# The first download from a slow mirror exceeds uv's default of 30 s.
export UV_HTTP_TIMEOUT ?= 180

.DEFAULT_GOAL := help
.PHONY: help install train test test-fast check format bench readme lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## create the environment .venv from requirements.lock

train: $(INSTALLED) ## train CONFIG (configs/mnist_5k.yaml: 5,000 real digits, no network needed)
	$(BIN)/nnlab train $(CONFIG)

test: $(INSTALLED) ## run all tests
	$(BIN)/python -m pytest -n 2

test-fast: $(INSTALLED) ## run the tests that start no TensorFlow process
	$(BIN)/python -m pytest -n 2 -m "not slow"

check: $(INSTALLED) ## lint, format, types, import boundaries, prose; changes nothing
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_style.py

format: $(INSTALLED) ## apply ruff fixes and formatting
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(INSTALLED) ## measure the speed, update docs/performance.md; ONLY=a, QUICK=1: a part; MNIST=mnist.npz
	$(BIN)/python -m benchmarks $(ONLY:%=--only %) $(if $(QUICK),--quick) $(if $(MNIST),--mnist $(MNIST))

readme: $(INSTALLED) ## update the listings, tables and images of README.md and docs/
	$(BIN)/python docs/scripts/tables.py
	$(BIN)/python docs/scripts/listings.py
	$(BIN)/python docs/scripts/images.py

# A universal lock: one file for Python 3.11 to 3.13 on every platform. It names no registry, to work
# behind any mirror. `make lock UPGRADE=--upgrade` takes the newest versions.
lock: $(INSTALLED) ## resolve pyproject.toml into requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --fork-strategy fewest \
		--python-version 3.11 --generate-hashes --no-header --no-annotate --quiet $(UPGRADE) \
		--output-file requirements.lock

clean: ## remove the environment and all caches; runs stay
	rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find nnlab tests -type d -name __pycache__ -prune -exec rm -rf {} +

# pip installs uv at its locked version and hash, and uv the rest: two to three times faster than pip
# (23 s against 57 s with cold caches). --compile-bytecode: otherwise the first import of TensorFlow
# compiles, or every import if Python cannot write next to the sources. uv does not read pip's
# configuration: if only pip knows the mirror, uv fails and pip installs everything.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { \
		echo "Expected Python 3.11, 3.12 or 3.13. Received: PYTHON=$(PYTHON)," \
			"$$($(PYTHON) --version 2>&1 | head -n 1)." >&2; \
		echo "Select one: make $(MAKECMDGOALS) PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
