#!/bin/sh
# Fails if a bootstrap is missing or not for arm64, or if SAM's own build folder exists, which `sam deploy` prefers to
# the template's CodeUri. Prints the zipped size of each bootstrap, and the cost of each rule at its series limit, which
# the event processor's build script wrote.
set -eu
fail() { printf '%s\n' "$1" >&2; exit 1; }

if [ -e .aws-sam/build ]; then
    fail ".aws-sam/build exists, from a sam build: sam deploy would deploy that. Remove it: rm -r .aws-sam/build"
fi
for function in event-processor metrics-publisher probe-runner slack-forwarder cost-reporter alarm-remediator; do
    bootstrap="target/lambda/$function/bootstrap"
    [ -f "$bootstrap" ] || fail "$bootstrap does not exist: run make build"
    # ELF header, e_machine: 183 is EM_AARCH64.
    machine=$(od -An -t u2 -j 18 -N 2 "$bootstrap" | tr -d ' ')
    [ "$machine" = 183 ] || fail "$bootstrap is not for arm64 (ELF machine $machine): run make build"
    printf '%-18s %8d bytes, %8d compressed\n' "$function" "$(wc -c <"$bootstrap")" "$(gzip -9 -c "$bootstrap" | wc -c)"
done
ceilings=$(ls -t target/aarch64-unknown-linux-gnu/release/build/event-processor-*/out/ceilings.txt 2>/dev/null | head -n 1)
[ -z "$ceilings" ] || { echo; cat "$ceilings"; }
