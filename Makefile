# Everything mlgate needs is set up by these targets: Python packages by hash, Go tools by pin.
# `make help` lists them.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2
export PYTHONDONTWRITEBYTECODE = 1

.DEFAULT_GOAL := help
.PHONY: help setup tools-test tools-e2e demo examples test lint types unit policy e2e mutants cluster bench fmt generate image sbom lock clean

help: ## List the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

$(READY): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: mlgate needs Python 3.11 or newer on PATH" >&2; exit 2; }
	@echo "setup: virtual environment with hash-pinned packages"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

setup: $(READY) ## Make the virtual environment

tools-test: $(READY)
	@$(BIN)/python tools/build.py opa kubeconform

tools-e2e: $(READY)
	@$(BIN)/python tools/build.py opa etcd kube-apiserver kube-controller-manager kubectl helm

demo: tools-test ## Judge every example and show each refusal (no cluster needed)
	@$(BIN)/python tools/demo.py

examples: $(READY) ## Write the examples, shifted to today, to .build/examples
	@$(BIN)/python tools/examples.py

test: tools-test lint types ## Everything that needs Python packages, OPA and kubeconform only
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m "not e2e" --cov --cov-report= tests
	@$(BIN)/coverage report

lint: $(READY) ## Style, layers, formatting
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports --no-cache

types: $(READY) ## Types, strictly
	@$(BIN)/mypy

policy: tools-test ## The Rego policy alone: format, checks, tests with coverage
	@$(BIN)/python -m pytest -q tests/policy

mutants: tools-test ## Change every condition of the policy and see whether a test notices (minutes; what did not change is remembered)
	@$(BIN)/python tools/mutants.py $(ARGS)

e2e: tools-e2e ## Against a real kube-apiserver, kubectl and helm
	@$(BIN)/python -m pytest -q -m e2e tests/e2e

cluster: tools-e2e examples ## A real API server with mlgate in front, to try kubectl by hand
	@$(BIN)/python tools/cluster/run.py

bench: tools-test ## Gate, bare OPA and an empty endpoint side by side
	@$(BIN)/python bench/run.py $(ARGS)

bench-policy: tools-test ## What a decision costs, code by code, beside bench/policy_baseline.json
	@$(BIN)/python bench/policy.py $(ARGS)

bench-reading: $(READY) ## What reading an object costs, by its size
	@$(BIN)/python bench/reading.py

bench-edge: tools-test ## Reviews at 50 a second beside those who hold on or flood
	@$(BIN)/python bench/edge.py

bench-capacity: tools-test ## Reviews a second, time and memory of one replica and of two
	@$(BIN)/python bench/capacity.py

fmt: $(READY) ## Format Python and Rego
	@$(BIN)/ruff format
	@.tools/bin/opa fmt -w policies

generate: tools-test ## Write what is generated: schemas, catalogue, pages about rules, kinds and findings
	@$(BIN)/python -m mlgate.policy.schema_export
	@$(BIN)/python -m mlgate.cli.schemas
	@$(BIN)/python -m mlgate.policy.catalog
	@$(BIN)/mlgate policy docs
	@$(BIN)/python tools/kinds_page.py
	@$(BIN)/python tools/doctor_page.py
	@$(BIN)/python tools/chart_files.py

image: $(READY) ## The container image (needs docker with BuildKit, or podman)
	@$(BIN)/python tools/image.py $(ARGS)

sbom: tools-test ## The bill of materials of the image, as CycloneDX
	@$(BIN)/python tools/sbom.py $(ARGS)

lock: ## Pin the Python packages anew (needs uv)
	@for set in runtime build dev go; do \
		uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-strip-extras --upgrade \
			-q requirements/$$set.in -o requirements/$$set.txt || exit 1; done

clean: ## Remove what was made here; built tools stay in the user's cache
	@rm -rf $(VENV) .tools .build .mypy_cache .pytest_cache .ruff_cache .coverage*
