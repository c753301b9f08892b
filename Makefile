# make run: the demo office at http://localhost:8000, from a fresh clone. Needs Python 3.11 or newer, Node 20.19 or newer.

VENV := .venv
BIN := $(VENV)/bin
HERE := PATH="$(CURDIR)/$(BIN):$$PATH"
WEB_SOURCES := review/schema.json $(shell find web -type f -not -path "web/node_modules/*" -not -path "web/dist/*" 2>/dev/null)
WORKERS ?= 2
DEMO := PARAPH_OFFICE="Krajský úřad Podlesního kraje" PARAPH_OFFICE_CODE="IČO:70999001"
SOAK ?= 1
PYTEST ?= -n $(WORKERS) --dist loadfile --max-worker-restart=1

.PHONY: setup run test screens bench soak lint format reference lock requirements clean

setup: $(VENV)/installed web/dist/index.html

run: setup
	@$(DEMO) $(BIN)/paraph demo --if-empty
	@$(DEMO) exec $(BIN)/paraph serve

test: setup requirements
	npm --prefix web test
	$(HERE) pytest $(PYTEST)

# Pictures of the screens, taken in the demonstration office.
screens: setup requirements
	$(HERE) PARAPH_SCREENS=1 pytest tests/journeys/test_screens.py

bench: setup requirements
	$(HERE) python -m tests.bench

# The long form of the tests of reliability, with its figures; SOAK=0.2 is a fifth of it.
soak: setup requirements
	$(HERE) PARAPH_SOAK=$(SOAK) pytest -s --timeout=0 -o faulthandler_timeout=0 tests/reliability

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm --prefix web run check

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Reference pages that follow from the code.
reference: setup
	$(BIN)/python -m tools.reference

# The lock file names what is installed and its hashes, not where it comes from.
lock: setup
	$$(tools/uv.sh $(VENV)) pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url -q -o requirements.lock

requirements:
	@tools/test-requirements.sh

$(VENV)/installed: pyproject.toml requirements.lock tools/setup-python.sh tools/uv.sh
	tools/setup-python.sh $(VENV)
	@touch $@

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	npm --prefix web run build
	@touch $@

clean:
	rm -rf $(VENV) web/node_modules web/dist tests/target
