import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NodeIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { InlineThreads } from '#engine/render/inline-threads.ts';
import { openRenderSession } from '#engine/render/render-session.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import { makeReferenceModel, REFERENCE_MODEL } from '../../scripts/make-reference-model.ts';

/**
 * Where the time of a warm frame goes: CPU seconds of each stage on one thread, reference model, 800 × 600, the best of
 * some frames of a turntable.
 *
 *   node bench/render/warm-frame.ts [FRAMES]
 */
if (!existsSync(REFERENCE_MODEL)) {
  await mkdir(dirname(REFERENCE_MODEL), { recursive: true });
  await writeFile(REFERENCE_MODEL, await makeReferenceModel());
}
const frames = Number(process.argv[2] ?? 8);
const node = createNodeRenderHost({ threads: 1 });
const host = {
  ...node,
  threads: new InlineThreads(),
  now: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};
const document = await new NodeIO().registerExtensions(ALL_EXTENSIONS).readBinary(await readFile(REFERENCE_MODEL));
const session = openRenderSession(document, host);
const best: Record<string, number> = {};
for (let i = 0; i <= frames; i++) {
  const request = ImageRequest.parse({ width: 800, height: 600, view: { azimuth: 35 + i * 5, elevation: 20 } });
  const { stats } = await session.render(request);
  if (i === 0) continue;
  for (const [stage, seconds] of Object.entries(stats.secondsByStage))
    best[stage] = Math.min(best[stage] ?? Infinity, seconds);
  best.rays = stats.rays;
}
session.close();
await node.close();
console.log(JSON.stringify(best, null, 2));
