// The same event, processed with Powertools for TypeScript. Prints its metrics to standard output, and to standard
// error the minimum processor time of nine runs of each variant:
//
// three   validate, add three metrics without dimensions, partial response
// whole   the metrics of the built-in rules: ten metrics in three roll-ups by agent and model, the price of each
//         request, the ledger's tokens by day, agent and model, deduplication, partial response. JavaScript has no
//         decimals: prices are in millionths, as BigInt.
import { readFileSync } from 'node:fs';
import { BatchProcessorSync, EventType, processPartialResponseSync } from '@aws-lambda-powertools/batch';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

// Millionths of a dollar per million tokens, input and output, from shared/rules/prices.yaml, for the event's models.
const PRICES = {
  'us.anthropic.claude-haiku-4-5-20251001-v1:0': [1_100_000n, 5_500_000n],
  'anthropic.claude-sonnet-4-5-20250929-v1:0': [3_300_000n, 16_500_000n],
  'amazon.nova-micro-v1:0': [35_000n, 140_000n],
};
const body = readFileSync(process.argv[2], 'utf8');
// The logger warns about every dimension that two sets share.
const silence = () => {};
const logger = { debug: silence, info: silence, warn: silence, error: silence };

const validated = (record) => {
  const request = JSON.parse(Buffer.from(record.kinesis.data, 'base64').toString('utf8'));
  if (typeof request.request_id !== 'string' || !Number.isInteger(request.input_tokens)) throw new Error('not a request');
  return request;
};

const three = () => {
  const metrics = new Metrics({ namespace: 'Bench', serviceName: 'bench', logger });
  const handle = (record) => {
    const request = validated(record);
    metrics.addMetric('InputTokens', MetricUnit.Count, request.input_tokens);
    metrics.addMetric('OutputTokens', MetricUnit.Count, request.output_tokens);
    metrics.addMetric('APILatency', MetricUnit.Milliseconds, request.latency_ms);
  };
  processPartialResponseSync(JSON.parse(body), handle, new BatchProcessorSync(EventType.KinesisDataStreams));
  metrics.publishStoredMetrics();
};

const metricsOf = () =>
  new Metrics({ namespace: 'Bench', serviceName: 'bench', defaultDimensions: { Environment: 'dev' }, logger });

// At a hundred values, the stored metrics are published and the dimension sets are cleared.
const add = (metrics, agent, model, name, unit, value) => {
  if (!metrics.hasStoredMetrics()) {
    metrics.addDimensions({ AgentId: agent });
    metrics.addDimensions({ AgentId: agent, ModelId: model });
  }
  metrics.addMetric(name, unit, value);
};

const COUNTS = [
  ['InputTokens', 'input_tokens'],
  ['OutputTokens', 'output_tokens'],
  ['CacheReadTokens', 'cache_read_tokens'],
  ['CacheWriteTokens', 'cache_write_5m_tokens'],
  ['CacheWriteTokens', 'cache_write_1h_tokens'],
];

const whole = () => {
  const byAgentAndModel = new Map();
  const ledger = new Map();
  const known = new Set();
  const handle = (record) => {
    const request = validated(record);
    if (known.has(request.request_id)) return;
    known.add(request.request_id);
    const { agent_id: agent, model_id: model, status } = request;
    const key = `${agent}\n${model}`;
    let metrics = byAgentAndModel.get(key);
    if (!metrics) byAgentAndModel.set(key, (metrics = metricsOf()));
    add(metrics, agent, model, 'Requests', MetricUnit.Count, 1);
    for (const [name, field] of COUNTS) if (field in request) add(metrics, agent, model, name, MetricUnit.Count, request[field]);
    add(metrics, agent, model, 'APILatency', MetricUnit.Milliseconds, request.latency_ms);
    if (status >= 400) add(metrics, agent, model, 'APIErrors', MetricUnit.Count, 1);
    if (status === 429) add(metrics, agent, model, 'Throttles', MetricUnit.Count, 1);
    const price = PRICES[model];
    if (price) {
      const cost = BigInt(request.input_tokens) * price[0] + BigInt(request.output_tokens) * price[1];
      add(metrics, agent, model, 'EstimatedCost', MetricUnit.NoUnit, Number(cost) / 1e12);
    }
    const row = `${request.timestamp.slice(0, 10)}\n${key}`;
    const sums = ledger.get(row) ?? [0, 0, 0];
    ledger.set(row, [sums[0] + 1, sums[1] + request.input_tokens, sums[2] + request.output_tokens]);
  };
  processPartialResponseSync(JSON.parse(body), handle, new BatchProcessorSync(EventType.KinesisDataStreams));
  for (const metrics of byAgentAndModel.values()) metrics.publishStoredMetrics();
};

for (const way of [three, whole]) {
  let least = Infinity;
  for (let run = 0; run < 9; run += 1) {
    const start = process.cpuUsage();
    way();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  process.stderr.write(`powertools-typescript ${way.name}\t${least.toFixed(2)} ms\n`);
}
