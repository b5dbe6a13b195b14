import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnyEvent } from '#contracts/events/events.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import type { Job } from '#contracts/rest/resources/job.ts';
import { seededRandom } from '#engine/measure/random.ts';
import { readServerSentEvents, requestJson, settled, upload } from '../end-to-end/client.ts';
import { newDataFolder, startWhole, type TestServer } from '../end-to-end/server.ts';
import { makeCube } from '../models/cube.ts';

/** What the rounds came to. */
export interface KillReport {
  rounds: number;
  seed: number;
  acknowledged: number;
  ready: number;
  failed: number;
  /** Uploads that were recorded although their answer was lost. */
  unacknowledgedButRecorded: number;
  /** Everything that should not be; empty when all is well. */
  violations: string[];
}

/**
 * Starts `uploads` uploads, kills the server with SIGKILL at a random moment, starts it again on the same data, and
 * checks that every acknowledged upload ends once; again and again on the same data folder.
 *
 * @param options.seed seeds the moments; printed with every report.
 */
export async function killRounds(options: { rounds: number; uploads: number; seed: number }): Promise<KillReport> {
  const { rounds, uploads, seed } = options;
  const random = seededRandom(seed);
  const data = await newDataFolder();
  const acknowledged = new Map<string, { name: string; damaged: boolean }>();
  const violations: string[] = [];
  let server = await startWhole({ data });
  try {
    for (let round = 0; round < rounds; round++) {
      const pending = await startUploads(server, round, uploads, acknowledged);
      await new Promise((resolve) => setTimeout(resolve, 30 + random() * 2500));
      await server.kill();
      await Promise.all(pending);
      const children = await orphans(data);
      if (children.length > 0) violations.push(`round ${round}: processes outlived the server: ${children.join(', ')}`);
      server = await startWhole({ data });
    }
    const states = { ready: 0, failed: 0 };
    for (const [id, { name, damaged }] of acknowledged) {
      const asset = await settled(server, id, 120);
      states[asset.state as 'ready' | 'failed']++;
      const expected = damaged ? 'failed' : 'ready';
      if (asset.state !== expected)
        violations.push(`${name} is ${asset.state}, not ${expected}: ${asset.error?.message}`);
      if (asset.error?.fault === 'system')
        violations.push(`${name} failed by the system's fault: ${asset.error.message}`);
    }
    const assets = await all<Asset>(server, '/v1/assets');
    for (const { id } of assets) await settled(server, id, 120);
    violations.push(...(await checkOnce(server, assets, acknowledged)), ...(await checkNothingLeft(server, data)));
    return {
      rounds,
      seed,
      acknowledged: acknowledged.size,
      ...states,
      unacknowledgedButRecorded: assets.length - acknowledged.size,
      violations,
    };
  } finally {
    await server.stop();
    await server.remove();
  }
}

async function startUploads(
  server: TestServer,
  round: number,
  count: number,
  acknowledged: Map<string, { name: string; damaged: boolean }>,
): Promise<Promise<void>[]> {
  const models = await Promise.all(Array.from({ length: count }, (_, index) => makeCube(1 + round + index / 1000)));
  return models.map(async (cube, index) => {
    const damaged = index % 5 === 4;
    const name = `round-${round}-upload-${index}.glb`;
    const bytes = damaged ? cube.subarray(0, cube.length - 200) : cube;
    // A connection that the kill cut is an upload that was not acknowledged.
    const answer = await upload(server, [{ name, bytes }]).catch(() => null);
    if (answer?.status === 201) acknowledged.set(answer.body.id, { name, damaged });
  });
}

/** Each acknowledged upload is there once, and each of its events was recorded once. */
async function checkOnce(
  server: TestServer,
  assets: Asset[],
  acknowledged: Map<string, { name: string }>,
): Promise<string[]> {
  const violations: string[] = [];
  const names = Map.groupBy(assets, ({ name }) => name);
  for (const { name } of acknowledged.values()) {
    const count = names.get(name)?.length ?? 0;
    if (count !== 1) violations.push(`${name} is there ${count} times`);
  }
  const events = await readServerSentEvents(server, '0', 2 * assets.length);
  const ofAsset = Map.groupBy(events, (event: AnyEvent) => ('assetId' in event.data ? event.data.assetId : ''));
  for (const { id, name, state } of assets) {
    const count = (type: string) => ofAsset.get(id)?.filter((event) => event.type === type).length ?? 0;
    const ends = count('model_processed') + count('model_rejected');
    if (count('model_uploaded') !== 1 || ends > 1)
      violations.push(`${name} (${state}) was announced wrongly: ${ofAsset.get(id)?.map(({ type }) => type)}`);
  }
  return violations;
}

/** No job is left over, no lease, no temporary file. */
async function checkNothingLeft(server: TestServer, data: string): Promise<string[]> {
  const violations: string[] = [];
  const jobs = await all<Job>(server, '/v1/jobs');
  for (const { id, state } of jobs)
    if (state === 'queued' || state === 'running') violations.push(`${id} is still ${state}`);
  const temporary = await readdir(join(data, 'objects/tmp')).catch(() => []);
  if (temporary.length > 0) violations.push(`temporary files are left: ${temporary.join(', ')}`);
  for (const pool of await readdir(join(data, 'work'))) {
    // Each running pool has one folder, which says whose it is.
    for (const session of await readdir(join(data, 'work', pool))) {
      const claim = await readFile(join(data, 'work', pool, session, 'claim.json'), 'utf8').catch(() => '{}');
      const { pid } = JSON.parse(claim) as { pid?: number };
      if (pid !== server.processes[0]?.pid) violations.push(`a work folder is left: ${pool}/${session}`);
    }
  }
  return violations;
}

/** All items of a list, over its pages. */
async function all<T>(server: TestServer, path: string): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = `limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const { body }: { body: { data: T[]; nextCursor: string | null } } = await requestJson(server, `${path}?${query}`);
    items.push(...body.data);
    cursor = body.nextCursor;
  }
  return items;
}

/** Processes that still work in the data folder a moment after the server was killed. */
async function orphans(data: string): Promise<string[]> {
  const deadline = performance.now() + 5000;
  while (true) {
    const found: string[] = [];
    for (const pid of (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))) {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (command.includes(data)) found.push(`${pid} ${command.replaceAll('\0', ' ').slice(0, 200)}`);
    }
    if (found.length === 0 || performance.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
