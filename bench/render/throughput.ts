import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { InlineThreads } from '#engine/render/inline-threads.ts';
import * as L from '#engine/render/kernel/layout.ts';
import { renderImage } from '#engine/render/render-image.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import { makeReferenceModel, REFERENCE_MODEL } from '../../scripts/make-reference-model.ts';

/**
 * Rays a second of one thread on the reference model at 800 × 600, by CPU time, so that other load on the machine
 * disturbs little: primary rays alone, then with the occlusion rays.
 *
 *   node bench/render/throughput.ts
 */
if (!existsSync(REFERENCE_MODEL)) {
  await mkdir(dirname(REFERENCE_MODEL), { recursive: true });
  await writeFile(REFERENCE_MODEL, await makeReferenceModel());
}
const node = createNodeRenderHost({ threads: 1 });
const threads = new InlineThreads();
const host = { ...node, threads };
const document = await new NodeIO().registerExtensions(ALL_EXTENSIONS).readBinary(await readFile(REFERENCE_MODEL));
const image = await renderImage(document, ImageRequest.parse({ width: 800, height: 600 }), host);
await node.close();

const { exports, memory } = threads.last!;
const header = new DataView(memory.buffer);
const field = (offset: number) => header.getUint32(L.HEADER + offset, true);
/** Rays and CPU seconds of the fastest of some runs of the first pass. */
function visibility(occlusionRays: number): { rays: number; seconds: number } {
  header.setUint32(L.HEADER + L.H_OCCLUSION_RAYS, occlusionRays, true);
  let best = { rays: 0, seconds: Infinity };
  for (let i = 0; i < 8; i++) {
    header.setUint32(L.HEADER + L.H_NEXT, 0, true);
    header.setUint32(L.HEADER + L.H_DONE, 0, true);
    const before = field(L.H_RAYS);
    const start = process.cpuUsage();
    exports.run(L.TASK_VISIBILITY, 0);
    const used = process.cpuUsage(start);
    const seconds = (used.user + used.system) / 1e6;
    if (seconds < best.seconds) best = { rays: field(L.H_RAYS) - before, seconds };
  }
  return best;
}
const occlusionRays = field(L.H_OCCLUSION_RAYS);
const both = visibility(occlusionRays);
const primary = visibility(0);
const mesh = field(L.H_MESHES);
const of = (offset: number) => header.getInt32(mesh + offset, true);
const result = {
  what: 'one thread, reference model, 800 × 600, CPU time of the first pass, best of 8',
  machine: `${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`,
  node: process.version,
  triangles: image.stats.triangles,
  trianglesPerLeaf: Number((of(L.MESH_TRIANGLES_USED) / of(L.MESH_BLOCKS_USED)).toFixed(2)),
  nodes: of(L.MESH_NODES_USED),
  primaryMegaRaysPerSecond: Number((primary.rays / primary.seconds / 1e6).toFixed(2)),
  occlusionMegaRaysPerSecond: Number(((both.rays - primary.rays) / (both.seconds - primary.seconds) / 1e6).toFixed(2)),
};
console.log(JSON.stringify(result, null, 2));
const folder = join(dirname(fileURLToPath(import.meta.url)), 'results');
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'throughput.json'), `${JSON.stringify(result, null, 2)}\n`);
