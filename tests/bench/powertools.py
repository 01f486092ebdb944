"""The same event, processed with Powertools for Python. Prints its metrics to standard output, and to standard error
the minimum processor time of five runs of each variant:

three   validate, add three metrics without dimensions, partial response
whole   the metrics of the built-in rules: ten metrics in three roll-ups by agent and model, the price of each request
        in decimals, the ledger's tokens by day, agent and model, deduplication, partial response
"""

import json
import os
import sys
import time
from collections import defaultdict
from decimal import Decimal

os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Bench")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "bench")

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord

# Dollars per million tokens, input and output, from shared/rules/prices.yaml, for the event's three models.
PRICES = {
    "us.anthropic.claude-haiku-4-5-20251001-v1:0": (Decimal("1.1"), Decimal("5.5")),
    "anthropic.claude-sonnet-4-5-20250929-v1:0": (Decimal("3.3"), Decimal("16.5")),
    "amazon.nova-micro-v1:0": (Decimal("0.035"), Decimal("0.14")),
}
MILLION = Decimal(1_000_000)


def validated(record: KinesisStreamRecord) -> dict:
    request = record.kinesis.data_as_json()
    if not (isinstance(request["request_id"], str) and isinstance(request["input_tokens"], int)):
        raise ValueError("not a request")
    return request


def three() -> None:
    metrics = Metrics()

    def handle(record: KinesisStreamRecord) -> None:
        request = validated(record)
        metrics.add_metric("InputTokens", MetricUnit.Count, request["input_tokens"])
        metrics.add_metric("OutputTokens", MetricUnit.Count, request["output_tokens"])
        metrics.add_metric("APILatency", MetricUnit.Milliseconds, request["latency_ms"])

    process_partial_response(json.loads(body), handle, BatchProcessor(event_type=EventType.KinesisDataStreams), None)
    metrics.flush_metrics()


def metrics_of(agent: str, model: str) -> EphemeralMetrics:
    metrics = EphemeralMetrics()
    metrics.add_dimension("Environment", "dev")
    metrics.add_dimensions(Environment="dev", AgentId=agent)
    metrics.add_dimensions(Environment="dev", AgentId=agent, ModelId=model)
    return metrics


def whole() -> None:
    by_agent_and_model: dict = {}
    ledger: dict = defaultdict(lambda: [0, 0, 0])
    known: set = set()

    def handle(record: KinesisStreamRecord) -> None:
        request = validated(record)
        if request["request_id"] in known:
            return
        known.add(request["request_id"])
        agent, model, status = request["agent_id"], request["model_id"], request["status"]
        metrics = by_agent_and_model.get((agent, model))
        if metrics is None:
            metrics = by_agent_and_model[agent, model] = metrics_of(agent, model)
        metrics.add_metric("Requests", MetricUnit.Count, 1)
        for name, field in (
            ("InputTokens", "input_tokens"),
            ("OutputTokens", "output_tokens"),
            ("CacheReadTokens", "cache_read_tokens"),
            ("CacheWriteTokens", "cache_write_5m_tokens"),
            ("CacheWriteTokens", "cache_write_1h_tokens"),
        ):
            if field in request:
                metrics.add_metric(name, MetricUnit.Count, request[field])
        metrics.add_metric("APILatency", MetricUnit.Milliseconds, request["latency_ms"])
        if status >= 400:
            metrics.add_metric("APIErrors", MetricUnit.Count, 1)
        if status == 429:
            metrics.add_metric("Throttles", MetricUnit.Count, 1)
        if model in PRICES:
            price_in, price_out = PRICES[model]
            cost = (request["input_tokens"] * price_in + request["output_tokens"] * price_out) / MILLION
            metrics.add_metric("EstimatedCost", MetricUnit.NoUnit, float(cost))
        row = ledger[request["timestamp"][:10], agent, model]
        row[0] += 1
        row[1] += request["input_tokens"]
        row[2] += request["output_tokens"]

    process_partial_response(json.loads(body), handle, BatchProcessor(event_type=EventType.KinesisDataStreams), None)
    for metrics in by_agent_and_model.values():
        metrics.flush_metrics()


body = open(sys.argv[1], "rb").read()
for way in (three, whole):
    least = float("inf")
    for _ in range(5):
        start = time.process_time()
        way()
        least = min(least, time.process_time() - start)
    print(f"powertools-python {way.__name__}\t{least * 1000:.2f} ms", file=sys.stderr)
