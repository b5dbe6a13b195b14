import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { createTestDatabase, findPostgresql, type TestDatabase } from '#test/postgresql.ts';
import type { Database } from '../database/database.ts';
import { openPostgresql } from '../database/open-postgresql.ts';
import type { NewJob } from './bus.ts';
import { createBus } from './create-bus.ts';
import { BUS_MIGRATIONS } from './migrations.ts';
import type { BusTables } from './tables.ts';

const server = await findPostgresql();
const JOBS = 200;
const KILLS = 4;

describe.skipIf(server === null)('the bus across processes', () => {
  let test: TestDatabase;
  let database: Database<BusTables>;
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    test = await createTestDatabase();
    database = (await openPostgresql({ url: test.url, maxConnections: 4 })).as<BusTables>();
    await database.migrate(BUS_MIGRATIONS);
    await sql`create table effects (job text not null, worker text not null)`.execute(database.kysely);
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await database?.close();
    await test?.drop();
  });

  async function startWorker(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'bus-worker.child.ts'), test.url], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.add(child);
    await once(child.stdout, 'data');
    return child;
  }

  it(`has each of ${JOBS} effects exactly once though workers are killed ${KILLS} times`, async () => {
    const bus = await createBus(database);
    const workers = await Promise.all([startWorker(), startWorker()]);
    const queueing = (async () => {
      for (let index = 0; index < JOBS; index++) {
        await database.transaction(async (trx) => {
          // The bus does not look into it.
          const payload = {} as unknown as NewJob<'render.image'>['payload'];
          const organizationId = newId('organization');
          await bus.enqueue(trx, {
            id: newId('job'),
            kind: 'render.image',
            organizationId,
            projectId: null,
            assetId: null,
            payload,
            maxAttempts: 50,
          });
        });
      }
    })();

    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(50 + Math.random() * 250);
      const victim = workers.shift();
      victim?.kill('SIGKILL');
      if (victim !== undefined) children.delete(victim);
      workers.push(await startWorker());
    }
    await queueing;

    const unfinished = () =>
      database.kysely
        .selectFrom('jobs')
        .select((select) => select.fn.countAll().as('count'))
        .where('state', '!=', 'succeeded')
        .executeTakeFirstOrThrow();
    for (const end = Date.now() + 40_000; Number((await unfinished()).count) > 0; await sleep(20)) {
      if (Date.now() > end) throw new Error(`${(await unfinished()).count} jobs are not done after 40 s`);
    }
    const { rows } = await sql<{ jobs: number; effects: number; distinct: number; workers: number }>`
      select (select count(*) from jobs) as jobs, count(*) as effects, count(distinct job) as distinct,
        count(distinct worker) as workers
      from effects`.execute(database.kysely);
    expect(rows[0]).toMatchObject({ jobs: JOBS, effects: JOBS, distinct: JOBS });
    expect(rows[0]?.workers).toBeGreaterThan(1);
    await bus.close();
  });
});
