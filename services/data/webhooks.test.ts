import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LeasedJob } from '#contracts/generated/data_pb.js';
import { newId, type WebhookId } from '#contracts/ids/ids.ts';
import { type DeliveryOutcome, JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import type { WebhookInput } from '#contracts/rest/resources/webhook.ts';
import { testEngines } from '#test/databases.ts';
import { openDataService, type TestDataService } from './testing/open-data-service.ts';
import { FAILING_MS, MOST_ATTEMPTS, pauseAfter } from './webhooks/retry-schedule.ts';

const OK: DeliveryOutcome = { status: 200, milliseconds: 5, response: 'thanks', error: null, retryAfterSeconds: null };

describe.each(await testEngines({ oneConnection: false }))('webhooks on $name', (engine) => {
  let data: TestDataService;
  beforeAll(async () => {
    data = await openDataService(engine);
  });
  afterAll(() => data?.close());

  const make = (body: Partial<WebhookInput> = {}, organization = newId('organization')) =>
    data.api
      .createWebhook({ ...data.as(organization), body: { url: 'https://hooks.example/in', ...body } })
      .then((webhook) => ({ webhook, organization, id: webhook.id, secret: webhook.secret }));
  const read = ({ id, organization }: Made) =>
    data.api.getWebhook({ ...data.as(organization), params: { webhookId: id } });
  const deliveries = async ({ id, organization }: Made) =>
    (await data.api.listWebhookDeliveries({ ...data.as(organization), params: { webhookId: id } })).data;
  const test = ({ id, organization }: Made) =>
    data.api.testWebhook({ ...data.as(organization), params: { webhookId: id } });
  const settle = (job: LeasedJob, outcome: Partial<DeliveryOutcome> = {}) =>
    data.jobs.settle({
      jobId: job.jobId,
      token: job.token,
      outcome: { case: 'resultJson', value: JSON.stringify({ ...OK, ...outcome }) },
    });
  const messageOf = (job: LeasedJob) =>
    JOB_KINDS['webhook.deliver'].payload.parse(JSON.parse(job.payloadJson)).message as Message;
  /** Lets a delivery that waits for its next attempt be due. */
  const hurry = (organization: string) =>
    sql`update jobs set run_at = now() where organization_id = ${organization}`.execute(data.deps.database.kysely);
  const publish = (organization: Made['organization'], projectId: `prj_${string}` | null = null) => {
    const assetId = newId('asset');
    return data.deps.database.transaction((trx) =>
      data.bus.publish(trx, {
        type: 'asset_deleted',
        organizationId: organization,
        projectId,
        subject: { type: 'asset', id: assetId },
        data: { assetId },
      }),
    );
  };
  const expectCount = (made: Made, count: number) =>
    expect.poll(async () => (await deliveries(made)).length, { timeout: 10_000 }).toBe(count);

  it('get every event that they ask for, once, as it is on the stream', async () => {
    const all = await make();
    const { organization } = all;
    const some = await make({ events: ['model_rejected'] }, organization);
    const project = await data.api.createProject({ ...data.as(organization), body: { name: 'One' } });
    const ours = await make({ projectId: project.id }, organization);
    const off = await make({ enabled: false }, organization);
    await publish(organization);
    await publish(organization, project.id);
    await expectCount(all, 2);
    await expectCount(ours, 1);
    expect([await deliveries(some), await deliveries(off)]).toEqual([[], []]);

    const jobs = [];
    for (let index = 0; index < 3; index++) jobs.push(await data.lease('webhook.deliver'));
    const bodies = jobs.map((job) => JSON.parse(messageOf(job).body));
    const recorded = await data.recorded(organization);
    expect(bodies).toContainEqual({ ...recorded[0], timestamp: recorded[0]?.time });
    expect(messageOf(jobs[0] as LeasedJob).id).toBe(`evt_${bodies[0].id}`);
    for (const job of jobs) await settle(job);
    const [done] = await deliveries(ours);
    expect(done).toMatchObject({
      state: 'succeeded',
      attempts: 1,
      nextAttemptAt: null,
      lastAttempt: { number: 1, status: 200, response: 'thanks', milliseconds: 5 },
    });
    // Clients see no jobs of the server's own.
    const { data: shown } = await data.api.listJobs({ ...data.as(organization) });
    expect(shown).toEqual([]);
    for (const call of [data.api.getJob, data.api.cancelJob]) {
      const params = { jobId: jobs[0]?.jobId as `job_${string}` };
      await expect(call({ ...data.as(organization), params })).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it('are signed with the secret of the moment, and with the one before for a while; the database tells neither', async () => {
    const made = await make();
    await test(made);
    const rotated = await data.api.rotateWebhookSecret({
      ...data.as(made.organization),
      params: { webhookId: made.id },
      body: { overlapHours: 1 },
    });
    expect(rotated.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(rotated.secret).not.toBe(made.secret);
    const job = await data.lease('webhook.deliver');
    expect(messageOf(job).secrets).toEqual([rotated.secret, made.secret]);
    expect(Date.parse(rotated.previousSecretUntil as string)).toBeGreaterThan(Date.now());
    await settle(job);
    const tables = ['webhooks', 'jobs', 'webhook_deliveries', 'data_idempotency_keys'];
    for (const table of tables) {
      const { rows } = await sql`select * from ${sql.table(table)}`.execute(data.deps.database.kysely);
      for (const secret of [made.secret, rotated.secret]) expect(JSON.stringify(rows)).not.toContain(secret.slice(6));
    }
    await sql`update webhooks set previous_secret_until = now() where id = ${made.id}`.execute(
      data.deps.database.kysely,
    );
    await test(made);
    const later = await data.lease('webhook.deliver');
    expect(messageOf(later).secrets).toEqual([rotated.secret]);
    await settle(later);
  });

  it('are tried again over days, no earlier than the endpoint asks, and then given up', async () => {
    const made = await make();
    await publish(made.organization);
    await expectCount(made, 1);
    let before = Date.now();
    for (let attempt = 1; attempt < MOST_ATTEMPTS; attempt++) {
      const job = await data.lease('webhook.deliver');
      expect(job.attempt).toBe(attempt);
      before = Date.now();
      await settle(job, attempt === 1 ? { status: 503, retryAfterSeconds: 600 } : { status: null, error: 'no route' });
      const [pending] = await deliveries(made);
      expect(pending).toMatchObject({ state: 'pending', attempts: attempt });
      const pause = Date.parse(pending?.nextAttemptAt as string) - before;
      const least = attempt === 1 ? 600_000 : pauseAfter(attempt, null, 0);
      expect(pause).toBeGreaterThanOrEqual(least - 50);
      expect(pause).toBeLessThan(Math.max(least, pauseAfter(attempt, null, 1)) + 5000);
      await hurry(made.organization);
    }
    expect(pauseAfter(1, 1_000_000, 1)).toBe(24 * 3_600_000);
    await settle(await data.lease('webhook.deliver'), { status: 500 });
    const [failed] = await deliveries(made);
    expect(failed).toMatchObject({ state: 'failed', attempts: MOST_ATTEMPTS, nextAttemptAt: null });
    const details = await data.api.getWebhookDelivery({
      ...data.as(made.organization),
      params: { webhookId: made.id, deliveryId: failed?.id as `whd_${string}` },
    });
    expect(details.log.map(({ status }) => status)).toEqual([503, ...Array(MOST_ATTEMPTS - 2).fill(null), 500]);
    expect((await read(made)).failingSince).not.toBeNull();
    await test(made);
    await settle(await data.lease('webhook.deliver'));
    expect((await read(made)).failingSince).toBeNull();
  });

  it('that nothing reaches let the others of their organisation pass, and so do many events that are sent again', async () => {
    const dead = await make();
    const since = new Date().toISOString();
    for (let index = 0; index < 3; index++) await publish(dead.organization);
    await expectCount(dead, 3);
    await settle(await data.lease('webhook.deliver'), { status: null, error: 'no route' });
    await publish(dead.organization);
    await expectCount(dead, 4);
    const well = await make({ url: 'https://well.example/in' }, dead.organization);
    await publish(dead.organization);
    await expectCount(well, 1);
    const next = await data.lease('webhook.deliver');
    expect(messageOf(next).url).toBe('https://well.example/in');
    await settle(next);
    await data.api.replayWebhook({ ...data.as(well.organization), params: { webhookId: well.id }, body: { since } });
    await test(well);
    const first = await data.lease('webhook.deliver');
    expect(messageOf(first).id).toMatch(/^test_/);
    await settle(first);
    for (const { organization, id } of [dead, well]) {
      await data.api.deleteWebhook({ ...data.as(organization), params: { webhookId: id } });
    }
  });

  it('are tried again after a second in test mode, and told twice where that is asked for', async () => {
    const organization = newId('organization');
    const headers = { ...data.as(organization).headers, 'x-maquette-test': 'true' as const };
    const url = 'https://hooks.example/in';
    const made = { ...(await data.api.createWebhook({ headers, body: { url, description: 'CI' } })), organization };
    const attempt = async (outcome: Partial<DeliveryOutcome>) => {
      const before = Date.now();
      await settle(await data.lease('webhook.deliver'), outcome);
      const [{ state, nextAttemptAt } = { state: 'none', nextAttemptAt: null }] = await deliveries(made);
      return [state, nextAttemptAt && Math.round((Date.parse(nextAttemptAt) - before) / 1000)];
    };
    await publish(organization);
    await expectCount(made, 1);
    for (let failed = 0; failed < 3; failed++) {
      expect(await attempt({ status: 500 })).toEqual(['pending', 1]);
      await hurry(organization);
    }
    expect(await attempt({ status: 503, retryAfterSeconds: 7 })).toEqual(['pending', 7]);
    await hurry(organization);
    expect(await attempt({})).toEqual(['succeeded', null]);
    const body = { description: 'CI test-delivery-repeats' };
    await data.api.updateWebhook({ headers, params: { webhookId: made.id }, body });
    await publish(organization);
    await expectCount(made, 2);
    expect(await attempt({})).toEqual(['pending', 1]);
    await hurry(organization);
    expect(await attempt({})).toEqual(['succeeded', null]);
    expect((await read(made)).failingSince).toBeNull();
    await test(made);
    expect(await attempt({})).toEqual(['succeeded', null]);
  });

  it.each([
    ['gone', 410],
    ['failing', 500],
  ])('are switched off when their endpoint is %s, with an event; what waits is canceled', async (reason, status) => {
    const made = await make();
    const other = await make({}, made.organization);
    await publish(made.organization);
    await publish(made.organization);
    await expectCount(made, 2);
    if (reason === 'failing') {
      const since = new Date(Date.now() - FAILING_MS);
      await sql`update webhooks set failing_since = ${since} where id = ${made.id}`.execute(data.deps.database.kysely);
    }
    while ((await read(made)).enabled) {
      const job = await data.lease('webhook.deliver');
      const mine = (await deliveries(made)).some(({ id }) => job.payloadJson.includes(id));
      await settle(job, mine ? { status } : {});
    }
    expect(await read(made)).toMatchObject({ enabled: false, disabledBecause: reason });
    expect((await deliveries(made)).map(({ state }) => state)).toContain('canceled');
    await expect(test(made)).rejects.toMatchObject({ code: 'conflict' });
    // The other webhook is told.
    await expect
      .poll(async () => (await deliveries(other)).map(({ eventType }) => eventType))
      .toContain('webhook_disabled');
    await sql`update jobs set state = 'canceled', finished_at = now() where state in ('queued', 'running')`.execute(
      data.deps.database.kysely,
    );

    const on = await data.api.updateWebhook({
      ...data.as(made.organization),
      params: { webhookId: made.id },
      body: { enabled: true },
    });
    expect(on).toMatchObject({ enabled: true, disabledBecause: null, failingSince: null });
  });

  it('are sent again what they missed: one delivery, or all events since a time', async () => {
    const made = await make();
    const params = { webhookId: made.id };
    await data.api.updateWebhook({ ...data.as(made.organization), params, body: { enabled: false } });
    const since = new Date(Date.now() - 1000).toISOString();
    for (let index = 0; index < 3; index++) await publish(made.organization);
    await data.api.updateWebhook({ ...data.as(made.organization), params, body: { enabled: true } });
    expect(await deliveries(made)).toEqual([]);
    const replay = { ...data.as(made.organization), params };
    expect(await data.api.replayWebhook({ ...replay, body: { since } })).toEqual({ deliveries: 3, next: null });
    expect(await data.api.replayWebhook({ ...replay, body: { since: '2099-01-01T00:00:00Z' } })).toMatchObject({
      deliveries: 0,
    });
    for (let index = 0; index < 3; index++) await settle(await data.lease('webhook.deliver'));
    const [first] = await deliveries(made);
    const again = await data.api.replayWebhookDelivery({
      ...data.as(made.organization),
      params: { ...params, deliveryId: first?.id as `whd_${string}` },
    });
    expect(again).toMatchObject({ messageId: first?.messageId, replayOf: first?.id, state: 'pending' });
    const job = await data.lease('webhook.deliver');
    expect(messageOf(job).id).toBe(first?.messageId);
    // Deleted while a worker sends: its word about it is of no use to anybody, and does no harm.
    await data.api.deleteWebhook({ ...data.as(made.organization), params });
    await expect(settle(job)).rejects.toMatchObject({ code: 'lease_lost' });
  });

  it('of one project show and send again nothing that they were told of others before', async () => {
    const made = await make();
    const as = data.as(made.organization);
    const [mine, other] = await Promise.all(
      ['One', 'Another'].map((name) => data.api.createProject({ ...as, body: { name } })),
    );
    for (const project of [null, mine, other]) await publish(made.organization, project?.id ?? null);
    await expectCount(made, 3);
    const before = await deliveries(made);
    const params = { webhookId: made.id };
    await data.api.updateWebhook({ ...as, params, body: { projectId: mine?.id as `prj_${string}` } });
    const shown = await deliveries(made);
    expect(shown.map(({ eventType }) => eventType)).toEqual(['asset_deleted']);
    const hidden = before.filter(({ id }) => !shown.some((one) => one.id === id));
    expect(hidden).toHaveLength(2);
    for (const { id: deliveryId } of hidden) {
      const call = { ...as, params: { ...params, deliveryId } };
      await expect(data.api.getWebhookDelivery(call)).rejects.toMatchObject({ code: 'not_found' });
      await expect(data.api.replayWebhookDelivery(call)).rejects.toMatchObject({ code: 'not_found' });
    }
    const [kept] = shown;
    const again = { ...as, params: { ...params, deliveryId: kept?.id as `whd_${string}` } };
    expect(await data.api.replayWebhookDelivery(again)).toMatchObject({ replayOf: kept?.id });
    // Widened again it shows all, and what was on its way of others has not been sent.
    await data.api.updateWebhook({ ...as, params, body: { projectId: null } });
    const all = await deliveries(made);
    expect(all).toHaveLength(4);
    const states = (ids: string[]) => all.filter(({ id }) => ids.includes(id)).map(({ state }) => state);
    expect(states(hidden.map(({ id }) => id))).toEqual(['canceled', 'canceled']);
    expect(states(shown.map(({ id }) => id))).toEqual(['pending']);
  });
});

interface Made {
  id: WebhookId;
  organization: `org_${string}`;
}

interface Message {
  url: string;
  id: string;
  body: string;
  secrets: string[];
}
