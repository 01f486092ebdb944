"""Invokes each arm64 bootstrap with a sample under qemu-user, beside a running line, and prints the responses."""

import os
import shutil
import sys

from invoke import failed
from running_line import FUNCTIONS, ROOT, RunningLine
from runtime_emulator import invoke

# Path of the libraries that a bootstrap is linked against, in Debian's libc6-arm64-cross.
LIBRARIES = "/usr/aarch64-linux-gnu"


def main():
    qemu = shutil.which("qemu-aarch64")
    if not (qemu and os.path.isdir(LIBRARIES)):
        sys.exit("qemu-user is not installed: apt-get install qemu-user libc6-arm64-cross")
    line = RunningLine()
    failures = 0
    for function in FUNCTIONS:
        bootstrap = str(ROOT / "target/lambda" / function / "bootstrap")
        sample = sorted((ROOT / "events" / function).glob("*.json"))[0]
        answer, log = invoke([qemu, "-L", LIBRARIES, bootstrap], line.environment(function), sample.read_bytes())
        print(f"{function} {sample.name}: {answer}")
        if failed(answer):
            failures += 1
            sys.stderr.write(log)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
