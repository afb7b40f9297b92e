# Everything runs in .venv, which is made from requirements.lock on first use.
# A fresh machine needs Python 3.11 or newer (with venv) and make.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready
MUTATION := .venv/.mutation
JOBS ?= auto

# The newest Python beside the one that .venv has: on the PATH, or among pyenv's.
OTHER ?= $(shell for p in python3.14 python3.13 \
	$$(ls -d "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.*/bin/python 2>/dev/null | sort -rV) \
	python3.12; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$p && break; done)

.PHONY: demo test test-newest lint format docs kill-table reach mutants bench lock clean help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' Makefile

demo: $(READY) ## send the specification's messages through the forwarder to the fake, and show what happened
	@$(BIN)/mock-autopilot demo

test: $(READY) ## run all tests (JOBS=n sets the number of processes)
	@$(BIN)/pytest -n $(JOBS)

test-newest: ## run the API, Python and forwarder tests on the newest Python there is (OTHER=python3.13)
	@test -n "$(OTHER)" || { echo "no Python newer than 3.11 was found (or: make test-newest OTHER=/path/to/python)" >&2; exit 1; }
	@$(OTHER) -m venv --clear .venv-newest
	@.venv-newest/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@.venv-newest/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@.venv-newest/bin/pytest -n $(JOBS) tests/api tests/adapter tests/send

lint: $(READY) ## ruff (rules and format) and mypy (strict)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(READY) ## put the code into its format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(READY) ## renew docs/reference.md, clauses.md, notes.md and options.md from the code's tables
	@$(BIN)/python docs/make_reference.py

kill-table: $(READY) ## show over 20 seeds that every clause can fail (slow); renews docs/kill_table.md
	@$(BIN)/python -m tests.contract.make_kill_table

reach: $(READY) ## count what the messages of a contract run have in them; renews docs/reach.md
	@$(BIN)/python -m tests.contract.make_reach_table

mutants: $(READY) $(MUTATION) ## show what the tests notice of small changes to the rules (slow); renews docs/mutants.md
	@$(BIN)/python -m tests.mutation.make_mutants

bench: $(READY) ## measure the server (cold start, calls a second), an intercepted call, and Engage (a month)
	@$(BIN)/python bench/serve.py
	@$(BIN)/python bench/intercept.py
	@$(BIN)/python bench/engage.py

lock: $(READY) ## renew the requirements*.lock from pyproject.toml
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock' --python-version 3.11 \
		--group dev pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command 'make lock' --python-version 3.11 \
		--group mutation --constraints requirements.lock -o requirements-mutation.lock

clean: ## remove the environment and everything that was built
	rm -rf .venv .venv-newest mutants dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "mock-autopilot needs Python 3.11 or newer on the PATH (or: make PYTHON=/path/to/python3)" >&2; exit 1; }
	@echo "Setting up .venv (once) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

$(MUTATION): requirements-mutation.lock $(READY)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-mutation.lock
	@touch $(MUTATION)
