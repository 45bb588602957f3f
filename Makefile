# Everything that people and CI do with this project, one target each. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/.venv/bin:$(PATH)
STATIC := src/picturerail/gallery/static
DIST ?= dist
# what does not wait for another is made beside it: much of it waits for a network
MAKEFLAGS += --jobs=4

.PHONY: help setup run dist test quick lint bench faults conformance docs site locks clean siege audit packages

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: .venv/.run $(STATIC)/.built ## install everything that the program needs into .venv

run: setup ## serve the gallery at http://127.0.0.1:8000 (ARGS="--port 8123 --data DIR")
	@exec $(BIN)/picturerail serve $(ARGS)

dist: setup ## build a wheel that needs neither git, make nor Node (into DIST=dist)
	@rm -rf build
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir $(DIST) .
	@rm -rf build
	@ls $(DIST)/picturerail-*.whl

test: setup .venv/.test packages ## install what the tests need and run all checks and tests
	@bash tests/run.sh $(ARGS)

quick: setup .venv/.test ## what can be checked in a minute: lint, and the tests that need no mongod, Chromium or nginx
	@bash tests/quick.sh $(ARGS)

lint: setup .venv/.test ## ruff, mypy and import-linter only
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	cd frontend && npx --no-install tsc --noEmit

bench: setup .venv/.test ## measure, and write docs/benchmarks (ARGS="--photos DIR")
	$(BIN)/python -m bench $(ARGS)

faults: setup .venv/.test ## kill -9 every part while 200 uploads run, and every part of a cluster under load
	$(BIN)/python -m bench faults $(ARGS)
	$(BIN)/python -m pytest -m slow -s tests/cluster tests/edge tests/faults

siege: setup .venv/.test ## hostile visitors on this machine's own addresses, and docs/siege.md (ARGS="--count SECONDS")
	$(BIN)/python -m bench siege siege-edge siege-tls $(ARGS)

audit: setup ## write a bill of materials to build/sbom.cdx.json, and compare the locks with known advisories
	$(BIN)/python -m bench.audit

conformance: setup .venv/.test ## run the test suite of Cloudinary's Python SDK against the service (ARGS=--verbose)
	$(BIN)/python -m conformance $(ARGS)

docs: setup ## write the generated reference pages
	$(BIN)/python -m picturerail.reference
	$(BIN)/python -m picturerail.transform.reference

site: setup ## build the documentation as a site into build/site, which asks no other host for anything
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/site.txt
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

locks: ## resolve the dependency locks anew
	bash requirements/lock.sh

clean: ## remove what setup made
	rm -rf .venv frontend/node_modules tests/sdk/node/node_modules tests/gallery/oidc/node/node_modules $(STATIC)

# An environment that is half made, was moved, or has lost its Python is made again.
ifneq ($(shell .venv/bin/python -c 'import pip' 2>/dev/null && grep -qF '$(CURDIR)/.venv/' .venv/bin/pip && echo whole),whole)
.PHONY: .venv/bin/python
endif

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Picturerail needs Python 3.11 or newer; set PYTHON=...") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python cannot make environments here: on Debian and Ubuntu, 'apt-get install python3-venv' brings what it needs; then run make again." >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv

PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.venv/.run: .venv/bin/python requirements/run.txt pyproject.toml
	$(PIP) --no-warn-conflicts --require-hashes -r requirements/run.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# What the tests' lock has beyond the program's is installed beside it; in the end pip looks whether all fit together.
.venv/.tools: .venv/.node requirements/run.txt requirements/test.txt
	@awk 'FNR == NR { known[$$1]; next } /^[^ ]/ { wanted = !($$1 in known) } wanted' requirements/run.txt requirements/test.txt >.venv/tools.txt
	$(PIP) --no-compile --no-deps --require-hashes -r .venv/tools.txt
	@touch $@

.venv/.test: .venv/.run .venv/.tools tests/sdk/node/node_modules/.installed-lock tests/gallery/oidc/node/node_modules/.installed-lock
	$(BIN)/pip check >.venv/check.log || { cat .venv/check.log; exit 1; }
	@touch $@

packages: ## install what the tests need of Debian (as root)
	@bash tests/packages.sh

# A machine without Node gets it into .venv.
.venv/.node: .venv/bin/python requirements/node.txt frontend/node.sh
	bash frontend/node.sh
	@touch $@

%/node_modules/.installed-lock: %/package-lock.json .venv/.node
	cd $* && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@cp $< $@

$(STATIC)/.built: .venv/.run frontend/node_modules/.installed-lock $(wildcard src/picturerail/gallery/api/*schemas.py) $(shell find frontend -name node_modules -prune -o -type f -print)
	bash frontend/build.sh
	@touch $@
