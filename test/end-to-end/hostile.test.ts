import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CORPUS, hasCorpus } from '../corpus.ts';
import { makeCube } from '../models/cube.ts';
import { requestJson, settled, upload } from './client.ts';
import { startWhole, type TestServer } from './server.ts';

describe.skipIf(!hasCorpus)('hostile files', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startWhole();
  });
  afterAll(async () => {
    await server?.stop();
    await server?.remove();
  });

  it('each end in a clear error, while the server stays steady', { timeout: 300_000 }, async () => {
    const cube = await makeCube(1);
    await settled(server, (await upload(server, [{ name: 'warm-up.glb', bytes: cube }])).body.id);
    const before = await residentBytes(server);
    const entries = await readdir(`${CORPUS}/corrupt`, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`)
      .sort();
    expect(paths.length).toBeGreaterThan(30);
    const latencies: number[] = [];
    const outcomes: string[] = [];
    for (const path of paths) {
      const name = path.slice(CORPUS.length + 1);
      const { status, body } = await upload(server, [{ name, bytes: await readFile(path) }]);
      if (status !== 201) {
        // Nothing to store: an empty file is refused at the door.
        expect(status, name).toBe(400);
        continue;
      }
      const reading = (async () => {
        const started = performance.now();
        await requestJson(server, `/v1/assets/${body.id}`);
        latencies.push(performance.now() - started);
      })();
      const asset = await settled(server, body.id, 30);
      await reading;
      outcomes.push(`${name}: ${asset.state} ${asset.error?.code ?? ''}`);
      if (asset.state === 'failed') {
        expect(asset.error?.fault, `${name}: ${asset.error?.message}`).toBe('input');
        expect(asset.error?.remedy, name).toBeTruthy();
        expect(asset.error?.message.length, name).toBeGreaterThan(15);
      }
    }
    const failed = outcomes.filter((outcome) => outcome.includes(': failed'));
    expect(failed.length, outcomes.join('\n')).toBeGreaterThan(paths.length * 0.8);
    expect(Math.max(...latencies)).toBeLessThan(1000);
    expect((await residentBytes(server)) - before).toBeLessThan(200 * 2 ** 20);
    const after = await settled(server, (await upload(server, [{ name: 'afterwards.glb', bytes: cube }])).body.id);
    expect(after.state).toBe('ready');
  });
});

/** Resident memory of the server's own process, in bytes. */
async function residentBytes(server: TestServer): Promise<number> {
  const status = await readFile(`/proc/${server.processes[0]?.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}
