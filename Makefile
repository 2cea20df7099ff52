# The verbs of 9rum. Needs a Python >= 3.11 on the machine; everything else is installed into a cache outside the checkout
# (GURUM_CACHE, default ~/.cache/9rum), once per lock.

PYTHON ?= python3

RUN = python=$$($(PYTHON) requirements/install.py requirements/run.txt requirements/web.txt)
DEV = python=$$($(PYTHON) requirements/install.py requirements/dev.txt) && bin=$$(dirname $$python)
# The many processes of the tests compile nothing again, also where the environment wants no bytecode.
PYTEST = PYTHONDONTWRITEBYTECODE= $$python -m pytest
# Two at a time; what each says stays together, where make can do that.
BESIDE = $(MAKE) --no-print-directory -j 2 $(if $(filter output-sync,$(.FEATURES)),-O)

.DEFAULT_GOAL := help
.PHONY: help run test lint lint-style lint-directions lint-order bench lab clean

help: ## say what can be done here
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

run: ## install, build the pages, and serve (a sandbox cloud when nothing is configured)
	@$(RUN) && { $$python -m gateway.console.build >/dev/null \
	  || echo "The console page could not be built; the graph works without it." >&2; } \
	  && { $$python -m gateway.explorer.build >/dev/null \
	  || echo "The explorer page could not be built; the graph works without it." >&2; } \
	  && exec $$python -m gateway serve

test: ## everything: what lint looks at, then all tests, the lab's included
	@$(BESIDE) lint-style lint-directions
	@$(DEV) && $(PYTEST) -n 3 --dist worksteal

lint: ## style, types, import directions, and the tests of the project's own order
	@$(BESIDE) lint-style lint-directions lint-order

lint-style:
	@$(DEV) && set -x && $$bin/ruff check . && $$bin/ruff format --check . && $$bin/mypy --cache-dir $$bin/../mypy

lint-directions:
	@$(DEV) && set -x && $$bin/lint-imports

lint-order:
	@$(DEV) && set -x && $(PYTEST) -q tests/architecture

bench: ## measure, and print the table of docs/performance.md
	@$(DEV) && $$python -m bench

lab: ## start a real OpenStack on this machine for the tests, and print its clouds.yaml
	@$(DEV) && $$python -m tests.lab up

clean: ## remove what tools left in the checkout (not the data folder)
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache gateway/explorer/dist gateway/console/dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
