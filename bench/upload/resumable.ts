import { createReadStream } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tus from 'tus-js-client';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import type { Job } from '#contracts/rest/resources/job.ts';
import { seededRandom } from '#engine/measure/random.ts';
import { openCuttingProxy } from '#test/cutting-proxy.ts';
import { requestJson } from '#test/end-to-end/client.ts';
import { KEY, startWhole } from '#test/end-to-end/server.ts';
import { keepResult } from '../machine.ts';

/**
 * One gigabyte by the official tus client over a connection that is cut five times: how much the server's memory grows,
 * and how long it takes. `npm run bench:resumable`.
 */
const GIGABYTE = 1024 ** 3;
const CUTS = [0.15, 0.2, 0.1, 0.18, 0.12].map((share) => Math.round(share * GIGABYTE));
const PART = 16 * 1024 ** 2;

/** Resident memory of a process in bytes, with its threads but without its children. */
async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** A file of a gigabyte that no compression makes smaller. */
async function writeGigabyte(path: string): Promise<void> {
  const next = seededRandom(1);
  const words = Uint32Array.from({ length: PART / 4 }, () => next() * 2 ** 32);
  const part = Buffer.from(words.buffer);
  const file = await open(path, 'wx');
  for (let written = 0; written < GIGABYTE; written += PART) {
    part.writeUInt32LE(written / PART, 0);
    await file.write(part);
  }
  await file.close();
}

const folder = await mkdtemp(join(tmpdir(), 'maquette-resumable-'));
const path = join(folder, 'large.glb');
await writeGigabyte(path);
const server = await startWhole();
const pid = server.processes[0]?.pid;
const proxy = await openCuttingProxy(server.url, CUTS);
await new Promise((settled) => setTimeout(settled, 5000));
const before = await residentBytes(pid);
let peak = before;
const watch = setInterval(async () => {
  peak = Math.max(peak, await residentBytes(pid));
}, 50);
const started = performance.now();
const assetId = await new Promise<string>((resolve, reject) => {
  new tus.Upload(createReadStream(path), {
    endpoint: `${proxy.url}/v1/uploads`,
    headers: { authorization: `Bearer ${KEY}` },
    metadata: { filename: 'large.glb' },
    uploadSize: GIGABYTE,
    retryDelays: [100, 200, 400, 800, 1600, 3200],
    onError: reject,
    onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader('upload-asset') ?? ''),
  }).start();
});
const sentSeconds = (performance.now() - started) / 1000;
const { body: asset } = await requestJson<Asset>(server, `/v1/assets/${assetId}`);
const job = await requestJson<Job>(server, `/v1/jobs/${asset.job}`, { headers: { prefer: 'wait=60' } });
const joinedSeconds = (performance.now() - started) / 1000;
clearInterval(watch);
await keepResult('bench/upload/results/resumable.json', {
  bytes: GIGABYTE,
  cuts: proxy.cuts(),
  ingest: job.body.state,
  seconds: { sent: sentSeconds, joined: joinedSeconds },
  memoryMiB: { before: Math.round(before / 2 ** 20), peak: Math.round(peak / 2 ** 20) },
  grownMiB: Math.round((peak - before) / 2 ** 20),
});
proxy.close();
await server.stop();
await server.remove();
await rm(folder, { recursive: true, force: true });
