# `make lab` opens the book, `make test` proves it, `make bench` measures what the README claims,
# `make html` and `make slides` make what can be read and shown without a kernel.

PYTHON3 ?= python3
VENV    := .venv
PYTHON  := $(VENV)/bin/python
FIRST   := $(firstword $(sort $(wildcard notebooks/*.ipynb)))
# Jupyter asks root (in a container, say) to be explicit.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: lab test lint notebooks html slides bench clean

lab: $(VENV)/book  ## JupyterLab on the start page, at localhost and with its token; the address to open is printed
	$(PYTHON) -m jupyterlab --ip=127.0.0.1 --LabApp.default_url=/lab/tree/$(FIRST) $(AS_ROOT)

test: $(VENV)/tests lint  ## everything: units, every cell of every chapter, the labs in a browser
	$(PYTHON) -m pytest

lint: $(VENV)/tests
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

notebooks: $(VENV)/tests  ## run every chapter and save it with its outputs, fit to commit
	$(PYTHON) tools/notebooks.py

html slides: $(VENV)/tests  ## site/index.html, all chapters to read; site/slides/, a deck a chapter: from the saved notebooks, nothing is run
	$(PYTHON) tools/publish.py $@

bench: $(VENV)/tests  ## the figures of the README's "Measured"; each file ends in one JSON line
	for file in benchmarks/*.py; do echo "$$file"; $(PYTHON) $$file || exit 1; done

clean:
	rm -rf $(VENV) test-results site

# The files book and tests mark what is installed; both are made anew when pyproject.toml changes.
# ipykernel 6 lies beside the one in use: the labs are tested on both.
$(VENV)/book: pyproject.toml
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "rnnlab needs Python 3.11 or newer; $(PYTHON3) is $$($(PYTHON3) --version). Try: make PYTHON3=python3.12 lab"; exit 1; }
	test -x $(PYTHON) || $(PYTHON3) -m venv $(VENV)
	$(PYTHON) -m pip install --disable-pip-version-check -e .
	touch $@

$(VENV)/tests: $(VENV)/book
	$(PYTHON) -m pip install --disable-pip-version-check -e '.[test]'
	$(PYTHON) -m pip install --disable-pip-version-check --no-deps --upgrade --target $(VENV)/ipykernel6 'ipykernel<7' nest-asyncio
	touch $@
