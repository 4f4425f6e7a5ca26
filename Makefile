# `make help` lists the targets. Python 3.11, make and git are all a fresh machine needs.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# The lock names every package there is to install. Asked to find out for itself what depends on what, an older
# pip takes the newest `coverage[toml]` although `coverage` is pinned, and then misses its hash.
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --require-hashes --no-deps
ROOMS := cli config events nlp store crawlers consumers reports

.DEFAULT_GOAL := help
.PHONY: help setup demo test faults check lint types contracts lock lock-current migration bench kafka clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | sort | expand -t 16

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "make: Python 3.11 is needed; install it or pass PYTHON=path" >&2; exit 2; }
	$(PYTHON) -m venv .venv

# The stamps name what is installed: the main packages for running, the development ones for testing.
.venv/main.stamp: requirements.txt | $(BIN)/python
	@echo "installing the packages of $<, about a minute"
	@$(INSTALL) -r $<
	@$(PIP) --quiet check
	@touch $@

.venv/dev.stamp: requirements-dev.txt | $(BIN)/python
	@echo "installing the packages of $<, about a minute"
	@$(INSTALL) -r $<
	@$(PIP) --quiet check
	@touch $@ .venv/main.stamp

setup: .venv/main.stamp ## Create the virtual environment with hash-pinned packages

demo: setup ## Set up and run the whole job on this machine
	./qingdan demo

# Much of the suite waits for brokers, boards and processes, so that three workers keep two processors busy;
# a part of it is quicker without. Of the many processes that tests start none should compile our modules anew.
WORKERS ?= $(if $(T),0,3)
test faults: export PYTHONDONTWRITEBYTECODE =

test: .venv/dev.stamp ## Set up and run the whole test suite, or a part: make test T=tests/store
	$(BIN)/python -m pytest --numprocesses=$(WORKERS) --dist=worksteal $(T)

faults: .venv/dev.stamp ## Run the long form of the fault suite (docs/guarantees.md), about a quarter of an hour
	QINGDAN_REQUIRE_SERVICES=1 $(BIN)/python -m pytest -m faults $(T)

check: lint types contracts lock-current ## Linters, types, import contracts, lock

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev.stamp
	$(BIN)/mypy $(ROOMS) tests benchmarks

contracts: .venv/dev.stamp
	$(BIN)/lint-imports

# A week of cool-down keeps packages out that were published moments ago.
LOCK := $(BIN)/uv pip compile --quiet --system-certs --universal --generate-hashes --python-version 3.11 --no-header

lock: .venv/dev.stamp ## Compile the requirements files anew
	$(LOCK) --exclude-newer '1 week' --output-file requirements.txt requirements.in
	$(LOCK) --exclude-newer '1 week' --output-file requirements-dev.txt requirements-dev.in

lock-current: .venv/dev.stamp ## Do the lock files still satisfy what requirements*.in ask for?
	$(BIN)/python -m tests.lock

migration: .venv/dev.stamp ## Draft the migration that brings the tables to the models: make migration m="what changes"
	$(BIN)/python -m store.migrations.new "$(m)"

# Real ads, as *.jsonl.gz; they are no part of the project.
ADS ?= ../shared/ads

bench: .venv/dev.stamp ## Run the benchmarks (docs/performance.md): make bench ADS=folder
	$(BIN)/python -m benchmarks.log
	$(BIN)/python -m benchmarks.catalogue
	$(BIN)/python -m benchmarks.reading $(ADS)/*.jsonl.gz
	$(BIN)/python -m benchmarks.pipeline $(ADS)
	$(BIN)/python -m benchmarks.postgres $(ADS)
	$(BIN)/python -m benchmarks.crawling
	$(BIN)/python -m benchmarks.checking $(ADS)/*.jsonl.gz
	$(BIN)/python -m benchmarks.console
	$(BIN)/python -m benchmarks.reports
	$(BIN)/python -m benchmarks.alerts
	$(BIN)/python -m benchmarks.dataset --ads 2000000 --clues 100000
	$(BIN)/python -m benchmarks.kafka $(ADS)
	$(BIN)/python -m benchmarks.scaling --kafka $(ADS)

kafka: .venv/dev.stamp ## Run one Kafka broker in the foreground, and print the QINGDAN_EVENTS_URL for it
	@$(BIN)/python -m tests.kafka.broker

clean: ## Remove the virtual environment and all local state
	rm -rf .venv var
