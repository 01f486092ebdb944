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
            finally:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                log.seek(0)
                text = log.read().decode(errors="replace")
        return answer, text


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
