import type { JobClient } from '#platform/jobs/lease.ts';
import { type JobWorker, startWorker } from '#platform/jobs/worker.ts';
import type { Outbound } from '#platform/outbound/outbound.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import type { Metrics } from '#platform/telemetry/metrics.ts';
import { deliverWebhooks } from './webhooks/deliver.ts';

/** Deliveries that wait for their endpoints at once; each costs a connection and little else. */
const CONCURRENCY = 32;
/** Longer than the longest delivery, so that a busy moment does not have it sent twice. */
const LEASE_MS = 60_000;
const HEARTBEAT_MS = 5_000;

/** Starts the worker that sends to webhooks what happens. */
export function startDeliveries(deps: {
  jobs: JobClient;
  outbound: Outbound;
  logger: Logger;
  metrics: Metrics;
}): JobWorker {
  const { jobs, outbound, logger, metrics } = deps;
  return startWorker({
    name: `gateway ${process.pid}`,
    client: jobs,
    handlers: { 'webhook.deliver': deliverWebhooks(outbound) },
    concurrency: CONCURRENCY,
    leaseMs: LEASE_MS,
    heartbeatMs: HEARTBEAT_MS,
    logger,
    metrics,
  });
}
