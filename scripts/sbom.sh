#!/bin/sh
# Writes a CycloneDX SBOM of each function's dependencies for arm64 into target/sbom, which is not deployed. Installs
# cargo-cyclonedx into target/tools first, once.
set -eu
cd "$(dirname "$0")/.."
version=0.5.9
tool=target/tools/bin/cargo-cyclonedx
if ! "$tool" cyclonedx --version 2>/dev/null | grep -qF "$version"; then
    cargo install --locked --quiet cargo-cyclonedx --version "$version" --root target/tools
fi
mkdir -p target/sbom
for function in event-processor metrics-publisher probe-runner slack-forwarder cost-reporter alarm-remediator; do
    # The tool writes beside the manifest, and only there.
    "$tool" cyclonedx --quiet --format json --spec-version 1.5 --target aarch64-unknown-linux-gnu \
        --manifest-path "functions/$function/Cargo.toml" --override-filename sbom
    mv "functions/$function/sbom.json" "target/sbom/$function.cdx.json"
done
