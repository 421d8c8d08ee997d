# What there is to do with a clone. Every target says what it does and may be run again at any time.
.DEFAULT_GOAL := help
.PHONY: help install run test test-server lint bench soak messages assets lock

BIN := .venv/bin
# One more than the processors of a small machine: tests wait for browsers, servers and each other.
WORKERS ?= 3

help:
	@echo "make run          set up, then serve a simulated company on http://localhost:8000"
	@echo "make install      set up only; leaves .venv/bin/etappe"
	@echo "make test         everything tested here: unit, database, browser; says what it had to leave out"
	@echo "make test-server  the same on the oldest PostgreSQL from 15 on that this machine has"
	@echo "make lint         style, types, imports, rules of the house, translations"
	@echo "make bench        measure what we claim and compare; BENCH=full also at the greatest sizes"
	@echo "make soak         the long proofs in full: many kills, many runs"
	@echo "make messages     compile the translations"
	@echo "make lock         write the lock files anew from pyproject.toml"

install:
	@.ci/setup python requirements.lock
	@$(MAKE) --no-print-directory assets messages

assets:
	@echo "== Assets: scripts and styles"
	@$(BIN)/python assets/build.py

messages:
	@echo "== Translations"
	@$(BIN)/python -m etappe.config.catalogues

run: install
	@echo "== etappe serve --demo"
	@exec $(BIN)/etappe serve --demo

.venv/.installed-requirements-dev.lock: requirements-dev.lock .ci/setup
	@.ci/setup python requirements-dev.lock

test: .venv/.installed-requirements-dev.lock assets messages
	@.ci/setup tests
	@.ci/tests $(WORKERS)

test-server: .venv/.installed-requirements-dev.lock assets messages
	@.ci/setup tests
	@.ci/tests $(WORKERS) server

lint: .venv/.installed-requirements-dev.lock messages
	@echo "== ruff"; $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "== mypy"; ETAPPE_SECRET_KEY=$$(printf 'lint%.0s' 1 2 3 4 5 6 7 8 9 0) $(BIN)/mypy
	@echo "== imports"; $(BIN)/lint-imports
	@echo "== rules of the house"; $(BIN)/pytest -q tests/test_architecture.py tests/config/test_catalogues.py

bench: .venv/.installed-requirements-dev.lock assets messages
	@for script in bench/bench_*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

soak: .venv/.installed-requirements-dev.lock assets messages
	@.ci/setup tests
	ETAPPE_TEST_SOAK=1 $(BIN)/pytest -m slow

lock: .venv/.installed-requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml --group build --generate-hashes --universal --python-version 3.11 \
		--no-header --no-annotate -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group build --group dev -c requirements.lock --generate-hashes --universal \
		--python-version 3.11 --no-header --no-annotate -q -o requirements-dev.lock
