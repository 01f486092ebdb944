#!/bin/sh
# Installs PostgreSQL from a wheel into target/postgres, without root, for a test. Does nothing if it is installed.
# The wheel may be for another version of Python; only the programs in it are used.
set -eu
cd "$(dirname "$0")/.."
home=target/postgres
[ -x "$home/pgserver/pginstall/bin/postgres" ] && exit 0
[ "$(uname -sm)" = "Linux x86_64" ] || { echo "scripts/postgres.sh: the wheel is for Linux on x86-64" >&2; exit 1; }
rm -rf "$home.new"
mkdir -p "$home.new"
.venv/bin/python -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
    --python-version 3.12 --platform manylinux2014_x86_64 --dest "$home.new" -r line/requirements-postgres.lock
(
    cd "$home.new"
    ../../.venv/bin/python -m zipfile -e pgserver-*.whl .
    rm -rf pgserver-*.whl pgserver/pginstall/include
    chmod +x pgserver/pginstall/bin/*
)
rm -rf "$home"
mv "$home.new" "$home"
