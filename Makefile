# What the project owes its users. `make help` lists it.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && exit; done; echo python3)
VENV_PYTHON := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test test-faults test-attacks lint format lock bench up down

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: ## a fresh machine → the running system with demo data (embedded profile)
	@$(PYTHON) config/bootstrap.py run

test: ## the suite: SQLite with a real browser, then PostgreSQL + RabbitMQ + Redis
	@$(PYTHON) config/bootstrap.py test

test-faults: ## kills servers and workers of its own, clause by clause (then: python -m tests.faults.report)
	@$(PYTHON) config/bootstrap.py test faults

test-attacks: ## long walks of hostile input over every page, callback and socket
	@$(PYTHON) config/bootstrap.py test attacks

lint: ## ruff, mypy, import floors, templates, migrations, API schema
	@$(PYTHON) config/bootstrap.py dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy config customers messaging tickets wechat monitoring
	@PYTHONPATH=. .venv/bin/lint-imports
	@.venv/bin/djlint templates --lint --quiet
	@$(VENV_PYTHON) manage.py makemigrations --check --dry-run
	@$(VENV_PYTHON) manage.py spectacular --validate --fail-on-warn --file /dev/null

format: ## let ruff rewrite what it can
	@$(PYTHON) config/bootstrap.py dev
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

lock: ## requirements*.in → requirements*.txt with hashes
	@$(PYTHON) config/bootstrap.py dev
	@for f in requirements requirements-dev; do .venv/bin/uv pip compile --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --quiet --custom-compile-command "make lock" -o $$f.txt $$f.in; done

bench: ## this system and its peers on one sink → docs/benchmarks.md (ARGS="batch --quick")
	@$(PYTHON) config/bootstrap.py dev
	@$(VENV_PYTHON) -m bench $(ARGS)

up: ## docker compose: the services profile
	docker compose up --build --detach --wait

down: ## stop what `make up` started
	docker compose down
