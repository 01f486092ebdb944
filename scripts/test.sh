#!/bin/sh
# Tests the workloads outside the checkout that WORKLOADS names, with the command line; then runs every test of the
# workspace and shows all failures, with cargo-nextest if it is installed (it runs the test binaries in parallel). cargo
# runs the examples in the documentation, which nextest does not support.
#
# Picket's tests do not see WORKLOADS: a broad pattern of another's rules fails none of them.
set -eu
status=0
if [ -n "${WORKLOADS:-}" ]; then
    picket="${CARGO_TARGET_DIR:-target}/debug/picket"
    "$picket" check || status=$?
    "$picket" test || status=$?
    "$picket" compose || status=$?
fi
unset WORKLOADS
if cargo nextest --version >/dev/null 2>&1; then
    cargo test --locked --workspace --doc --quiet --no-fail-fast || status=$?
    cargo nextest run --locked --workspace --no-fail-fast || status=$?
else
    cargo test --locked --workspace --no-fail-fast || status=$?
fi
exit $status
