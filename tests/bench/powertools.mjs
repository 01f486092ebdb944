// The same event through Powertools for TypeScript: validate, match, add metrics, partial response. Prints the least of nine runs.
import { readFileSync } from 'node:fs';
import { BatchProcessorSync, EventType, processPartialResponseSync } from '@aws-lambda-powertools/batch';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const processor = new BatchProcessorSync(EventType.KinesisDataStreams);
const metrics = new Metrics({ namespace: 'Bench', serviceName: 'bench' });
console.log = () => {};
const handle = (record) => {
  const request = JSON.parse(Buffer.from(record.kinesis.data, 'base64').toString('utf8'));
  if (typeof request.request_id !== 'string' || !Number.isInteger(request.input_tokens)) throw new Error('not a request');
  metrics.addMetric('InputTokens', MetricUnit.Count, request.input_tokens);
  metrics.addMetric('OutputTokens', MetricUnit.Count, request.output_tokens);
  metrics.addMetric('LatencyMs', MetricUnit.Milliseconds, request.latency_ms);
};
const body = readFileSync(process.argv[2], 'utf8');
let least = Infinity;
for (let run = 0; run < 9; run += 1) {
  const start = performance.now();
  processPartialResponseSync(JSON.parse(body), handle, processor);
  metrics.publishStoredMetrics();
  least = Math.min(least, performance.now() - start);
}
process.stdout.write(`powertools-typescript\t${least.toFixed(2)} ms\n`);
