#!/bin/sh
# Installs Debian's Prometheus and Alertmanager into target/prometheus, without root, for tests: a server, promtool and
# amtool. Does nothing if they are installed.
set -eu
cd "$(dirname "$0")/.."
home=target/prometheus
[ -x "$home/usr/bin/prometheus" ] && [ -x "$home/usr/bin/amtool" ] && exit 0
rm -rf "$home.new"
mkdir -p "$home.new"
(
    cd "$home.new"
    apt-get download -qq prometheus prometheus-alertmanager
    for package in prometheus*.deb; do
        dpkg-deb -x "$package" .
    done
    rm -f prometheus*.deb
)
rm -rf "$home"
mv "$home.new" "$home"
