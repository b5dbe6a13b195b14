import { asksForRepetition } from '#contracts/access/test-mode.ts';
import { type DeliveryOutcome, JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import type { JobOutcome, Settled } from '#platform/bus/bus.ts';
import { deliveryRefused, endpointFailed } from '../errors.ts';
import type { OperationDeps } from '../operations/operation.ts';
import type { JobFacts } from '../store/jobs.ts';
import { cancelPending, findDeliveryOfJob, lowerPending, recordAttempt } from '../store/webhook-deliveries.ts';
import { changeWebhook, lockWebhook, type WebhookRow } from '../store/webhooks.ts';
import type { DataTrx } from '../tables.ts';
import { BEHIND } from '../webhooks/queue-deliveries.ts';
import { FAILING_MS, pauseAfter, pauseInTestMode } from '../webhooks/retry-schedule.ts';

/** The endpoint does not exist any more and says so (RFC 9110, 15.5.11): nothing is sent to it again. */
const GONE = 410;

/**
 * Ends the lease of a delivery: the worker says what came of its request, and here is decided what that means. One that
 * was not answered with success is tried again by the schedule; an endpoint that is gone, or has failed for days, is
 * switched off.
 *
 * @throws MaquetteError `lease_lost`
 */
export async function settleDelivery(
  trx: DataTrx,
  deps: OperationDeps,
  job: JobFacts,
  token: number,
  outcome: JobOutcome,
): Promise<Settled> {
  const delivery = await findDeliveryOfJob(trx, job.id);
  if (!delivery || outcome.type === 'released') return deps.bus.settle(trx, job.id, token, outcome);
  // The webhook before the job: switching it off locks them in the same order.
  const webhook = await lockWebhook(trx, delivery.organization_id, delivery.webhook_id);
  const attempt = attemptOf(outcome);
  const number = delivery.attempts + 1;
  const test = await deps.testOrganizations.has(delivery.organization_id, trx);
  const answered = attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
  // A test message is sent once.
  const repeats = test && number === 1 && delivery.event_type !== 'webhook_test';
  const reached = answered && !(repeats && asksForRepetition(webhook.description));
  const pauseMs = test
    ? pauseInTestMode(attempt.retryAfterSeconds)
    : pauseAfter(number, attempt.retryAfterSeconds, Math.random());
  const retryable = attempt.status !== GONE && (outcome.type === 'succeeded' || outcome.retryable);
  const settled = await deps.bus.settle(
    trx,
    job.id,
    token,
    reached
      ? { type: 'succeeded', result: { status: attempt.status, milliseconds: attempt.milliseconds } }
      : { type: 'failed', error: deliveryRefused(attempt), retryable, retryAfterMs: pauseMs },
  );
  if (settled === 'repeated' || settled === 'released') return settled;
  const { status, milliseconds, response, error } = attempt;
  await recordAttempt(
    trx,
    delivery,
    { status, milliseconds, response, error },
    {
      state: settled === 'retried' ? 'pending' : settled,
      nextAttemptAt: settled === 'retried' ? new Date(Date.now() + pauseMs) : null,
    },
  );
  if (answered) {
    if (webhook.failing_since !== null) await changeWebhook(trx, webhook, { failing_since: null });
  } else {
    await noteFailure(trx, deps, webhook, status);
  }
  return settled;
}

async function noteFailure(trx: DataTrx, deps: OperationDeps, webhook: WebhookRow, status: number | null) {
  const since = webhook.failing_since ?? new Date();
  const failing = Date.now() - since.getTime() >= FAILING_MS;
  if (status !== GONE && !failing) {
    if (webhook.failing_since === null) {
      await changeWebhook(trx, webhook, { failing_since: since });
      await lowerPending(trx, webhook.id, BEHIND);
    }
    return;
  }
  if (!webhook.enabled) return;
  const reason = status === GONE ? 'gone' : 'failing';
  await changeWebhook(trx, webhook, { enabled: false, disabled_because: reason, failing_since: since });
  for (const jobId of await cancelPending(trx, webhook.id)) await deps.bus.cancel(trx, jobId);
  await deps.bus.publish(trx, {
    type: 'webhook_disabled',
    organizationId: webhook.organization_id,
    projectId: webhook.project_id,
    subject: { type: 'webhook', id: webhook.id },
    data: { webhookId: webhook.id, reason, url: webhook.url },
  });
}

/** What a worker said of its attempt; one that could not be made is an attempt without an answer. */
function attemptOf(outcome: Exclude<JobOutcome, { type: 'released' }>): DeliveryOutcome {
  if (outcome.type === 'failed') return endpointFailed(outcome.error.message);
  const parsed = JOB_KINDS['webhook.deliver'].result.safeParse(outcome.result);
  return parsed.success ? parsed.data : endpointFailed('the worker said nothing that can be read');
}
