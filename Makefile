# The four commands, and `make lock` for whoever changes requirements/*.in.
# Each sets up what it needs in .venv and prints what it is doing.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-$(shell cksum < requirements/runtime.txt | cut -d' ' -f1)
TESTING := $(VENV)/.testing-$(shell cksum < requirements/test.txt | cut -d' ' -f1)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

.PHONY: run test lint format bench bench-crash lock

run: $(RUNTIME)
	@exec $(BIN)/muniment run --demo

test: $(TESTING)
	@echo "Running the tests ..."
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=term $(ARGS)

lint: $(TESTING)
	@echo "Checking style ..." && $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "Checking types ..." && $(BIN)/mypy && $(BIN)/mypy tests benchmarks samples
	@echo "Checking the house ..." && $(BIN)/lint-imports

format: $(TESTING)
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

bench: $(TESTING)
	@$(BIN)/python -m benchmarks $(ARGS)

bench-crash: $(TESTING)
	@echo "Killing processes at random; this may take an hour ..."
	@$(BIN)/python -m benchmarks.crashes $(ARGS)
	@echo "Damaging stores ..." && $(BIN)/python -m benchmarks.damages
	@echo "Misbehaving on the network ..." && $(BIN)/python -m benchmarks.network

lock: $(TESTING)
	@$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	  --override requirements/overrides.txt requirements/test.in -o requirements/test.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	  --override requirements/overrides.txt -c requirements/test.txt requirements/runtime.in -o requirements/runtime.txt

$(BIN)/python:
	@./scripts/check-platform $(PYTHON)
	@echo "Making the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): $(BIN)/python
	@echo "Installing what Muniment runs on (once; this takes some minutes) ..."
	@$(PIP) --require-hashes -r requirements/runtime.txt
	@$(PIP) --no-build-isolation --editable .
	@touch $@

$(TESTING): $(RUNTIME)
	@echo "Installing what the tests need (once) ..."
	@$(PIP) --require-hashes -r requirements/test.txt
	@touch $@
