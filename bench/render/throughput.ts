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
 * disturbs little. In the first pass of the preview: primary rays alone, with the surfaces that they load, then with
 * the occlusion rays and their light. And the walk alone: primary rays from the root, occlusion rays and bounces into
 * random directions about the normals of what those met.
 *
 *   node bench/render/throughput.ts
 */
if (!existsSync(REFERENCE_MODEL)) {
  await mkdir(dirname(REFERENCE_MODEL), { recursive: true });
  await writeFile(REFERENCE_MODEL, await makeReferenceModel());
}
const [width, height] = [800, 600];
const node = createNodeRenderHost({ threads: 1 });
const threads = new InlineThreads();
const host = { ...node, threads };
const document = await new NodeIO().registerExtensions(ALL_EXTENSIONS).readBinary(await readFile(REFERENCE_MODEL));
const image = await renderImage(document, ImageRequest.parse({ width, height }), host);
await node.close();

const { exports, memory } = threads.last!;
/** Bytes of a ray of `traceRays` and of its hit. */
const [RAY, HIT] = [32, 8];
const rays = memory.buffer.byteLength;
const hits = rays + width * height * RAY;
memory.grow(Math.ceil((width * height * (RAY + HIT)) / 65536));
const view = new DataView(memory.buffer);
const field = (offset: number) => view.getUint32(L.HEADER + offset, true);

/** CPU seconds of the fastest of some runs. */
function fastest(run: () => void): number {
  let best = Infinity;
  for (let i = 0; i < 8; i++) {
    const start = process.cpuUsage();
    run();
    const used = process.cpuUsage(start);
    best = Math.min(best, (used.user + used.system) / 1e6);
  }
  return best;
}

/** Rays and seconds of the first pass. */
function pass(occlusionRays: number): { rays: number; seconds: number } {
  view.setUint32(L.HEADER + L.H_OCCLUSION_RAYS, occlusionRays, true);
  let count = 0;
  const seconds = fastest(() => {
    for (const counter of [L.H_NEXT, L.H_DONE]) view.setUint32(L.HEADER + counter, 0, true);
    const before = field(L.H_RAYS);
    exports.run(L.TASK_VISIBILITY, 0);
    count = field(L.H_RAYS) - before;
  });
  return { rays: count, seconds };
}

type Vector = [number, number, number];
const three = (address: number): Vector => [0, 4, 8].map((at) => view.getFloat32(address + at, true)) as Vector;
const writeRay = (index: number, origin: Vector, direction: Vector) => {
  const length = Math.hypot(...direction);
  [...origin, 0, ...direction.map((x) => x / length), 1e30].forEach((value, i) => {
    view.setFloat32(rays + index * RAY + i * 4, value, true);
  });
};

/** Rays through the centres of all pixels. */
function writePrimary(): number {
  const [origin, corner, right, down] = [L.H_CAMERA_ORIGIN, L.H_CAMERA_CORNER, L.H_CAMERA_RIGHT, L.H_CAMERA_DOWN].map(
    (at) => three(L.HEADER + at),
  ) as [Vector, Vector, Vector, Vector];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const d = corner.map((c, i) => c + right[i]! * (x + 0.5) + down[i]! * (y + 0.5)) as Vector;
      writeRay(y * width + x, origin, d);
    }
  }
  return width * height;
}

/** Replaces the primary rays by one from every hit, into a cosine-weighted direction about the triangle's normal. */
function writeBounces(): number {
  const triangles = field(L.H_TRIANGLES);
  const positions = view.getUint32(field(L.H_MESHES) + L.MESH_POSITIONS, true);
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  let count = 0;
  for (let i = 0; i < width * height; i++) {
    const t = view.getFloat32(hits + i * HIT, true);
    if (t === Infinity) continue;
    const triangle = triangles + (view.getUint32(hits + i * HIT + 4, true) & L.ID_INDEX) * L.TRIANGLE_BYTES;
    const [a, b, c] = [0, 4, 8].map((at) => three(positions + view.getUint32(triangle + at, true) * 12)) as Vector[];
    const [p, q] = [b!, c!].map((corner) => corner.map((x, axis) => x - a![axis]!) as Vector) as [Vector, Vector];
    let n: Vector = [p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]];
    const [o, d] = [three(rays + i * RAY), three(rays + i * RAY + 16)];
    const length = Math.hypot(...n) * (n[0] * d[0] + n[1] * d[1] + n[2] * d[2] > 0 ? -1 : 1);
    n = n.map((x) => x / length) as Vector;
    const z = random() * 2 - 1;
    const angle = random() * 2 * Math.PI;
    const r = Math.sqrt(1 - z * z);
    writeRay(count++, o.map((x, axis) => x + d[axis]! * t + n[axis]! * 2e-5) as Vector, [
      n[0] + r * Math.cos(angle),
      n[1] + r * Math.sin(angle),
      n[2] + z,
    ]);
  }
  return count;
}

const megaRays = (count: number, seconds: number) => Number((count / seconds / 1e6).toFixed(2));
const walk = (count: number, any: boolean) =>
  megaRays(
    count,
    fastest(() => exports.traceRays(rays, hits, count, any)),
  );

const occlusionRays = field(L.H_OCCLUSION_RAYS);
const both = pass(occlusionRays);
const primary = pass(0);
const walkPrimary = walk(writePrimary(), false);
const bounces = writeBounces();
const mesh = field(L.H_MESHES);
const of = (offset: number) => view.getInt32(mesh + offset, true);
const result = {
  what: 'one thread, reference model, 800 × 600, CPU time, best of 8',
  machine: `${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`,
  node: process.version,
  triangles: image.stats.triangles,
  trianglesPerLeaf: Number((of(L.MESH_TRIANGLES_USED) / of(L.MESH_BLOCKS_USED)).toFixed(2)),
  nodes: of(L.MESH_NODES_USED),
  primaryMegaRaysPerSecond: megaRays(primary.rays, primary.seconds),
  occlusionMegaRaysPerSecond: megaRays(both.rays - primary.rays, both.seconds - primary.seconds),
  walkAlone: {
    primaryMegaRaysPerSecond: walkPrimary,
    occlusionMegaRaysPerSecond: walk(bounces, true),
    bounceMegaRaysPerSecond: walk(bounces, false),
  },
};
console.log(JSON.stringify(result, null, 2));
const folder = join(dirname(fileURLToPath(import.meta.url)), 'results');
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'throughput.json'), `${JSON.stringify(result, null, 2)}\n`);
