"""Puts events on the stream with boto3. What Kinesis does not take is put again."""

import json
import random
import time

LARGEST = 500  # entries of a request (Kinesis quotas)
ATTEMPTS = 8  # with the waits between them, at most thirteen seconds


def put_records(kinesis, stream, events, sleep=time.sleep):
    """`kinesis` is boto3.client("kinesis"), `stream` the stack's output EventStream."""
    for start in range(0, len(events), LARGEST):
        entries = [
            {"Data": json.dumps(event).encode(), "PartitionKey": event["event_id"]}
            for event in events[start : start + LARGEST]
        ]
        for attempt in range(ATTEMPTS):
            if attempt:
                sleep(random.uniform(0, 0.1 * 2 ** (attempt - 1)))
            answers = kinesis.put_records(StreamName=stream, Records=entries)["Records"]
            entries = [entry for entry, answer in zip(entries, answers) if "ErrorCode" in answer]
            if not entries:
                break
        else:
            raise RuntimeError(f"{len(entries)} events were not taken in {ATTEMPTS} attempts")
