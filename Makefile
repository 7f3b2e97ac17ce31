# `make demo` and `make test` work on a fresh machine that has Python 3.11 or later and make.

PYTHON ?= $(shell command -v python3 || command -v python)
WORKERS ?= auto
# Another environment, and what its pip is brought to first: `make pips` says so.
VENV := .venv
PIP :=
BIN := $(VENV)/bin
READY := $(VENV)/ready
PACKAGE := build/package

export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_NO_INPUT = 1
export PYTHONUTF8 = 1
# What pytest makes of the tests is kept, whatever the machine says: 5 s of CPU each time, a worker.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help setup demo test soak mutate bench year format lint types contracts catalogue catalogue-check docs requirements package pips pip-oldest pip-newest try check clean

help:            ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 26

setup: $(READY)  ## an environment in .venv with pinned versions; again only when they change

$(READY): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "tourcrm needs Python 3.11 or later: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(if $(PIP),$(BIN)/python -m pip install --quiet $(PIP))
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: setup      ## the sample agency: what is imported, who deserves what, whom to call
	@$(BIN)/tourcrm demo

test: setup      ## all tests but the long ones
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

soak: setup      ## the long forms: kills, power cuts, faults, concurrency
	EXAMPLES=many $(BIN)/python -m pytest -q -n $(WORKERS) -m 'soak or many'

mutate: setup    ## a hundred small mistakes in the code: does a test notice each?
	nice $(BIN)/python -m scripts.mutate

bench: setup     ## measure import, segments, follow-ups and start against their goals
	$(BIN)/python benchmarks/run.py

year: setup      ## live through a year of an agency, checking every day what the list promises
	$(BIN)/python benchmarks/year.py

format: setup    ## put the code in its usual shape
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

lint: setup      ## style and likely mistakes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup     ## mypy --strict
	$(BIN)/mypy src tests scripts benchmarks

contracts: setup ## which module may import which
	$(BIN)/lint-imports

catalogue: setup ## collect the texts to translate, and compile the translations
	$(BIN)/python scripts/catalogue.py extract
	$(BIN)/python scripts/catalogue.py compile

catalogue-check: setup
	$(BIN)/python scripts/catalogue.py check

docs: setup      ## write the pages that are generated: commands, headers, settings, schema, screens
	$(BIN)/python scripts/reference.py
	$(BIN)/python scripts/headers.py
	$(BIN)/python scripts/settings.py
	$(BIN)/python scripts/schema.py
	$(BIN)/python scripts/screens.py

requirements: setup  ## pin the newest versions that pyproject.toml allows (needs uv)
	uv pip compile pyproject.toml --upgrade --universal --generate-hashes --no-header --no-emit-index-url --quiet --output-file requirements/runtime.txt
	uv pip compile pyproject.toml --extra notify --upgrade --universal --generate-hashes --no-header --no-emit-index-url --quiet --constraint requirements/runtime.txt --output-file requirements/notify.txt
	uv pip compile pyproject.toml --extra secure --upgrade --universal --generate-hashes --no-header --no-emit-index-url --quiet --constraint requirements/notify.txt --output-file requirements/secure.txt
	uv pip compile pyproject.toml --extra dev --extra notify --extra secure --upgrade --universal --generate-hashes --no-header --no-emit-index-url --quiet --constraint requirements/notify.txt --constraint requirements/secure.txt --output-file requirements/dev.txt

# What a new environment must do: its packages fit one another, and the program starts there as cron
# starts it, away from the sources.
define try
	@echo "$(1): pip $$($(1)/bin/python -m pip --version | cut -d ' ' -f 2)"
	$(1)/bin/python -m pip check
	mkdir -p $(1)/home
	cd $(1) && for words in --version --help demo; do \
		env -i PATH=/usr/bin:/bin HOME="$$PWD/home" bin/tourcrm $$words > output.txt || exit 1; \
		tail -n 3 output.txt; \
	done
endef

package: setup   ## build the wheel, install it in a new environment, start it there
	rm -rf $(PACKAGE)
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir $(PACKAGE) .
	$(PYTHON) -m venv $(PACKAGE)/venv
	$(PACKAGE)/venv/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements/runtime.txt
	$(PACKAGE)/venv/bin/python -m pip install --quiet --no-deps $(PACKAGE)/*.whl
	$(call try,$(PACKAGE)/venv)

pips:            ## set up with the oldest pip that is supported and with the newest; start the program
	$(MAKE) -j 2 pip-oldest pip-newest

# Nothing is taken from a cache, which could hide what is no longer to be had. (COMPILE: it only takes time.)
pip-oldest pip-newest: export PIP_NO_CACHE_DIR = 1
pip-oldest pip-newest: export PIP_COMPILE = 0

pip-oldest:
	rm -rf build/pips/oldest
	$(MAKE) try VENV=build/pips/oldest PIP='--no-deps --require-hashes -r requirements/pip-oldest.txt'

pip-newest:
	rm -rf build/pips/newest
	$(MAKE) try VENV=build/pips/newest PIP='--upgrade pip'

try: setup
	$(call try,$(VENV))

check: lint types contracts catalogue-check test package pips  ## all that CI checks

clean:           ## remove what was made
	rm -rf .venv build .mypy_cache .ruff_cache .hypothesis .import_linter_cache
