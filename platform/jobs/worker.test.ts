import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { newId } from '#contracts/ids/ids.ts';
import { currentContext } from '../telemetry/context.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { JobOffice } from './testing/job-office.ts';
import { type JobHandler, type JobWorker, startWorker, type WorkerOptions } from './worker.ts';

const SHA = 'a'.repeat(64);
const BLOB = { sha256: SHA, bytes: 3 };
const STATS = { seconds: 1, rays: 1, triangles: 1, peakBytes: 1, warnings: [] };
const workers: JobWorker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
});

type Handler = JobHandler<'render.image'>;
const succeed: Handler = async () => ({
  files: [{ role: 'beauty', blob: BLOB, width: 1, height: 1, contentType: 'image/png' }],
  stats: STATS,
});

/** An office with a number of jobs waiting. */
function office(count: number): JobOffice {
  const at = new JobOffice();
  for (let i = 0; i < count; i++) addJob(at);
  return at;
}

function addJob(at: JobOffice): void {
  at.add('render.image', {
    renderId: newId('render'),
    assetId: newId('asset'),
    versionId: newId('version'),
    glb: { sha256: SHA, bytes: 5 },
    request: {},
  });
}

function start(at: JobOffice, handler: Handler, more: Partial<WorkerOptions> = {}): JobWorker {
  const worker = startWorker({
    name: 'test',
    client: at.client,
    handlers: { 'render.image': handler },
    concurrency: 2,
    heartbeatMs: 20,
    logger: pino({ level: 'silent' }),
    ...more,
  });
  workers.push(worker);
  return worker;
}

function outcomes(at: JobOffice) {
  return [...at.settled.values()].flat();
}

describe('a worker', () => {
  it('tells of each picture in the making once, the newest of several, and loses no lease over one', async () => {
    const at = office(1);
    const picture = (samples: number) => ({
      contentType: 'image/png' as const,
      width: 8,
      height: 8,
      samples,
      blob: BLOB,
    });
    start(at, async (job, context) => {
      context.picture(picture(4));
      context.picture(picture(8));
      await expect.poll(() => at.pictures.length).toBe(1);
      // That one comes while nobody is there.
      at.outage.heartbeat = 1;
      context.picture(picture(16));
      const before = at.beats.length;
      await expect.poll(() => at.beats.length).toBeGreaterThan(before + 2);
      context.picture(picture(32));
      await expect.poll(() => at.pictures.length).toBe(2);
      return succeed(job, context);
    });
    await expect.poll(() => outcomes(at)).toMatchObject([{ case: 'resultJson' }]);
    expect(at.pictures.map(({ picture: { samples } }) => samples)).toEqual([8, 32]);
  });

  it('runs every job once, never more at once than it may', async () => {
    const at = office(20);
    let running = 0;
    let most = 0;
    const metrics = createMetrics();
    start(
      at,
      async (job, context) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        expect(job.payload.request).toMatchObject({ width: 800, format: 'png' });
        expect(currentContext()?.requestId).toBe(job.id);
        return succeed(job, context);
      },
      { metrics },
    );
    await expect.poll(() => at.settled.size).toBe(20);
    expect(most).toBe(2);
    expect(Math.max(...at.capacities)).toBe(2);
    expect(outcomes(at).every((outcome) => outcome.case === 'resultJson')).toBe(true);
    expect(await metrics.registry.metrics()).toMatch(
      /maquette_job_seconds_count{kind="render.image",outcome="succeeded"} 20/,
    );
  });

  it('reports the latest progress, which never goes back', async () => {
    const at = office(1);
    start(at, async (job, context) => {
      context.progress(0.2, 'read');
      await new Promise((resolve) => setTimeout(resolve, 60));
      context.progress(0.7, 'trace');
      context.progress(0.1, 'trace');
      await new Promise((resolve) => setTimeout(resolve, 60));
      return succeed(job, context);
    });
    await expect.poll(() => at.settled.size).toBe(1);
    expect(at.beats).toContainEqual(expect.objectContaining({ progress: 0.2, stage: 'read' }));
    expect(at.beats.at(-1)).toMatchObject({ progress: 0.7, stage: 'trace' });
  });

  it.each([
    ['the input', new MaquetteError('model_malformed', 'bad', { remedy: 'mend it' }), false],
    ['the system', new MaquetteError('storage_failed', 'disk'), true],
    ['an unexpected error', new TypeError('oops'), true],
  ])('says whether another attempt could do better (fault of %s)', async (_, error, retryable) => {
    const at = office(1);
    start(at, () => Promise.reject(error));
    await expect.poll(() => at.settled.size).toBe(1);
    const [outcome] = outcomes(at);
    if (outcome?.case !== 'failure') throw new Error(`settled as ${outcome?.case}`);
    expect(outcome.value.retryable).toBe(retryable);
    expect(JSON.parse(outcome.value.errorJson)).toMatchObject({ message: error.message });
  });

  it.each(['canceled', 'lost'])('stops work and settles nothing when the job is %s', async (answer) => {
    const at = office(1);
    at.state = answer;
    let aborted = false;
    start(at, async (_, { signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      aborted = true;
      throw signal.reason;
    });
    await expect.poll(() => aborted).toBe(true);
    addJob(at);
    at.state = 'running';
    await expect.poll(() => at.queue.length).toBe(0);
    expect(at.settled.size).toBe(0);
  });

  it('gets over a data service that is away, and says so meanwhile', async () => {
    const at = office(1);
    Object.assign(at.outage, { lease: 2, heartbeat: 2, settle: 2 });
    const worker = start(at, async (job, context) => {
      await new Promise((resolve) => setTimeout(resolve, 80));
      return succeed(job, context);
    });
    await expect.poll(() => worker.connection().connected).toBe(false);
    await expect.poll(() => at.settled.size, { timeout: 5000 }).toBe(1);
    expect(worker.connection()).toEqual({ connected: true });
    expect(outcomes(at).map((outcome) => outcome.case)).toEqual(['resultJson']);
    expect(at.outage.heartbeat).toBeLessThan(0);
  });

  it('leases nothing while it is not able to work', async () => {
    const at = office(1);
    let able = false;
    start(at, succeed, { able: () => able });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(at.capacities).toEqual([]);
    able = true;
    await expect.poll(() => at.settled.size).toBe(1);
  });

  it('drops a result whose lease was lost', async () => {
    const at = office(2);
    at.settleError = new MaquetteError('lease_lost', 'another has it');
    let done = 0;
    start(at, async (job, context) => {
      done++;
      return succeed(job, context);
    });
    await expect.poll(() => done).toBe(2);
    at.settleError = null;
    addJob(at);
    await expect.poll(() => at.settled.size).toBe(1);
  });

  it('hands its jobs back when it stops, and lets short ones finish', async () => {
    const at = office(2);
    let first = true;
    const worker = start(
      at,
      async (job, context) => {
        if (first) {
          first = false;
          await new Promise((resolve) => setTimeout(resolve, 100));
          return succeed(job, context);
        }
        await new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)));
        return succeed(job, context);
      },
      { stopGraceMs: 300 },
    );
    await expect.poll(() => at.queue.length).toBe(0);
    await worker.stop();
    expect(
      outcomes(at)
        .map((outcome) => outcome.case)
        .sort(),
    ).toEqual(['released', 'resultJson']);
    const asked = at.capacities.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(at.capacities.length).toBe(asked);
  });
});
