"""The same event through Powertools for Python: validate, match, add metrics, partial response. Prints the least of five runs."""

import json
import os
import sys
import time

os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Bench")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "bench")

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord

processor = BatchProcessor(event_type=EventType.KinesisDataStreams)
metrics = Metrics()
sys.stdout, output = open(os.devnull, "w"), sys.stdout


def handle(record: KinesisStreamRecord) -> None:
    request = record.kinesis.data_as_json()
    if not (isinstance(request["request_id"], str) and isinstance(request["input_tokens"], int)):
        raise ValueError("not a request")
    metrics.add_metric("InputTokens", MetricUnit.Count, request["input_tokens"])
    metrics.add_metric("OutputTokens", MetricUnit.Count, request["output_tokens"])
    metrics.add_metric("LatencyMs", MetricUnit.Milliseconds, request["latency_ms"])


body = open(sys.argv[1], "rb").read()
least = float("inf")
for _ in range(5):
    start = time.perf_counter()
    process_partial_response(json.loads(body), handle, processor, None)
    metrics.flush_metrics()
    least = min(least, time.perf_counter() - start)
print(f"powertools-python\t{least * 1000:.2f} ms", file=output)
