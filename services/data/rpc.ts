import type { ConnectRouter } from '@connectrpc/connect';
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '#contracts/errors/codes.ts';
import { type ErrorValue, MaquetteError } from '#contracts/errors/maquette-error.ts';
import { EventService, JobService, RenderRecordService, type SettleRequest } from '#contracts/generated/data_pb.js';
import { idSchema } from '#contracts/ids/ids.ts';
import { JobKindName, JobPicture } from '#contracts/jobs/job-kinds.ts';
import { EnvironmentChoice } from '#contracts/render/image-request.ts';
import { RenderRequest, type RenderTask, taskOf } from '#contracts/render/render-request.ts';
import { IdempotencyKey } from '#contracts/rest/idempotency.ts';
import { Render, RenderPurpose } from '#contracts/rest/resources/render.ts';
import type { JobOutcome } from '#platform/bus/bus.ts';
import { asTenant } from '#platform/database/tenant-scope.ts';
import { withAudit } from './audit.ts';
import { eventsAfter } from './events.ts';
import { onceOnly } from './idempotency.ts';
import { leaseJobs } from './leases.ts';
import type { OperationDeps } from './operations/operation.ts';
import { recordPicture } from './operations/record-picture.ts';
import { requestRender, reuseRender } from './operations/request-render.ts';
import { parseInput, parseJson } from './parse-input.ts';
import { settleJob } from './settle/settle.ts';
import { readEnvironmentOf } from './store/environments.ts';
import { readModelFacts } from './store/versions.ts';

const MINUTE_MS = 60_000;
const token = z.bigint().positive().max(BigInt(Number.MAX_SAFE_INTEGER)).transform(Number);
const leaseMs = z
  .int()
  .min(100)
  .max(30 * MINUTE_MS);

const Lease = z.object({
  worker: z.string().min(1).max(200),
  kinds: z.array(JobKindName).min(1),
  capacity: z.int().min(1).max(100),
  leaseMs,
  waitMs: z.int().min(0).max(MINUTE_MS),
});
const Heartbeat = z.object({
  jobId: idSchema('job'),
  token,
  leaseMs,
  progress: z.number().min(0).max(1),
  // The database takes no NUL in a text.
  stage: z
    .string()
    .max(200)
    .transform((stage) => stage.replaceAll('\0', '')),
  pictureJson: z.string(),
});
const Settle = z.object({ jobId: idSchema('job'), token });
const Subscribe = z.object({
  after: z.bigint().min(-1n).max(BigInt(Number.MAX_SAFE_INTEGER)).transform(Number),
  organizationId: z.union([z.literal('').transform(() => undefined), idSchema('organization')]),
  once: z.boolean(),
});
const RequestRender = z.object({
  organizationId: idSchema('organization'),
  assetId: idSchema('asset'),
  purpose: RenderPurpose,
  priority: z.int(),
  progressPictures: z.boolean(),
  idempotencyKey: z.union([z.literal('').transform(() => undefined), IdempotencyKey]),
});
const DescribeModel = z.object({
  organizationId: idSchema('organization'),
  assetId: idSchema('asset'),
  environment: EnvironmentChoice,
});
const StoredEstimate = Render.shape.estimate;
const ReportedError = z.object({
  code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  fault: z.enum(['input', 'system']),
  remedy: z.string().optional(),
  where: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
});

/**
 * Registers the gRPC services of the data service: jobs for the workers, events for the gateway, records of renders.
 *
 * @param stopping ends calls that wait when the service stops
 */
export function registerRpc(router: ConnectRouter, deps: OperationDeps, stopping: AbortSignal): void {
  router.service(JobService, {
    async lease(request, context) {
      const input = parseInput(Lease, request, 'Lease');
      const jobs = await leaseJobs(deps, input, AbortSignal.any([stopping, context.signal]));
      return {
        jobs: jobs.map((job) => ({
          jobId: job.id,
          kind: job.kind,
          organizationId: job.organizationId,
          payloadJson: JSON.stringify(job.payload),
          token: BigInt(job.token),
          attempt: job.attempt,
          maxAttempts: job.maxAttempts,
          traceParent: job.traceParent ?? '',
        })),
      };
    },
    async heartbeat(request) {
      const { jobId, token, leaseMs, progress, stage, pictureJson } = parseInput(Heartbeat, request, 'Heartbeat');
      const state = await deps.bus.heartbeat(jobId, token, leaseMs, progress, stage);
      if (state === 'running' && pictureJson !== '') {
        const picture = parseInput(JobPicture, parseJson(pictureJson, 'picture_json'), 'picture_json');
        await recordPicture(deps, jobId, picture);
      }
      return { state };
    },
    async settle(request) {
      const input = parseInput(Settle, request, 'Settle');
      await settleJob(deps, input.jobId, input.token, outcomeOf(request.outcome));
      return {};
    },
  });

  router.service(EventService, {
    async *subscribe(request, context) {
      const input = parseInput(Subscribe, request, 'Subscribe');
      for await (const item of eventsAfter(deps.bus, input, AbortSignal.any([stopping, context.signal]))) {
        yield 'newest' in item
          ? { position: 0n, eventJson: '', newest: BigInt(item.newest), oldest: BigInt(item.oldest) }
          : { position: BigInt(item.position), eventJson: JSON.stringify(item.event), newest: 0n, oldest: 0n };
      }
    },
  });

  /** What a wish works with that has its effect once, when it has an idempotency key. */
  const onceFor = (input: z.output<typeof RequestRender>, askedJson: string): OperationDeps => {
    const { organizationId, assetId, idempotencyKey: key, purpose, progressPictures } = input;
    const content = [assetId, purpose, progressPictures, key === undefined || parseJson(askedJson, 'asked_json')];
    return onceOnly(deps, { organizationId, key, operation: 'createRender', content });
  };
  router.service(RenderRecordService, {
    async requestRender(request) {
      const input = parseInput(RequestRender, request, 'RequestRender');
      const wish = {
        request: taskIn(request.requestJson),
        purpose: input.purpose,
        priority: input.priority,
        progressPictures: input.progressPictures,
        estimate:
          request.estimateJson === ''
            ? null
            : parseInput(StoredEstimate, parseJson(request.estimateJson, 'estimate_json'), 'estimate_json'),
        referenceSeconds: request.referenceSeconds > 0 ? request.referenceSeconds : undefined,
      };
      const { organizationId, assetId } = input;
      const render = await inNameOf(input, () =>
        requestRender(onceFor(input, request.askedJson), organizationId, assetId, wish),
      );
      return { renderJson: JSON.stringify(render) };
    },
    async reuseRender(request) {
      const input = parseInput(RequestRender, request, 'ReuseRender');
      const { organizationId, assetId, idempotencyKey: _key, ...wish } = input;
      const whole = { ...wish, request: taskIn(request.requestJson) };
      const render = await asTenant(organizationId, () =>
        reuseRender(onceFor(input, request.requestJson), organizationId, assetId, whole),
      );
      return { renderJson: render ? JSON.stringify(render) : '' };
    },
    async describeModel(request) {
      const { organizationId, assetId, environment } = parseInput(DescribeModel, request, 'DescribeModel');
      const { kysely } = deps.database;
      const [facts, picture] = await asTenant(organizationId, async () => [
        await readModelFacts(kysely, organizationId, assetId),
        await readEnvironmentOf(kysely, organizationId, { environment }),
      ]);
      return { factsJson: JSON.stringify(facts), environmentBytes: BigInt(picture?.bytes ?? 0) };
    },
  });
}

/** A render in the name of whoever wants it. What they ask for is written down; what a page shows by its URL is not. */
function inNameOf<T>({ organizationId, purpose }: z.output<typeof RequestRender>, work: () => Promise<T>): Promise<T> {
  const named = () => asTenant(organizationId, work);
  return purpose === 'request' ? withAudit({ organizationId, action: 'createRender' }, named) : named();
}

function taskIn(requestJson: string): RenderTask {
  return taskOf(parseInput(RenderRequest, parseJson(requestJson, 'request_json'), 'request_json'));
}

function outcomeOf(outcome: SettleRequest['outcome']): JobOutcome {
  switch (outcome.case) {
    case 'resultJson': {
      const result = parseInput(
        z.record(z.string(), z.unknown()),
        parseJson(outcome.value, 'result_json'),
        'result_json',
      );
      return { type: 'succeeded', result };
    }
    case 'failure':
      return { type: 'failed', error: reportedError(outcome.value.errorJson), retryable: outcome.value.retryable };
    case 'released':
      return { type: 'released' };
    case undefined:
      throw new MaquetteError('invalid_request', 'Settle needs an outcome: result_json, failure or released.');
    default:
      return outcome satisfies never;
  }
}

/** An error of another version's worker, whose code is not known here, still says what it says. */
function reportedError(json: string): ErrorValue {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  const parsed = ReportedError.safeParse(value);
  if (parsed.success) return MaquetteError.fromValue(parsed.data).toValue();
  return new MaquetteError(
    'internal',
    `A worker reported an error that cannot be read: ${json.slice(0, 500)}`,
  ).toValue();
}
