# `make run` opens the app and `make test` runs every test; both set up whatever is missing first.
# What is installed is remembered by a stamp, so that a second `make run` does no set-up work.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
RUN    := $(VENV)/.installed
DEV    := $(VENV)/.installed-dev

# Twice the processors: many tests wait, for a probe's period or for a service to be ready.
WORKERS = $(shell $(BIN)/python -c "import os; print(2 * (os.cpu_count() or 1))")

.DEFAULT_GOAL := help

.PHONY: help run setup test check format bench plan-table screenshots lock clean

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN) ## Open the app (sets up what is missing)
	@$(BIN)/studyapp $(ARGS)

setup: $(RUN) ## Set up only

test: $(DEV) ## Run every test
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: $(DEV) ## Format, lint, types, import contracts, spelling, content
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/codespell
	@$(BIN)/studyapp content check

format: $(DEV) ## Put the code into its format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(DEV) ## Measure speed, as ratios in one run
	@$(BIN)/python -m tests.bench

plan-table: $(DEV) ## Print the interview plan's table of docs/interview-plan.md (some minutes)
	@$(BIN)/python -m studyapp.simulation

screenshots: $(DEV) ## Make the README's pictures with the app itself
	@$(BIN)/python -m tests.screenshots

lock: $(DEV) ## Raise the pinned dependencies
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --group dev -c requirements.lock --generate-hashes \
		--no-emit-index-url --no-header pyproject.toml -o requirements-dev.lock

clean: ## Remove what was set up
	rm -rf $(VENV)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "studyapp needs Python 3.11 or newer; name one with: make run PYTHON=python3.12"; exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)

# uv where it is there: seconds instead of a minute
define install
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install -q --python $(BIN)/python --require-hashes -r $(1) && \
		uv pip install -q --python $(BIN)/python --no-deps -e .; \
	else \
		$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1) && \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .; \
	fi
endef

$(RUN): requirements.lock pyproject.toml | $(BIN)/python
	$(call install,requirements.lock)
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml | $(BIN)/python
	$(call install,requirements-dev.lock)
	@touch $@ $(RUN)
