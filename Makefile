# The commands of this project. Each sets up what it needs; `make` alone lists them.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup lint type unit acc test demo bench gen docs build lock clean

PYTHON ?=
WORKERS ?= 4
# More workers than cores: much of a test is waiting for a plan that takes its time.
TYPED := constructs plugin provider api_client domain simulator tools main.py
# The settings that `make setup` wrote, and the project's own programs first on the PATH.
RUN := set -a; . ./.env; set +a; PATH="$(CURDIR)/.venv/bin:$$PATH";

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

setup: ## install everything: Python packages, cdktf, the provider mirror, .env (silent when nothing is to be done)
	@PYTHON="$(PYTHON)" sh tools/setup.sh

lint: setup ## ruff
	$(RUN) ruff check .

type: setup ## mypy, strict
	$(RUN) mypy $(TYPED)

unit: setup ## all tests that need no Terraform
	$(RUN) pytest -n $(WORKERS) --dist worksteal -m "not acceptance"

acc: setup ## acceptance tests: real Terraform, real provider process, simulator
	$(RUN) pytest -n $(WORKERS) --dist worksteal -m acceptance

test: setup lint type unit acc ## everything that CI runs

demo: setup ## deploy main.py to a simulator, search, deploy again, destroy, and judge it by the simulator's records
	$(RUN) python -m tools.demo

bench: setup ## API calls, time and memory for 1 to 1,000 objects
	$(RUN) python -m tools.bench

gen: setup ## make client, L1 constructs and reference pages again from their sources
	$(RUN) python -m tools.generate_client
	$(RUN) python -m tools.generate_l1
	$(RUN) python -m tools.generate_docs

docs: setup ## make the reference pages again
	$(RUN) python -m tools.generate_docs

build: setup ## a wheel in dist/
	$(RUN) python -m pip wheel --quiet --no-deps --wheel-dir dist .

lock: setup ## resolve the dependencies again and lock them, without any registry's address
	$(RUN) python -m tools.lock_dependencies

clean: ## remove what builds and runs left; installed tools, .env and Terraform state stay
	rm -rf dist cdktf.out .gen htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -not -path './.venv/*' -not -path './.tools/*' -not -path './node_modules/*' \
	  -exec rm -rf {} +
