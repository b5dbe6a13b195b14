import * as opentelemetry from '@opentelemetry/api';
import type { LeasedJob } from '#contracts/generated/data_pb.js';
import { runInContext } from '../telemetry/context.ts';

/**
 * Runs a job's work under the job's id, and, where tracing is on, in a span that belongs to the trace of the request
 * which queued the job.
 */
export function inJobContext<T>(job: LeasedJob, work: () => Promise<T>): Promise<T> {
  const { context, propagation, SpanStatusCode, trace } = opentelemetry;
  const traceParent = job.traceParent || undefined;
  const parent = propagation.extract(context.active(), traceParent ? { traceparent: traceParent } : {});
  const attributes = { 'maquette.job.id': job.jobId, 'maquette.job.attempt': job.attempt };
  const tracer = trace.getTracer('maquette');
  return tracer.startActiveSpan(`job ${job.kind}`, { attributes }, parent, async (span) => {
    try {
      return await runInContext({ requestId: job.jobId, traceParent }, work);
    } catch (thrown) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw thrown;
    } finally {
      span.end();
    }
  });
}
