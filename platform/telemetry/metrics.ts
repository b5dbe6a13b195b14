import * as prometheus from 'prom-client';

/** Seconds that cover a cached read as well as a long render. */
const DURATION_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** The process's metrics: one registry, and the measures that several parts share. */
export interface Metrics {
  readonly registry: prometheus.Registry;
  /** HTTP requests by method, route pattern and status. */
  readonly httpSeconds: prometheus.Histogram<'method' | 'route' | 'status'>;
  /** Jobs by kind and outcome, from lease to settlement. */
  readonly jobSeconds: prometheus.Histogram<'kind' | 'outcome'>;
  /** Tasks in a sandbox by pool and outcome. */
  readonly sandboxSeconds: prometheus.Histogram<'pool' | 'outcome'>;
  /** Connected event listeners by transport. */
  readonly eventClients: prometheus.Gauge<'transport'>;
}

/** Makes the metrics, with those of the process itself (CPU, memory, event-loop lag, garbage collection). */
export function createMetrics(): Metrics {
  const registry = new prometheus.Registry();
  prometheus.collectDefaultMetrics({ register: registry, prefix: 'maquette_' });
  const registers = [registry];
  const buckets = DURATION_BUCKETS;
  return {
    registry,
    httpSeconds: new prometheus.Histogram({
      name: 'maquette_http_request_seconds',
      help: 'Duration of HTTP requests',
      labelNames: ['method', 'route', 'status'],
      buckets,
      registers,
    }),
    jobSeconds: new prometheus.Histogram({
      name: 'maquette_job_seconds',
      help: 'Duration of jobs from lease to settlement',
      labelNames: ['kind', 'outcome'],
      buckets,
      registers,
    }),
    sandboxSeconds: new prometheus.Histogram({
      name: 'maquette_sandbox_task_seconds',
      help: 'Duration of sandboxed tasks',
      labelNames: ['pool', 'outcome'],
      buckets,
      registers,
    }),
    eventClients: new prometheus.Gauge({
      name: 'maquette_event_clients',
      help: 'Connected event listeners',
      labelNames: ['transport'],
      registers,
    }),
  };
}
