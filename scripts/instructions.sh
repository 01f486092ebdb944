#!/bin/sh
# Counts the instructions of each variant of processing one Kinesis event, without creating the event and reading the
# rules. The count does not depend on the load of the machine. Needs valgrind.
# Usage: scripts/instructions.sh <picket-bench>
set -eu
bench=$1
if ! command -v valgrind >/dev/null 2>&1; then
    echo "valgrind is not installed: no instructions were counted"
    exit 0
fi
out=$(mktemp)
trap 'rm -f "$out"' EXIT
for way in floor:floor::run stock:stock::run ours:ours::run three:ours::three one-rule:ours::one_rule hundred-rules:ours::hundred_rules; do
    name=${way%%:*}
    function=picket_bench::${way#*:}
    valgrind --tool=callgrind --callgrind-out-file="$out" --toggle-collect="$function" "$bench" one "$name" 2>&1 >/dev/null |
        awk -v name="$name" '/Collected/ { printf "%s\t%.1f million instructions\n", name, $NF / 1e6 }'
done
