# Every target is a line or two of what it really does. `make` alone lists them.
PYTHON ?= python3
BIN := .venv/bin
CDK := node_modules/.bin/cdk --no-notices
STAGE ?= dev
STACKS ?= --all
export CDK_DISABLE_CLI_TELEMETRY := 1
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1
# Debian's Node: its end of life is known
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 18,20

.DEFAULT_GOAL := help
.PHONY: help setup up down status logs demo test synth check lint test-unit format prove fuzz bench bench-auth bench-ledger bench-database bench-growth bench-peers create-admin sam deploy

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install everything that is missing (a second time: nothing)
	@$(PYTHON) -m local setup

up: setup ## start the whole system on this machine and wait until it works
	@$(BIN)/python -m local up

down: ## stop exactly what was started, also after a crash
	@$(BIN)/python -m local down

status: ## what runs, on which ports, with how much memory
	@$(BIN)/python -m local status

logs: ## follow the logs; NAMES="gateway kafka" for some
	@$(BIN)/python -m local logs $(NAMES)

demo: up ## play the story of two people and their money against the running system
	@$(BIN)/python -m local.demo

test: setup lint ## every check and every test, in two processes with a system each; ARGS goes to pytest instead
	@$(BIN)/pytest $(or $(ARGS),-n 2 --dist loadfile --no-loadscope-reorder)

synth: setup ## write the templates of all stages to cdk.out (no AWS account, no network)
	@for stage in dev staging prod; do echo "Synthesizing $$stage"; \
	$(CDK) synth --quiet --context stage=$$stage --output cdk.out/$$stage || exit 1; done

check: setup lint ## format, lint, types, import rules, security, architecture
	@$(BIN)/pytest -q tests/architecture

lint:
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports
	@$(BIN)/bandit -q -ll -ii -r layers functions cdk local  # ruff's S rules look at the rest

test-unit: setup ## the tests that open no socket
	@$(BIN)/pytest -q tests/unit $(ARGS)

format: setup ## format the code and fix what can be fixed
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

prove: setup ## MINUTES=20 ONLY=sequences,races,kills,mutations: long proofs of the ledger; counts on from the last run
	@MINUTES=$(MINUTES) ONLY=$(ONLY) $(BIN)/python -m tests.prove

fuzz: setup ## MINUTES=10 FUZZ_SEED=1: schemathesis against a system of its own; `make test` does it for one minute
	@FUZZ_SECONDS=$$(( $(or $(MINUTES),10) * 60 )) FUZZ_PHASES=coverage,fuzzing $(BIN)/pytest -q -rP tests/fuzz

bench: up ## measure rates and latencies through the local gateway
	@$(BIN)/python -m bench

bench-auth: up ## what a sign-in, a session and the limit cost, what the caches answer, what time tells about accounts
	@$(BIN)/python -m bench.auth

bench-ledger: up ## all that the money core promises in one table: the other four in one run
	@$(BIN)/python -m bench.money

bench-database: up ## measure a transfer in the database beside TPC-B, and from Python beside ORM statements
	@$(BIN)/python -m bench.ledger

bench-growth: up ## the same questions to ledgers of 5 thousand and of 5 million entries (takes 5 GB of disk for a while)
	@$(BIN)/python -m bench.growth

bench-peers: up ## the same transfer by django-hordak (installed on the first run), on the same PostgreSQL
	@$(BIN)/python -m bench.peers

create-admin: ## EMAIL=you@example.com: invite an admin, print a one-time code; REASON="..." for the audit record
	@$(BIN)/python -m local.create_admin "$(EMAIL)" $(if $(REASON),--reason "$(REASON)")

sam: ## install the SAM CLI (its `sam local` needs Docker)
	@$(PYTHON) -m local setup --sam

deploy: setup ## STAGE=dev DOMAIN=pay.your.org: deploy to the AWS account of your credentials; STACKS for some
	@test -n "$(DOMAIN)" || { echo "Whose domain? make deploy STAGE=$(STAGE) DOMAIN=pay.your.org" >&2; exit 1; }
	@$(CDK) deploy $(STACKS) --context stage=$(STAGE) --context domain=$(DOMAIN) $(ARGS)
