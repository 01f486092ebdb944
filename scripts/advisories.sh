#!/bin/sh
# Checks the locked dependencies against RustSec's advisories and for yanked versions: scripts/advisories.sh CARGO_DENY.
# Fails if the database cannot be fetched. With PICKET_ADVISORIES=if-reachable, it then prints that nothing was checked.
set -eu
cd "$(dirname "$0")/.."
deny=$1
if ! "$deny" fetch db; then
    [ "${PICKET_ADVISORIES:-}" = if-reachable ] || exit 1
    echo "ADVISORIES WERE NOT CHECKED: RustSec's database cannot be fetched from GitHub here" >&2
    exit 0
fi
for workspace in . tests/bench tests/fuzz; do
    "$deny" --locked --manifest-path "$workspace/Cargo.toml" --config deny.toml check advisories
done
