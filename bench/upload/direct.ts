import { openAsBlob } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { seededRandom } from '#engine/measure/random.ts';
import { hasCeph, startCeph } from '#platform/objects/testing/ceph.ts';
import { createClient } from '#sdk/client.ts';
import { KEY, startWhole } from '#test/end-to-end/server.ts';
import { keepResult } from '../machine.ts';

/**
 * The same files to a server on S3, through the server by tus and straight to the bucket, in turns: how long each takes,
 * and what the server's process works for it. Needs Ceph. `npm run bench:direct`.
 */
const BYTES = 128 * 1024 ** 2;
const ROUNDS = 3;
const BUCKET = 'bench';

/** Seconds of processor that a process has used, its threads included and its children not. Linux only. */
async function processorSeconds(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

/** A file that no compression makes smaller, and that is like no other. */
async function writeFileOf(path: string, seed: number): Promise<void> {
  const next = seededRandom(seed);
  const words = Uint32Array.from({ length: BYTES / 4 }, () => next() * 2 ** 32);
  await writeFile(path, new Uint8Array(words.buffer));
}

if (!(await hasCeph())) throw new Error('Ceph is not installed (Debian: radosgw ceph-mon ceph-osd ceph-common)');
const folder = await mkdtemp(join(tmpdir(), 'maquette-direct-'));
const s3 = await startCeph();
const { endpoint, credentials } = s3;
const storage = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });
await storage.send(new CreateBucketCommand({ Bucket: BUCKET }));
const server = await startWhole({
  environment: {
    MAQUETTE_S3_BUCKET: BUCKET,
    MAQUETTE_S3_ENDPOINT: endpoint,
    MAQUETTE_S3_PUBLIC_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  },
});
const pid = server.processes[0]?.pid;
const client = createClient({ baseUrl: server.url, key: KEY });

/** One upload: seconds until the bytes are there, until their blob is, and of the server's processor. */
async function upload(direct: boolean, seed: number) {
  const path = join(folder, 'large.glb');
  await writeFileOf(path, seed);
  const before = await processorSeconds(pid);
  const started = performance.now();
  const asset = await client.assets.upload(await openAsBlob(path), { name: 'large.glb', direct, onProgress: () => {} });
  const sent = (performance.now() - started) / 1000;
  const job = await client.jobs.wait(asset.job);
  if (job.state !== 'succeeded') throw new Error(`${job.kind} ended as ${job.state}: ${job.error?.message}`);
  return { sent, stored: (performance.now() - started) / 1000, processor: (await processorSeconds(pid)) - before };
}

type Figures = Awaited<ReturnType<typeof upload>>;
const runs: Record<'tus' | 'direct', Figures[]> = { tus: [], direct: [] };
for (let round = 0; round < ROUNDS; round++) {
  runs.tus.push(await upload(false, 2 * round + 1));
  runs.direct.push(await upload(true, 2 * round + 2));
}
const least = (figures: Figures[], of: keyof Figures) => Math.min(...figures.map((one) => one[of]));
const ratio = (of: keyof Figures) => Math.round((100 * least(runs.tus, of)) / least(runs.direct, of)) / 100;
await keepResult('bench/upload/results/direct.json', {
  bytes: BYTES,
  rounds: ROUNDS,
  runs,
  tusOverDirect: { sent: ratio('sent'), stored: ratio('stored'), processor: ratio('processor') },
});
await server.stop();
await server.remove();
storage.destroy();
await s3.close();
await rm(folder, { recursive: true, force: true });
