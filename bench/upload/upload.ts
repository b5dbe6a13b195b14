import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Project } from '#contracts/rest/resources/project.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { EventListener, request, requestJson, settled, upload } from '#test/end-to-end/client.ts';
import { startWhole, type TestServer } from '#test/end-to-end/server.ts';
import { keepResult, quantile } from '../machine.ts';
import { treeMemory } from './process-memory.ts';
import { varyGlb } from './vary-glb.ts';

/**
 * How long an upload takes until its preview is there, what an idle server weighs, how fast it starts again, and how
 * long a read takes while a render runs. `npm run bench:upload`.
 */
const ROUNDS = 15;

const model = hasCorpus
  ? await corpusFile('gltf/Knight.glb')
  : await readFile(process.argv[2] ?? 'bench/models/reference.glb');

async function uploadLatencies(server: TestServer): Promise<number[]> {
  const listener = await EventListener.open(server);
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS + 2; round++) {
    const bytes = varyGlb(model, round);
    const started = performance.now();
    const { body } = await upload(server, [{ name: `round-${round}.glb`, bytes }]);
    await listener.waitFor((event) => event.type === 'render_complete' && event.data.assetId === body.id);
    // The first two warm the processes up.
    if (round >= 2) seconds.push((performance.now() - started) / 1000);
  }
  listener.close();
  return seconds;
}

/** Reads a project every 20 ms while large renders run. */
async function readsWhileRendering(
  server: TestServer,
): Promise<{ reads: number; p50: number; p95: number; max: number }> {
  const { body } = await upload(server, [{ name: 'busy.glb', bytes: varyGlb(model, 1000) }]);
  await settled(server, body.id);
  const { body: page } = await requestJson<{ data: Project[] }>(server, '/v1/projects');
  const renders = [1, 2, 3].map((turn) =>
    request(server, '/v1/renders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=60' },
      body: JSON.stringify({ assetId: body.id, width: 1600, height: 1200, samples: 16, environmentRotation: turn }),
    }),
  );
  let rendering = true;
  const done = Promise.all(renders).then(() => {
    rendering = false;
  });
  const milliseconds: number[] = [];
  while (rendering) {
    const started = performance.now();
    await (await request(server, `/v1/projects/${page.data[0]?.id}`)).arrayBuffer();
    milliseconds.push(performance.now() - started);
    await sleep(20);
  }
  await done;
  return {
    reads: milliseconds.length,
    p50: quantile(milliseconds, 0.5),
    p95: quantile(milliseconds, 0.95),
    max: Math.max(...milliseconds),
  };
}

const first = await startWhole();
const seconds = await uploadLatencies(first);
const readMilliseconds = await readsWhileRendering(first);
await sleep(10_000);
const busyBefore = await treeMemory(first.processes[0]?.pid as number);
await first.stop();

const started = performance.now();
const second = await startWhole({ data: first.data });
const secondStart = (performance.now() - started) / 1000;
await sleep(3000);
const idle = await treeMemory(second.processes[0]?.pid as number);
await second.stop();
await second.remove();

await keepResult(new URL('results/upload.json', import.meta.url).pathname, {
  model: hasCorpus ? 'Knight.glb (3.6 MB, 76 clips)' : 'reference.glb',
  uploads: ROUNDS,
  uploadToRenderCompleteSeconds: {
    p50: quantile(seconds, 0.5),
    p95: quantile(seconds, 0.95),
    max: Math.max(...seconds),
  },
  readWhileRenderingMilliseconds: readMilliseconds,
  idleMemoryMiB: { afterSecondStart: idle, afterWork: busyBefore },
  secondStartUntilReadySeconds: secondStart,
});
