# Everything a newcomer needs: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
DEMO_DIR ?= var/demo
RUNTIME := $(VENV)/.runtime-$(shell cksum requirements.txt | cut -d' ' -f1)
DEV := $(VENV)/.dev-$(shell cksum requirements-dev.txt | cut -d' ' -f1)
# Commands that only look at the code need settings, but neither secrets nor a database of anybody's.
LOOK := DJANGO_SETTINGS_MODULE=tests.settings PYTHONPATH=.

.PHONY: help run chain test fuzz test-browser pictures lint format lock translations bench-rate bench-sync bench-fleet bench-webhooks bench-import bench-matching bench-growth clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

run: $(RUNTIME) ## the demo firm at http://localhost:8000 (PORT=…), until Ctrl-C
	@exec $(BIN)/python -m config.demo --port $(PORT) --folder "$(DEMO_DIR)"

chain: $(RUNTIME) ## the main job once on a fresh database; exit 0 only if every number is right
	@exec $(BIN)/python -m config.demo --once

test: $(DEV) ## every test, on SQLite, and on PostgreSQL where TEST_DATABASE_URL answers
	@$(BIN)/python -m tests.run

fuzz: $(DEV) ## 100,000 damaged bank files of each format (COUNT=…, SEED=… to repeat a run)
	@$(BIN)/python -m tests.fuzzing --count $(or $(COUNT),100000) $(if $(SEED),--seed $(SEED))

test-browser: $(DEV) ## the browser tests alone
	@$(BIN)/python -m tests.run --browser

pictures: $(DEV) ## the README's screenshots, from the demo that is running at PORT
	@$(BIN)/python -m tests.browser.pictures http://localhost:$(PORT)

lint: $(DEV) ## ruff, types, import contract, migrations, translations, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(LOOK) $(BIN)/lint-imports
	$(LOOK) $(BIN)/django-admin makemigrations --check --dry-run
	$(BIN)/python -m config.translations check
	$(BIN)/djlint templates --check --lint --quiet

format: $(DEV) ## bring code and templates into form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint templates --reformat --quiet || true

translations: $(DEV) ## collect new texts into locale/de
	$(BIN)/python -m config.translations collect

bench-rate: $(RUNTIME) ## one process, then four at once, on one organization for 60 s: share of the rate limit used
	@$(LOOK) $(BIN)/django-admin bench_rate

bench-sync: $(RUNTIME) ## first and idle fetches of 100, 1,000 and 5,000 vouchers, and of 100 at real time
	@$(LOOK) $(BIN)/django-admin bench_sync

bench-fleet: $(RUNTIME) ## 400 connections with two fetching workers; a morning of 10,000 by simulation
	@$(LOOK) $(BIN)/django-admin bench_fleet

bench-webhooks: $(RUNTIME) ## seconds from a payment to its match, and how quickly deliveries are answered
	@$(LOOK) $(BIN)/django-admin bench_webhooks

bench-import: $(RUNTIME) ## bank files of 100,000 entries: read, compared with a bare parse, stored (PostgreSQL: TEST_DATABASE_URL)
	@$(LOOK) $(BIN)/django-admin bench_import

bench-matching: $(RUNTIME) ## how often the engine is right, beside published rules of other systems (SET=dev-small, ONLY=lexware)
	@$(LOOK) $(BIN)/django-admin bench_matching $(if $(SET),--set $(SET)) $(if $(ONLY),--only $(ONLY)) $(if $(PLOT),--plot $(PLOT))

bench-growth: $(RUNTIME) ## how time and memory grow with the rows of one client, beside the baselines (SIZES="1000 10000")
	@$(LOOK) $(BIN)/django-admin bench_growth $(SIZES)

lock: $(DEV) ## bring the lock files up to date with pyproject.toml
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --quiet -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --universal --upgrade --extra dev --generate-hashes -c requirements.txt \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet -o requirements-dev.txt

clean: ## remove the environment and the data of the demo
	rm -rf $(VENV) var

$(VENV)/bin/pip:
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing: install Python 3.11 or newer (on Debian: apt install python3 python3-venv)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Kontor needs Python 3.11 or newer, this is $$($(PYTHON) --version). Name another one: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing (on Debian: apt install python3-venv)." >&2; exit 1; }
	@mkdir -p $(VENV) 2>/dev/null && touch $(VENV)/.probe 2>/dev/null || { echo "The folder $(CURDIR) cannot be written: clone Kontor into a folder of your own." >&2; exit 1; }
	@echo "Making the environment …"
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): $(VENV)/bin/pip requirements.txt
	@echo "Installing what Kontor needs …"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements.txt
	@rm -f $(VENV)/.runtime-* && touch $@

$(DEV): $(VENV)/bin/pip requirements-dev.txt
	@echo "Installing what the tests need …"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m config.translations compile
	@rm -f $(VENV)/.dev-* $(VENV)/.runtime-* && touch $@ $(RUNTIME)
