"""Writes the event processor's samples and their parts into tests/fuzz/target/corpus/<target>, as fuzzing seeds."""

import base64
import gzip
import hashlib
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAGIC = b"\xf3\x89\x9a\xc2"
MD5_LENGTH = 16
# Larger seeds would make every run slow and cover no additional code.
LARGEST = 8192


def records():
    for sample in sorted((ROOT / "events/event-processor").glob("*.json")):
        body = sample.read_bytes()
        yield "envelope", body
        for record in json.loads(body)["Records"]:
            try:
                yield "payload", base64.b64decode(record["kinesis"]["data"], validate=True)
            except ValueError:
                pass


def taken_apart(data):
    yield "payload", data
    if data.startswith(MAGIC):
        yield "aggregate", data[len(MAGIC) : -MD5_LENGTH]
        return
    try:
        data = gzip.decompress(data)
    except (OSError, EOFError):
        pass
    yield "gzip", data
    if data.startswith((b"{", b"[")):
        yield "lookups", data


def patterns():
    tests = [ROOT / "shared/rules/tests/guide.rs", ROOT / "shared/rules/tests/filter.rs"]
    for file in [*tests, *sorted(ROOT.glob("workloads/*/metrics.yaml"))]:
        for pattern in re.findall(r"\{ \(?\$.*? \}|%.+?%|\[\w.*?\]", file.read_text()):
            yield "pattern", pattern.encode() + b'\n{"a": {"b": [1, "x"]}, "eventType": "UpdateTrail"}'


def main(corpus):
    seeds = [seed for kind, data in records() for seed in ([(kind, data)] if kind == "envelope" else taken_apart(data))]
    for target, data in [*seeds, *patterns()]:
        if 0 < len(data) <= LARGEST:
            folder = corpus / target
            folder.mkdir(parents=True, exist_ok=True)
            (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


main(pathlib.Path(sys.argv[1]))
