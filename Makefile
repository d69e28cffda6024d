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

# Hidden in JupyterLab, because the sources of the lessons contain the solutions.
HIDDEN := $(addprefix --ContentsManager.hide_globs=,source __pycache__ .ipynb_checkpoints)

# Two processes, which run one file at a time; JOBS=0 for one process.
JOBS := 2
PYTEST := $(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

# What takes seconds: no browser, hardly any training.
QUICK := $(addprefix tests/,data export inference ink inspection notebooks preprocessing theme widgets \
	test_architecture.py test_atomic_files.py)

# What loads model files, hostile ones as well.
MODEL_FILES := tests/models tests/cli/test_app.py tests/cli/test_models.py

# Options to run notebooks. With MNISTEDU_DATA=. the solutions use the bundled digits, which takes less time.
NBVAL := -p no:randomly --nbval-lax --nbval-current-env --nbval-cell-timeout=600

.DEFAULT_GOAL := help
.PHONY: help lab test quick oldest faults fuzz soak frontends lint format docs pictures lessons clean

help:  ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

lab: $(VENV)/lab  ## Open the lessons in JupyterLab (for example with LAB_OPTIONS=--no-browser)
	$(BIN)/jupyter lab --notebook-dir=notebooks $(HIDDEN) $(AS_ROOT) $(LAB_OPTIONS)

test: $(VENV)/lab  ## Run all tests, without a network
	$(PYTEST) --doctest-modules --cov
	$(PYTEST) $(NBVAL) $(wildcard notebooks/*.ipynb)
	MNISTEDU_DATA=. $(PYTEST) $(NBVAL) notebooks/solutions

quick: $(VENV)/lab  ## Run the fast tests, before each commit
	$(PYTEST) $(QUICK)

oldest: $(VENV)/oldest/done  ## Run the fast tests and those of model files with the oldest dependencies
	$(VENV)/oldest/bin/pytest -n $(JOBS) --dist loadfile -W default $(QUICK) $(MODEL_FILES)

faults: $(VENV)/lab  ## Test kills, full disks and bad servers (FAULT_ROUNDS=20 of each)
	TQDM_DISABLE=1 $(BIN)/python -m tests.faults

fuzz: $(VENV)/lab  ## Test damaged files of every kind with atheris (FUZZ_SECONDS=60 each)
	@test -d $(VENV)/atheris || $(BIN)/python -m pip install --quiet --no-deps \
		--target $(VENV)/atheris atheris || echo "atheris cannot be installed here: using Hypothesis"
	PYTHONPATH=$(VENV)/atheris:$(PYTHONPATH) $(BIN)/python -m tests.fuzz

soak: $(VENV)/lab  ## Draw at random in Chromium, measure memory (SOAK_MINUTES=30), open 200 pages of the app
	$(BIN)/python -m tests.soak --minutes $(or $(SOAK_MINUTES),30)
	MNISTEDU_PAGES=200 $(BIN)/pytest tests/jupyter/test_app.py

frontends: $(VENV)/lab  ## Test the pad in Notebook 7, nbclassic, marimo and papermill (installs them)
	MNISTEDU_REQUIRE=chromium,front-ends $(BIN)/pytest -p no:randomly tests/browser/test_front_ends.py

lint: $(VENV)/dev  ## Check style, spelling, types, docstrings and dead code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/python -m numpydoc lint $$(find mnistedu -name '*.py')
	$(BIN)/vulture

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

$(VENV)/oldest/done: pyproject.toml constraints-oldest.txt | $(BIN)/python
	$(BIN)/python -m venv $(VENV)/oldest 2>/dev/null || { $(PYTHON) -m venv --without-pip $(VENV)/oldest \
		&& $(BIN)/python -m pip --python $(VENV)/oldest/bin/python install --quiet pip; }
	$(VENV)/oldest/bin/python -m pip install --quiet -c constraints-oldest.txt -e '.[lab,test]'
	@touch $@

$(VENV)/dev: $(VENV)/lab
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[docs,dev]'
	@touch $@
