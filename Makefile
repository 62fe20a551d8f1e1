# Everything a person does here, each by one word.  Python 3.11 is all that a machine needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TESTS ?= tests

.DEFAULT_GOAL := help
.PHONY: help run test pairs check format bench browser faults words pins clean

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 12

$(VENV)/run: requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev: $(VENV)/run requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

run: $(VENV)/run ## the bot when .env has Slack's tokens, else the playground: a Slack on this machine
	@if grep -qsE '^ *SLACK_BOT_TOKEN *= *[^ ]' .env || [ -n "$$SLACK_BOT_TOKEN" ]; then \
		$(BIN)/leadbot run; \
	else \
		echo "No Slack tokens in .env: starting the playground."; $(BIN)/leadbot playground; \
	fi

test: $(VENV)/dev ## every test, on SQLite and PostgreSQL
	$(BIN)/python -m pytest -n 3 -m "not long and not browser" $(TESTS)

pairs: $(VENV)/dev ## the stories over HTTP and Socket Mode, each on SQLite and PostgreSQL
	$(BIN)/python -m pytest -n 2 --every-pair -k "postgresql and socket or sqlite and http" tests/stories

faults: $(VENV)/dev ## the long campaigns: load, outages, kills, broken sockets, forged requests (some hours)
	$(BIN)/python -m pytest -m long -rA --every-pair tests/faults

browser: $(VENV)/dev ## the playground in a real Chromium
	$(BIN)/python -m pytest -m browser tests/browser

check: $(VENV)/dev ## style, types, floors, German sentences
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/slack/test_words.py

format: $(VENV)/dev ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev ## every speed target beside what this machine reaches
	$(BIN)/python -m tests.benchmarks
	-$(BIN)/python -m tests.benchmarks.bench_lists
	$(BIN)/python -m tests.benchmarks.bench_timeline
	$(BIN)/python -m tests.benchmarks.bench_import
	$(BIN)/python -m tests.benchmarks.bench_conversion

words: $(VENV)/dev ## bring the sentences of the code into the German catalogue; the new ones wait for their translation
	$(BIN)/python -m tests.words

pins: $(VENV)/dev ## pin every dependency with its hashes, from the ranges in pyproject.toml
	$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-annotate --python-version 3.11 --universal \
		--extra build -o requirements.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-annotate --python-version 3.11 --universal \
		--extra build --extra dev -o requirements-dev.txt pyproject.toml

clean: ## forget what was installed and built; data/ stays
	rm -rf $(VENV) *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
