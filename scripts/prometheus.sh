#!/bin/sh
# Installs Debian's Prometheus and Alertmanager into target/prometheus, without root, for tests: a server, promtool and
# amtool. Does nothing if they are installed.
set -eu
cd "$(dirname "$0")/.."
home=target/prometheus
[ -x "$home/usr/bin/prometheus" ] && [ -x "$home/usr/bin/amtool" ] && [ -e "$home/patched" ] && exit 0
rm -rf "$home.new"
mkdir -p "$home.new"
(
    cd "$home.new"
    apt-get download -qq prometheus prometheus-alertmanager
    for package in prometheus*.deb; do
        dpkg-deb -x "$package" .
    done
    rm -f prometheus*.deb
    # Debian's Alertmanager reads its default template from below this path, which only root can write. A path of the
    # same length, which is the working directory, takes its place in the program.
    LC_ALL=C sed -i "s|/usr/share/prometheus/alertmanager|$(printf './%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17)|g" \
        usr/bin/prometheus-alertmanager
    touch patched
)
rm -rf "$home"
mv "$home.new" "$home"
