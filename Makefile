# make run    a demo organization in the browser         make test   every check and every test
# make lint   the checkers alone                          make soak   the exhaustive proofs
# make bench  what the timings are                        make shot   screenshots of every page
# make messages  collect sentences for translation        make lock   pin what requirements*.in ask for

SHELL := /bin/bash
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:

at_least_311 = $(1) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
            if $(call at_least_311,$$p); then echo $$p; break; fi; done)
VENV ?= .venv
PORT ?=
ADDRESS ?=
WORKERS ?= 2
ARGS ?=

BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.installed-run
TEST_STAMP := $(VENV)/.installed-test
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
CATALOGUES := $(wildcard views/translations/*/LC_MESSAGES/*.po)
COMPILED := $(CATALOGUES:.po=.mo)
# libatomic1: the program that Playwright drives Chromium with is linked to it
BROWSER_PACKAGES := chromium fonts-noto-cjk libatomic1

.PHONY: run test lint soak bench shot messages lock packages clean

run: $(RUN_STAMP) $(COMPILED)
	@$(BIN)/python app.py init --demo
	@exec $(BIN)/python app.py serve $(if $(ADDRESS),--host $(ADDRESS)) $(if $(PORT),--port $(PORT))

test: lint packages $(COMPILED)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

lint: $(TEST_STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

soak: $(TEST_STAMP) packages $(COMPILED)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --soak -m soak $(ARGS)

bench: $(TEST_STAMP) packages $(COMPILED)
	@$(BIN)/python -m pytest --bench -m bench -s $(ARGS)

shot: $(TEST_STAMP) packages $(COMPILED)
	@$(BIN)/python -m pytest --shots screenshots -m browser $(ARGS)

packages:
	@.ci/packages $(BROWSER_PACKAGES) postgresql

# --- the virtual environment: a stamp a list, so that nothing is done twice ---

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. Please run: apt-get install python3 python3-venv" >&2; exit 1; }
	@PYTHON=$(PYTHON) .ci/packages python3-venv
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUN_STAMP): requirements.txt | $(BIN)/python
	@echo "Installing requirements.txt"
	@$(PIP) install -r requirements.txt
	@touch $@

$(TEST_STAMP): requirements-test.txt $(RUN_STAMP)
	@echo "Installing requirements-test.txt"
	@$(PIP) install -r requirements-test.txt
	@touch $@

# --- sentences and their translations ---

%.mo: %.po | $(RUN_STAMP)
	@$(BIN)/pybabel --quiet compile -i $< -o $@

messages: $(RUN_STAMP)
	@$(BIN)/pybabel --quiet extract -F pyproject.toml --no-location --sort-output -o views/translations/messages.pot .
	@$(BIN)/pybabel --quiet update -i views/translations/messages.pot -d views/translations --no-fuzzy-matching --ignore-pot-creation-date
	@rm views/translations/messages.pot

# --- the locks: the full closure, pinned, made in a clean environment ---

lock:
	@set -e; clean=$$(mktemp -d); trap 'rm -rf "$$clean"' EXIT; \
	$(PYTHON) -m venv "$$clean"; \
	"$$clean/bin/python" -m pip --quiet install -r requirements.in; \
	{ echo "# Made by make lock from requirements.in."; \
	  "$$clean/bin/python" -m pip freeze; } > requirements.txt; \
	"$$clean/bin/python" -m pip --quiet install -c requirements.txt -r requirements-test.in; \
	{ echo "# Made by make lock from requirements-test.in."; echo "-r requirements.txt"; \
	  "$$clean/bin/python" -m pip freeze | grep -vxFf requirements.txt; } > requirements-test.txt

clean:
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache screenshots
	@rm -f $(COMPILED)
