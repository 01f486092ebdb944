#!/bin/sh
# Checks the prerequisites of `make` and prints a remedy if one is missing. Argument: the Python to use.
set -eu
python=$1
fail() { printf '%s\n' "$1" >&2; exit 1; }

command -v cargo >/dev/null || fail "cargo is not installed: install Rust from https://rustup.rs"
command -v "$python" >/dev/null || fail "$python is not installed: install Python 3.10 or newer, or select one: make PYTHON=/path/to/python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    fail "$("$python" --version) is too old: Picket's local line needs Python 3.10 or newer (make PYTHON=/path/to/python3)"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "$python cannot create virtual environments: install its venv module (Debian: apt-get install python3-venv)"
