#!/bin/sh
# Runs every test of the workspace and shows all failures, with cargo-nextest if it is installed (it runs the test
# binaries in parallel). cargo runs the examples in the documentation, which nextest does not support.
set -eu
if cargo nextest --version >/dev/null 2>&1; then
    status=0
    cargo test --locked --workspace --doc --quiet --no-fail-fast || status=$?
    cargo nextest run --locked --workspace --no-fail-fast || status=$?
    exit $status
fi
exec cargo test --locked --workspace --no-fail-fast
