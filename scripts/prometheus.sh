#!/bin/sh
# Installs Debian's Prometheus into target/prometheus, without root, for a test. Does nothing if it is installed.
set -eu
cd "$(dirname "$0")/.."
home=target/prometheus
[ -x "$home/usr/bin/prometheus" ] && exit 0
rm -rf "$home.new"
mkdir -p "$home.new"
(
    cd "$home.new"
    apt-get download -qq prometheus
    dpkg-deb -x prometheus_*.deb .
    rm -f prometheus_*.deb
)
rm -rf "$home"
mv "$home.new" "$home"
