# Every target does its own set-up. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PORT ?= 8321
ARCHITECTURE ?= arm64
API_PORT ?= 3000
# Looked for only where something has to be made, and once.
PYTHON ?= $(eval PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done))$(PYTHON)
PY := .venv/bin/python
export PYTHONPATH := $(CURDIR)/layers/spanvas:$(CURDIR)/functions:$(CURDIR)
export SAM_CLI_TELEMETRY := 0
# Two makes in one checkout make the same thing one after the other. What makes it is Python: said first where it is missing.
ALONE = "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
  echo "Python 3.11 or newer is needed$(if $(PYTHON),: $(PYTHON) is not,; none was found). Set PYTHON=/path/to/python3." >&2; exit 1; }; \
  "$(PYTHON)" tools/alone.py
# SAM reads AWS_DEFAULT_REGION alone; AWS_REGION goes before it, as in the AWS command line.
SAM := $(if $(AWS_REGION),AWS_DEFAULT_REGION="$(AWS_REGION)") .venv-sam/bin/python -m samcli
INSTALL = "$(PYTHON)" tools/install.py
NPM_CI := npm ci --loglevel=error --no-audit --no-fund
SAM_SOURCES := template.yaml $(shell find functions layers -type f -not -path '*/__pycache__/*' 2>/dev/null)
SAM_LOCAL = .venv/.installed $(ENGINES) .venv-sam/.installed frontend/dist/index.html build/sam-local/.built
FRONTEND_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/dist-lib/*' 2>/dev/null)

.PHONY: help install run smoke test test-dialects check bench recall redact-check doctor bench-security build deploy dist release format lint types frontend frontend-check openapi \
  template rehearse locks screenshots clean sam-docker sam-local sam-invoke

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# DynamoDB of the local stack.
ENGINES := local/engines/dynamodb/node_modules/.installed

install: .venv/.installed $(ENGINES) ## make .venv with everything that run, test and check need

# Packages and page are made at the same time, unless `make -j` says how much is.
run: ## the whole stack on this machine, http://127.0.0.1:8321/ (PORT=..., FRESH=1 begins anew)
	@$(MAKE) --silent --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j2) .venv/.running $(ENGINES) frontend/dist/index.html
	@exec $(PY) -m local up --port $(PORT) $(if $(FRESH),--fresh)

smoke: .venv/.running $(ENGINES) frontend/dist/index.html ## start the stack, run a workflow, check its trace and artifact, stop
	@$(PY) -m tests.smoke

PACKAGES := instrumented powertools old-opentelemetry

test: .venv/.installed $(ENGINES) .venv-sam/.installed frontend/node_modules/.installed frontend/dist/index.html $(PACKAGES:%=build/%/.installed) ## all tests, the page's included
	$(PY) -m pytest -q
	cd frontend && ../tools/with-node npm test --silent

DIALECTS := .venv-dialects .venv-agents .venv-agentcore .venv-frameworks .venv-java $(addprefix tests/dialects/,$(addsuffix /node_modules,vercel exporters node_agents))

test-dialects: .venv/.installed $(ENGINES) $(DIALECTS:=/.installed) ## real GenAI libraries and OTLP exporters: what they send is understood
	$(PY) -m pytest -q tests/dialects

check: export PROPERTY_TESTS := whole
check: lint types frontend-check template rehearse test test-dialects smoke ## everything that CI runs, in its order

bench: .venv/.installed $(ENGINES) frontend/dist/index.html ## measure the figures (make bench-NAME for one) and keep them
	$(PY) -m tests.bench

bench-%: .venv/.installed $(ENGINES) frontend/dist/index.html
	$(PY) -m tests.bench $*

recall: .venv/.installed ## what the rules of redaction find of others' secrets (needs Go and the network)
	@$(PY) -m tests.bench.foreign_recall

redact-check: .venv/.running ## what redaction would do to a file: make redact-check FILE=log.txt
	@test -n "$(FILE)" || { echo 'name a file: make redact-check FILE=log.txt'; exit 2; }
	@PYTHONPATH=layers/spanvas $(PY) -m spanvas redact "$(FILE)" $(ARGS) || test $$? = 1

doctor: .venv/.running ## what is wrong with the running local stack: make doctor (ARGS=--json); others: docs/how-to/check-a-deployment.md
	@variables="$$($(PY) -m local env --port $(PORT))" && eval "$$variables" && $(PY) -m spanvas_api.doctor $(ARGS)

build: .venv-sam/.installed .venv/.running frontend/dist/index.html ## sam build, and the page (ARCHITECTURE=x86_64, PART=store)
	ARCHITECTURE="$(ARCHITECTURE)" PYTHON="$(CURDIR)/$(PY)" $(SAM) build $(if $(PART),--template-file "stack/$(PART).yaml")
	@$(if $(filter store page,$(PART)),true ||) ls .aws-sam/build/TraceApiFunction/spanvas_api/__pycache__/*.cpython-313.pyc >/dev/null 2>&1 || \
	  echo "Built without byte code, so cold starts take longer: there is no Python 3.13 on the path as python3.13."

# Whether AWS can be reached is seen first, since the build takes minutes. What is built is for the processor that the
# arguments or else the stack itself name.
deploy: .venv-sam/.installed .venv/.running ## sam deploy (DEPLOY_ARGS=...), then the page: docs/how-to/deploy.md
	@$(PY) -m tools.deploy_site --check -- $(DEPLOY_ARGS)
	@architecture=$$($(PY) -m tools.architecture -- $(DEPLOY_ARGS)) && \
	  $(MAKE) --no-print-directory build ARCHITECTURE="$$architecture"
	$(SAM) deploy $(DEPLOY_ARGS)
	@$(PY) -m tools.deploy_site -- $(DEPLOY_ARGS)

# The functions of `sam local` run on this machine's own processor.
build/sam-local/.built: $(SAM_SOURCES) .venv-sam/.installed .venv/.installed
	@echo "Building the functions for containers (once, a minute or two)"
	@$(ALONE) $@ $^ -- sh -ec 'ARCHITECTURE="$$($(PY) -c "from tools.sam_local.files import architecture; print(architecture())")" \
	  PYTHON="$(CURDIR)/$(PY)" $(SAM) build --cached --cache-dir build/sam-local/cache --build-dir build/sam-local/build'

sam-docker:
	@"$(PYTHON)" -m tools.sam_local.docker

sam-local: sam-docker $(SAM_LOCAL) ## the API in containers by SAM, http://127.0.0.1:3000/ (API_PORT=...), on the stack of `make run`
	@exec $(PY) -m tools.sam_local --stack-port $(PORT) api --port $(API_PORT)

sam-invoke: sam-docker $(SAM_LOCAL) ## one function in a container: make sam-invoke F=ExecutorFunction E=events/execute-workflow.json
	@test -n "$(F)" || { echo 'name a function: make sam-invoke F=ExecutorFunction E=events/execute-workflow.json'; exit 2; }
	@exec $(PY) -m tools.sam_local --stack-port $(PORT) invoke "$(F)" $(if $(E),"$(E)")

dist: .venv/.installed frontend/node_modules/.installed frontend/dist/index.html ## what a release is, in build/dist: docs/how-to/release.md
	@$(PY) -m tools.dist $(ARGS)

release: .venv/.installed ## set the version, date the changelog, commit and tag: make release VERSION=1.2.3
	@test -n "$(VERSION)" || { echo 'name the version: make release VERSION=1.2.3'; exit 2; }
	@$(PY) -m tools.release "$(VERSION)"

lint: .venv/.installed ## formatting, rules, import contracts
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	.venv/bin/lint-imports

format: .venv/.installed ## put the code in the project's format
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

types: .venv/.installed ## mypy: strict on the code, what is wrong in the tests
	$(PY) -m mypy

frontend: frontend/dist/index.html ## build the page

frontend-check: frontend/node_modules/.installed
	cd frontend && ../tools/with-node npm run --silent check

openapi: .venv/.installed frontend/node_modules/.installed ## write the references and the page's types from the code
	$(PY) -m tools.references
	$(PY) -m tools.grafana_dashboards
	$(PY) -m tools.stack_parts
	cd frontend && ../tools/with-node npm run --silent types

template: .venv-sam/.installed .venv/.running ## sam validate --lint of the template and its parts, and a build
	for template in template.yaml stack/*.yaml; do $(SAM) validate --lint --template-file "$$template" || exit 1; done
	PYTHON="$(CURDIR)/$(PY)" $(SAM) build

rehearse: template .venv/.installed frontend/dist/index.html ## sam deploy, changes, a rollback and a deletion, on an emulator of AWS
	$(PY) -m pytest -q tests/rehearsal
	@$(PY) -m tests.rehearsal

bench-security: .venv/.installed $(ENGINES) ## look for canaries in what is stored and answered, and print the table
	$(PY) -m tests.bench.security

locks: .venv/.installed ## pin the Python requirements anew
	for name in requirements-dev requirements-run requirements-uv requirements-sam requirements-node requirements-dialects requirements-agents requirements-agentcore requirements-frameworks requirements-java $(PACKAGES:%=requirements-%) functions/requirements layers/libraries/requirements layers/otlp-exporter/requirements; do \
	  .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-annotate $$([[ $$name == *-frameworks ]] || echo --no-config) $$([ -f requirements-dev.txt ] && [[ $$name =~ /|run|uv ]] && echo "-c requirements-dev.txt") \
	    $$([[ $$name == */otlp-exporter/* ]] && sed -n 's/^\(.*\)==.*/--no-emit-package \1/p' layers/libraries/requirements.txt) \
	    $$([[ $$name =~ -dev|-run ]] && echo "--override requirements-overrides.txt") \
	    $$name.in -o $$name.txt || exit 1; done

screenshots: .venv/.installed $(ENGINES) frontend/dist/index.html ## take the pictures of the docs anew (needs Chromium)
	$(PY) -m tests.browser.screenshots
	$(PY) -m tests.browser.states

clean: ## remove what was built; environments, and what make run keeps, stay
	rm -rf .aws-sam frontend/dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	[ ! -d build ] || find build -mindepth 1 -maxdepth 1 -not -name local -exec rm -rf {} +
	[ ! -d build/local ] || find build/local -mindepth 1 -maxdepth 1 -not -name state -exec rm -rf {} +

# One environment: what running needs first, what tests and checks need besides when they are asked for.
.venv/.running: requirements-run.txt
	@echo "Installing Python packages into .venv (once, about 20 seconds)"
	@$(ALONE) $@ $^ -- $(INSTALL) .venv $<

.venv/.installed: requirements-dev.txt | .venv/.running
	@echo "Installing the packages of tests and checks into .venv (once, under a minute)"
	@$(ALONE) $@ $^ -- $(INSTALL) .venv $<

.venv-sam/.installed .venv-dialects/.installed .venv-agents/.installed .venv-agentcore/.installed .venv-frameworks/.installed .venv-java/.installed: \
  .venv-%/.installed: requirements-%.txt | .venv/.running
	@echo "Installing the packages of requirements-$*.txt into .venv-$* (once, under a minute; up to 1.4 GB)"
	@$(ALONE) $@ $^ -- $(INSTALL) .venv-$* $<

$(PACKAGES:%=build/%/.installed): build/%/.installed: requirements-%.txt | .venv/.running
	@echo "Installing the packages of requirements-$*.txt for test functions (once, under a minute)"
	@$(ALONE) $@ $^ -- sh -ec 'rm -rf $(@D); mkdir -p $(@D); $(INSTALL) --target $(@D) $<'

tests/dialects/%/node_modules/.installed: tests/dialects/%/package-lock.json
	@$(ALONE) $@ $^ -- sh -ec 'cd tests/dialects/$*; ../../../tools/with-node $(NPM_CI)'

$(ENGINES): local/engines/dynamodb/package-lock.json
	@echo "Installing DynamoDB's engine (once, some seconds)"
	@$(ALONE) $@ $^ -- sh -ec 'cd local/engines/dynamodb; ../../../tools/with-node $(NPM_CI)'

frontend/node_modules/.installed: frontend/package-lock.json
	@echo "Installing the page's packages, and what checks it (once, under a minute)"
	@$(ALONE) $@ $^ -- sh -ec 'cd frontend; ../tools/with-node $(NPM_CI)'

# What builds the page, and no more. All of the page's packages will do as well.
frontend/node_modules/.running: frontend/package-lock.json
	@$(ALONE) $@ $^ -- sh -ec '[ frontend/node_modules/.installed -nt $< ] || { \
	  echo "Installing the packages that build the page (once, some seconds)"; cd frontend; ../tools/with-node $(NPM_CI) --omit=dev; }'

# The page is built beside the one that is there and takes its place at once: a stack may be serving it.
frontend/dist/index.html: $(FRONTEND_SOURCES) layers/spanvas/spanvas/version.py | frontend/node_modules/.running
	@echo "Building the page"
	@$(ALONE) $@ $^ --using=frontend/node_modules -- sh -ec 'cd frontend; ../tools/with-node npm run --silent build -- --logLevel error --outDir ../build/page --emptyOutDir; \
	  rm -rf ../build/page-before; [ ! -e dist ] || mv dist ../build/page-before; mv ../build/page dist'
