# `make lab` opens the book, `make test` proves it, `make quick` proves a part of it in under a minute,
# `make bench` measures what the README claims, `make floors` proves it on the lowest versions that pyproject.toml admits,
# `make html` and `make slides` make pages and slides that need no kernel.

PYTHON3 ?= python3
VENV    := .venv
PYTHON  := $(VENV)/bin/python
FIRST   := $(firstword $(sort $(wildcard notebooks/*.ipynb)))
# Jupyter asks root (in a container, for example) to be explicit.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
INSTALL := $(PYTHON) -m pip install --disable-pip-version-check
# The labs are tested on these versions of ipykernel, too: each is in a folder of its own beside the one in use.
KERNELS := 6.17.1 6.31.0 7.0.1 7.1.0

.PHONY: lab git test quick lint floors notebooks html slides bench clean

lab: $(VENV)/book git  ## JupyterLab on the start page, at localhost and with its token; the address to open is printed
	$(PYTHON) -m jupyterlab --ip=127.0.0.1 --LabApp.default_url=/lab/tree/$(FIRST) $(AS_ROOT)

# .gitattributes names the drivers, this says what they are: in this clone only, and by path, since git runs outside the
# venv. A download without .git has nothing to set up; a folder above it may be somebody else's repository.
git:
	@test ! -e .git || { \
	  git config diff.jupyternotebook.command '"$(abspath $(VENV))/bin/git-nbdiffdriver" diff' && \
	  git config merge.jupyternotebook.driver '"$(abspath $(VENV))/bin/git-nbmergedriver" merge %O %A %B %L %P'; \
	} || echo "git shows notebooks as plain text"

test: $(VENV)/tests lint  ## everything: units, every cell of every chapter, the labs in a browser
	$(PYTHON) -m pytest

# One thread per process: the labs train on one, and two processes that take two cores each are slower than one.
quick: export OMP_NUM_THREADS = 1
quick: $(VENV)/tests  ## the units, without what is marked slow, chapters and browser: under a minute on two cores
	$(PYTHON) -m pytest tests --ignore=tests/browser -m "not slow" -n logical --maxprocesses=4

lint: $(VENV)/tests
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(VENV)/bin/typos
	$(VENV)/bin/lint-imports
	$(VENV)/bin/pyrefly check --python-interpreter-path $(PYTHON)
	$(PYTHON) -m check_jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(VENV)/bin/zizmor --quiet --offline .github

floors: export PIP_CONSTRAINT = $(CURDIR)/.venv-floors/constraints.txt
floors:  ## units, chapters and labs once more, in .venv-floors, with the lowest version of everything (about 6 GB)
	mkdir -p .venv-floors
	$(PYTHON3) tools/floors.py > .venv-floors/constraints.txt
	$(MAKE) VENV=.venv-floors .venv-floors/tests
	.venv-floors/bin/python -m pytest

notebooks: $(VENV)/tests  ## run every chapter and save it with its outputs, fit to commit
	$(PYTHON) tools/notebooks.py

html slides: $(VENV)/tests  ## site/index.html, all chapters to read; site/slides/, one deck per chapter: from the saved notebooks, nothing is run
	$(PYTHON) tools/publish.py $@

bench: $(VENV)/tests  ## the figures of the README's "Measured"; each file ends in one JSON line
	for file in benchmarks/*.py; do echo "$$file"; $(PYTHON) $$file || exit 1; done

clean:
	rm -rf $(VENV) .venv-floors test-results site
	@test ! -e .git || git config --remove-section diff.jupyternotebook || true
	@test ! -e .git || git config --remove-section merge.jupyternotebook || true

# The files book and tests mark what is installed; both are made anew when pyproject.toml changes.
# nbdime is there for git: its part for JupyterLab stays off, so that a reader sees what the book's tests see.
$(VENV)/book: pyproject.toml
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "rnnlab needs Python 3.11 or newer; $(PYTHON3) is $$($(PYTHON3) --version). Try: make PYTHON3=python3.12 lab"; exit 1; }
	test -x $(PYTHON) || $(PYTHON3) -m venv $(VENV)
	$(INSTALL) -e '.[git]'
	$(PYTHON) -m jupyter labextension disable --level=sys_prefix nbdime-jupyterlab
	$(PYTHON) -m jupyter server extension disable --sys-prefix nbdime
	touch $@

$(VENV)/tests: $(VENV)/book
	$(INSTALL) -e '.[test]'
	for version in $(KERNELS); do \
	  PIP_CONSTRAINT= $(INSTALL) --no-deps --upgrade --target $(VENV)/kernels/$$version ipykernel==$$version nest-asyncio || exit 1; \
	done
	touch $@
