#!/bin/sh
# Runs each fuzz target: scripts/fuzz.sh SECONDS [TARGET…]. Failing inputs are in tests/fuzz/target/artifacts/<target>;
# `cargo fuzz run <target> <file>` in tests/fuzz reproduces them.
set -eu
seconds=$1
shift
root=$(cd "$(dirname "$0")/.." && pwd)
if ! cargo fuzz --version >/dev/null 2>&1; then
    echo "cargo-fuzz is not installed: cargo install cargo-fuzz --locked" >&2
    exit 1
fi
made="$root/tests/fuzz/target"
"${PYTHON:-python3}" "$root/scripts/fuzz_seeds.py" "$made/corpus"
cd "$root/tests/fuzz"
# cargo-fuzz has no --locked: this fails if the lock file is not current.
cargo fetch --locked --quiet
# The sanitizer is a nightly option, which this toolchain includes.
export RUSTC_BOOTSTRAP=1
for target in ${*:-envelope payload aggregate gzip blob pattern evaluation lookups}; do
    mkdir -p "$made/corpus/$target" "$made/artifacts/$target"
    # A pattern takes milliseconds to compile, a decompression bomb 16 MiB: 20 s or 1 GB is a failure.
    cargo fuzz run --fuzz-dir . --target-dir "${CARGO_TARGET_DIR:-$made}" "$target" "$made/corpus/$target" -- \
        -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -max_len=8192 -print_final_stats=1 \
        -artifact_prefix="$made/artifacts/$target/" 2>"$made/$target.log" ||
        { tail -40 "$made/$target.log" >&2; exit 1; }
    printf '%-11s %s\n' "$target" "$(sed -n 's/^Done \([0-9]*\) runs in \([0-9]*\) second.*/\1 runs in \2 s, no failure/p' "$made/$target.log")"
done
