# `make lab` and `make test` work as the first command after a clone. `make` alone lists the targets.

VENV := .venv
BIN := $(VENV)/bin
NEEDS := Python 3.11 or newer with pip

# The first interpreter that is new enough; override with PYTHON=...
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

# JupyterLab needs this option to run as root, for example in a container.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

# Options to run notebooks. With MNISTEDU_DATA=. the solutions use the bundled digits, which takes less time.
NBVAL := -p no:randomly --nbval-lax --nbval-current-env --nbval-cell-timeout=600

.DEFAULT_GOAL := help
.PHONY: help lab test faults fuzz lint format docs pictures lessons clean

help:  ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

lab: $(VENV)/lab  ## Open the lessons in JupyterLab (for example with LAB_OPTIONS=--no-browser)
	$(BIN)/jupyter lab --notebook-dir=notebooks $(AS_ROOT) $(LAB_OPTIONS)

test: $(VENV)/lab  ## Run all tests, without a network
	$(BIN)/pytest --doctest-modules
	$(BIN)/pytest $(NBVAL) $(wildcard notebooks/*.ipynb)
	MNISTEDU_DATA=. $(BIN)/pytest $(NBVAL) notebooks/solutions

faults: $(VENV)/lab  ## Test kills, full disks and bad servers (FAULT_ROUNDS=20 of each)
	$(BIN)/python -m tests.faults

fuzz: $(VENV)/lab  ## Test damaged files of every kind with atheris (FUZZ_SECONDS=60 each)
	@test -d $(VENV)/atheris || $(BIN)/python -m pip install --quiet --no-deps \
		--target $(VENV)/atheris atheris || echo "atheris cannot be installed here: using Hypothesis"
	PYTHONPATH=$(VENV)/atheris:$(PYTHONPATH) $(BIN)/python -m tests.fuzz

lint: $(VENV)/dev  ## Check style and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

format: $(VENV)/dev  ## Fix what the linter can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/dev  ## Build the documentation in docs/_build
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build

lessons: $(VENV)/dev  ## Generate the lessons from their sources, and run them
	$(BIN)/python notebooks/source/make.py

pictures: $(VENV)/lab  ## Take screenshots of the pad in JupyterLab for the documentation
	$(BIN)/python docs/pictures.py

clean:  ## Remove the environment and all build outputs
	rm -rf $(VENV) docs/_build docs/lessons build *.egg-info

# The virtual environment. Debian's Python may lack ensurepip; then its pip installs pip there.
$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "mnistedu needs $(NEEDS), but found $$(python3 --version 2>/dev/null || echo none)."; \
		echo "Install one (Debian and Ubuntu: apt install python3 python3-venv; macOS: brew install"; \
		echo "python; or python.org), or name it: make lab PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv' 2>/dev/null || { \
		echo "$(PYTHON) has no module venv. Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
		$(PYTHON) -m venv $(VENV); \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then \
		$(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --python $@ install --quiet pip; \
	else \
		echo "$(PYTHON) has no pip. Debian and Ubuntu: apt install python3-venv python3-pip"; exit 1; \
	fi

$(VENV)/lab: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV); this takes a few minutes the first time."
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[lab,test]'
	@touch $@

$(VENV)/dev: $(VENV)/lab
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[docs,dev]'
	@touch $@
