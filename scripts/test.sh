#!/bin/sh
# Every test of the workspace. With cargo-nextest where it is installed (it runs the binaries side by side), which leaves the
# examples in the documentation to cargo.
set -eu
if cargo nextest --version >/dev/null 2>&1; then
    cargo test --workspace --doc --quiet
    exec cargo nextest run --workspace
fi
exec cargo test --workspace
