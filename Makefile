# The commands of a working day. `make demo` and `make test` need Python 3.11 or newer and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: drill help setup demo test lint bench faults lock messages diagram image stack-test

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## build .venv from the pinned requirements
	@:

$(STAMP): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "BuhBot needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "The module venv is missing: on Debian and Ubuntu, apt install python3-venv"; exit 1; }
	@echo "Installing what the product needs into $(VENV) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $(STAMP)

demo: setup ## run the whole product here, with a Telegram simulator
	@$(BIN)/python -m simulator.demo

test: setup ## run every test, on two cores at once
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lint: setup ## check style, types, arrows between rooms, migrations and settings
	@$(BIN)/python -m tests.lint

bench: setup ## measure, and write docs/benchmarks.md; PARTS="data alerts" for some
	@$(BIN)/python -m tests.bench $(PARTS)

faults: setup ## the long fault tests, with real kills
	@FAULT_ROUNDS=$${FAULT_ROUNDS:-50} $(BIN)/python -m pytest tests/faults -q -rP

drill: setup ## back up, destroy, restore and compare, on a database of its own
	@$(BIN)/python -m pytest -n 0 -q -s tests/backup/test_drill.py

messages: setup ## collect texts for translation and compile the catalogues
	@$(BIN)/python -m tests.catalogues

diagram: setup ## draw docs/infrastructure/architecture-diagram.svg (needs Graphviz)
	@$(BIN)/python -m tests.diagram

lock: setup ## pin the requirements anew, with hashes
	@for name in requirements requirements-dev infra/monitoring/kuma/requirements; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
			--generate-hashes --no-emit-index-url --no-header $$name.in --output-file $$name.txt || exit 1; done

image: ## build the image, its label with the version of pyproject.toml
	@VERSION=$$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml) docker compose build web

stack-test: setup ## run compose.yaml on the engine that DOCKER_HOST names, and try it
	@$(BIN)/python -m tests.infra.stack
