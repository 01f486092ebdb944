#!/bin/sh
# Writes a software bill of materials of each function (CycloneDX 1.6, JSON) into target/sbom: its crates from
# Cargo.lock with version, license and source, without those that only tests use. A few are for other platforms than
# arm64 Linux. Installs cargo-sbom into target/tools first, once.
set -eu
cd "$(dirname "$0")/.."
version=0.10.0
tool=target/tools/bin/cargo-sbom
if ! "$tool" sbom --version 2>/dev/null | grep -qF "$version"; then
    cargo install --locked --quiet cargo-sbom --version "$version" --root target/tools
fi
mkdir -p target/sbom
for manifest in functions/*/Cargo.toml; do
    function=$(basename "$(dirname "$manifest")")
    "$tool" sbom --cargo-package "$function" --output-format cyclone_dx_json_1_6 >"target/sbom/$function.cdx.json"
done
echo "The software bills of materials are in target/sbom."
