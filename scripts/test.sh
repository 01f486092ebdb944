#!/bin/sh
# Runs every test of the workspace, with cargo-nextest if it is installed (it runs the test binaries in parallel). cargo
# runs the examples in the documentation, which nextest does not support.
set -eu
if cargo nextest --version >/dev/null 2>&1; then
    cargo test --locked --workspace --doc --quiet
    exec cargo nextest run --locked --workspace
fi
exec cargo test --locked --workspace
