"""The AWS Lambda runtime interface emulator of the aws-sam-cli package, which runs a bootstrap without Docker."""

import os
import pathlib
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import samcli

# Maximum time for a function to start and to respond, also under qemu. Far above any real duration: it only ends hangs.
PATIENCE_SECONDS = 120
# The emulator reports an invocation right after its response. Without a report, the log is what there is by then.
REPORT_SECONDS = 5
# The beginning of the report's line.
REPORT = "REPORT RequestId"


def invoke(command, environment, event):
    """Starts the command (a bootstrap, or qemu and a bootstrap), invokes it once, and returns (response, log)."""
    with tempfile.TemporaryDirectory() as folder:
        emulator = _emulator(pathlib.Path(folder))
        address, runtime_address = _free_address(), _free_address()
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                [emulator, "--runtime-interface-emulator-address", address, "--runtime-api-address", runtime_address]
                + command,
                env={"PATH": os.environ["PATH"], **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                answer = _post(address, event, process)
                text = _reported(log)
            finally:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        return answer, text


def _reported(log):
    """Returns the log of the invocation. What follows is the function's complaint that the emulator was ended."""
    deadline = time.monotonic() + REPORT_SECONDS
    while True:
        # The programs write by the same file description, whose position must stay.
        text = os.pread(log.fileno(), os.fstat(log.fileno()).st_size, 0).decode(errors="replace")
        if REPORT in text or time.monotonic() > deadline:
            return until_report(text)
        time.sleep(0.02)


def until_report(log):
    """Returns the log up to the emulator's report, or all of it where there is none."""
    before, report, rest = log.partition(REPORT)
    return before + report + rest.partition("\n")[0] + "\n" if report else log


def _emulator(folder):
    machine = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}[platform.machine()]
    packaged = pathlib.Path(samcli.__file__).parent / f"local/rapid/aws-lambda-rie-{machine}"
    copy = folder / "aws-lambda-rie"
    shutil.copy(packaged, copy)
    copy.chmod(0o755)
    return str(copy)


def _free_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def _post(address, event, process):
    url = f"http://{address}/2015-03-31/functions/function/invocations"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, data=event, timeout=PATIENCE_SECONDS) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.read().decode()
        except urllib.error.URLError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
