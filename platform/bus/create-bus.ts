import { sql } from 'kysely';
import type { EventOf } from '#contracts/events/events.ts';
import type { JobId } from '#contracts/ids/ids.ts';
import type { Database, Trx } from '../database/database.ts';
import type { Bus } from './bus.ts';
import { CHANNELS } from './channels.ts';
import { Consumer, type ConsumerFailed } from './consumers.ts';
import { EndSignals } from './end-signals.ts';
import { EventFeed } from './event-feed.ts';
import { findNextWork, leaseJobs, type RunningLimits, takeExhausted } from './job-leasing.ts';
import { prolongLease, type ShownProgress } from './job-progress.ts';
import {
  cancelJob,
  enqueueJobs,
  failJob,
  findEnded,
  type RetryDelay,
  releaseJob,
  retryJob,
  settleLease,
} from './job-queue.ts';
import { findNewestPosition, findOldestPosition, publishEvent, readEvents, readSpan } from './outbox.ts';
import { pruneBus } from './prune.ts';
import type { BusTables } from './tables.ts';
import { encodeTransient } from './transient-events.ts';
import { WorkSignals } from './work-signals.ts';

/** Options of `createBus`. */
export interface BusOptions {
  /** How often the tables are looked at without a notification, in case one was lost. Default 5,000 ms. */
  pollMs?: number;
  /** Pause before the first retry of a failed job; it doubles with each. Default 1,000 ms. */
  retryFirstMs?: number;
  /** The pause grows no longer than this. Default 60,000 ms. */
  retryLongestMs?: number;
  /** Leases of a job that may run out without counting as an attempt. Default 10. */
  lostLeases?: number;
  /** How many jobs an organisation may have under leases at once; any number unless given. */
  limits?: RunningLimits | undefined;
  /** From 0 up to 1, for the jitter of retries; `Math.random` unless given. */
  random?: () => number;
  /** Told when a consumer fails at an event. */
  consumerFailed?: ConsumerFailed;
}

/** The bus on a database whose `BUS_MIGRATIONS` have run. One a process; `close` it before the database. */
export async function createBus(database: Database<BusTables>, options: BusOptions = {}): Promise<Bus> {
  const { pollMs = 5_000, lostLeases = 10, consumerFailed = () => {} } = options;
  const rules = { lostLeases, limits: options.limits ?? null };
  const delay: RetryDelay = {
    firstMs: options.retryFirstMs ?? 1_000,
    longestMs: options.retryLongestMs ?? 60_000,
    random: options.random ?? Math.random,
  };
  const read: Bus['read'] = (after, limit, organizationId) => readEvents(database, after, limit, organizationId);
  const newestPosition = () => findNewestPosition(database);
  const work = new WorkSignals((kinds) => findNextWork(database, kinds, rules), pollMs);
  const ends = new EndSignals((jobIds: JobId[]) => findEnded(database, jobIds), pollMs);
  const feed = new EventFeed({ read, newestPosition });
  const consumers = new Set<Consumer>();
  let closing: Promise<void> | null = null;

  const newEvents = () => {
    feed.wake();
    for (const consumer of consumers) consumer.wake();
  };
  const unlisten = await Promise.all([
    database.listen(CHANNELS.work, (payload) => work.hear(payload)),
    database.listen(CHANNELS.end, (payload) => ends.hear(payload)),
    database.listen(CHANNELS.events, newEvents),
    database.listen(CHANNELS.transient, (payload) => feed.hearTransient(payload)),
  ]);
  const poll = setInterval(() => feed.wake(), pollMs).unref();

  /** What the limit of an organisation held back may be leased now, of whatever kind it is. */
  const roomForMore = async (trx: Trx<BusTables>) => {
    if (rules.limits !== null) await sql`select pg_notify(${CHANNELS.work}, '')`.execute(trx);
  };

  const broadcast: Bus['broadcast'] = async (event) => {
    const payload = encodeTransient(event);
    if (payload !== null) await sql`select pg_notify(${CHANNELS.transient}, ${payload})`.execute(database.kysely);
  };

  return {
    enqueue: (trx, job) => enqueueJobs(trx, [job]),
    enqueueAll: enqueueJobs,
    async lease(request) {
      const before = work.before(request.kinds);
      const jobs = await leaseJobs(database, request, rules);
      if (jobs.length < request.capacity) work.nothingLeft(request.kinds, before);
      if (jobs.length > 0) work.leased(request.leaseMs);
      return jobs;
    },
    waitForWork: (kinds, waitMs, signal) => work.wait(kinds, waitMs, signal),
    async heartbeat(jobId, token, leaseMs, progress, stage) {
      const { state, shown } = await prolongLease(database, jobId, token, leaseMs, progress, stage);
      if (shown) await broadcast(progressEvent(shown));
      return state;
    },
    async settle(trx, jobId, token, outcome) {
      const settled = await settleLease(trx, jobId, token, outcome, { delay, lostLeases });
      await roomForMore(trx);
      return settled;
    },
    async cancel(trx, jobId) {
      const canceled = await cancelJob(trx, jobId);
      await roomForMore(trx);
      return canceled;
    },
    retry: retryJob,
    release: releaseJob,
    fail: failJob,
    waitForEnd: (jobId, waitMs, signal) => ends.wait(jobId, waitMs, signal),
    exhausted: (limit) => takeExhausted(database, limit, lostLeases),

    publish: publishEvent,
    broadcast,
    read,
    readSpan,
    newestPosition,
    oldestPosition: () => findOldestPosition(database),
    subscribe: (after, signal, organizationId) => feed.subscribe(after, signal, organizationId),
    async consume(name, handle) {
      const consumer = new Consumer(database, name, handle, { failed: consumerFailed, pollMs });
      consumers.add(consumer);
      await consumer.start();
    },
    prune: (olderThan) => pruneBus(database, olderThan),
    close() {
      closing ??= (async () => {
        clearInterval(poll);
        work.close();
        ends.close();
        feed.close();
        await Promise.all([...consumers].map((consumer) => consumer.close()));
        await Promise.all(unlisten.map((stop) => stop()));
      })();
      return closing;
    },
  };
}

function progressEvent({ id: jobId, organizationId, projectId, ...data }: ShownProgress): EventOf<'job_progress'> {
  return {
    id: null,
    type: 'job_progress',
    time: new Date().toISOString(),
    organizationId,
    projectId,
    subject: { type: 'job', id: jobId },
    data: { jobId, ...data },
  };
}
