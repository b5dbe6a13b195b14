import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Document } from '@gltf-transform/core';
import { EXTMeshGPUInstancing } from '@gltf-transform/extensions';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { InlineThreads } from '#engine/render/inline-threads.ts';
import * as L from '#engine/render/kernel/layout.ts';
import type { RenderThreads } from '#engine/render/render-host.ts';
import { renderImage } from '#engine/render/render-image.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';

/**
 * What large models take: time of each thread to build the tree of one mesh (by processor time, so that other load
 * disturbs little), memory, and whether five million triangles and a hundred thousand instances render within the
 * default limit.
 *
 *   node bench/render/large-models.ts [name…]
 */

/** A sphere with hills of many sizes: `side` × `side` cells of two triangles. */
function hills(document: Document, side: number): void {
  const count = (side + 1) ** 2;
  const positions = new Float32Array(count * 3);
  const normals = new Float32Array(count * 3);
  const indices = new Uint32Array(side * side * 6);
  let p = 0;
  let q = 0;
  for (let j = 0; j <= side; j++) {
    for (let i = 0; i <= side; i++) {
      const a = (i / side) * 2 * Math.PI;
      const b = (j / side) * Math.PI;
      const n = [Math.sin(b) * Math.sin(a), Math.cos(b), Math.sin(b) * Math.cos(a)];
      let r = 1;
      for (let k = 1; k < 9; k++) r += (0.12 / 2 ** k) * Math.sin(a * 2 ** k + k) * Math.sin(b * 2 ** k);
      for (const x of n) {
        normals[p] = x;
        positions[p++] = x * r;
      }
      if (i === side || j === side) continue;
      const v = j * (side + 1) + i;
      for (const index of [v, v + side + 1, v + 1, v + 1, v + side + 1, v + side + 2]) indices[q++] = index;
    }
  }
  const buffer = document.createBuffer();
  const accessor = (type: 'VEC3' | 'SCALAR', array: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>) =>
    document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
  const primitive = document
    .createPrimitive()
    .setAttribute('POSITION', accessor('VEC3', positions))
    .setAttribute('NORMAL', accessor('VEC3', normals))
    .setIndices(accessor('SCALAR', indices));
  const mesh = document.createMesh().addPrimitive(primitive);
  document.createScene().addChild(document.createNode().setMesh(mesh));
}

function oneMesh(side: number): Document {
  const document = new Document();
  hills(document, side);
  return document;
}

/** Copies of one small mesh by EXT_mesh_gpu_instancing, on a spiral. */
function instances(side: number, copies: number): Document {
  const document = new Document();
  hills(document, side);
  const node = document.getRoot().listNodes()[0]!;
  const at = new Float32Array(copies * 3);
  for (let i = 0; i < copies; i++) {
    const a = i * 2.39996323;
    const r = Math.sqrt(i);
    at.set([r * Math.cos(a), 4 * Math.sin(i * 0.7), r * Math.sin(a)], i * 3);
  }
  const batch = document
    .createExtension(EXTMeshGPUInstancing)
    .createInstancedMesh()
    .setAttribute(
      'TRANSLATION',
      document.createAccessor().setType('VEC3').setArray(at).setBuffer(document.getRoot().listBuffers()[0]!),
    );
  node.setExtension('EXT_mesh_gpu_instancing', batch);
  return document;
}

const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const kernel = new WebAssembly.Instance(workerData.module, { env: { memory: workerData.memory } }).exports;
parentPort.on('message', (task) => {
  const before = process.threadCpuUsage();
  kernel.run(task, workerData.thread);
  const used = process.threadCpuUsage(before);
  parentPort.postMessage((used.user + used.system) / 1e6);
});`;

/** Threads that tell how much processor time each took for a task. */
class MeasuredThreads implements RenderThreads {
  readonly count: number;
  /** Seconds of every thread by task. */
  readonly seconds = new Map<number, number[]>();

  constructor(count: number) {
    this.count = count;
  }

  async acquire(module: WebAssembly.Module, bytes: number) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536), maximum: 65536, shared: true });
    const workers = Array.from(
      { length: this.count },
      (_, thread) => new Worker(THREAD, { eval: true, workerData: { module, memory, thread } }),
    );
    return {
      memory,
      run: async (task: number) => {
        const seconds = await Promise.all(
          workers.map(
            (worker) =>
              new Promise<number>((resolve, reject) => {
                worker.once('message', resolve);
                worker.once('error', reject);
                worker.postMessage(task);
              }),
          ),
        );
        this.seconds.set(task, seconds);
      },
      release: () => {
        for (const worker of workers) worker.terminate();
      },
    };
  }
}

async function measure(document: Document, threadCount: number) {
  const node = createNodeRenderHost({ threads: 1 });
  const threads = new MeasuredThreads(threadCount);
  const image = await renderImage(document, ImageRequest.parse({ width: 400, height: 300 }), { ...node, threads });
  await node.close();
  const of = (task: number) => (threads.seconds.get(task) ?? []).map((seconds) => Number(seconds.toFixed(3)));
  return { stats: image.stats, prepare: of(L.TASK_PREPARE), top: of(L.TASK_TOP_LEVEL) };
}

const rounded = (seconds: Record<string, number>) =>
  Object.fromEntries(Object.entries(seconds).map(([name, value]) => [name, Number(value.toFixed(3))]));

/** CPU seconds to bring the tree of a mesh up to date after all of its vertices have moved a little. */
async function follow(document: Document) {
  const node = createNodeRenderHost({ threads: 1 });
  const threads = new InlineThreads();
  await renderImage(document, ImageRequest.parse({ width: 64, height: 64 }), { ...node, threads });
  await node.close();
  const { exports, memory } = threads.last!;
  const view = new DataView(memory.buffer);
  const mesh = view.getUint32(L.HEADER + L.H_MESHES, true);
  const of = (at: number) => view.getUint32(mesh + at, true);
  const positions = new Float32Array(memory.buffer, of(L.MESH_POSITIONS), of(L.MESH_VERTEX_COUNT) * 3);
  view.setUint32(mesh + L.MESH_DEFORMS, 1, true);
  const seconds = (task: number) => {
    let best = Infinity;
    for (let i = 0; i < 4; i++) {
      for (let v = 1; v < positions.length; v += 3) positions[v]! += 1e-4 * Math.sin(positions[v - 1]! * 40 + i);
      for (const counter of [L.H_NEXT, L.H_DONE]) view.setUint32(L.HEADER + counter, 0, true);
      const start = process.cpuUsage();
      exports.run(task, 0);
      const used = process.cpuUsage(start);
      best = Math.min(best, (used.user + used.system) / 1e6);
    }
    return Number(best.toFixed(3));
  };
  return { rebuild: seconds(L.TASK_REBUILD), refit: seconds(L.TASK_REFIT), rebuilds: of(L.MESH_REBUILDS) };
}

const cases: Record<string, () => Promise<object>> = {
  'one mesh of a million triangles': async () => {
    const document = oneMesh(708);
    // The first builds run code that is not optimised yet, and other load disturbs: the best of some.
    const best = async (threads: number) => {
      const runs = [];
      for (let i = 0; i < 4; i++) runs.push(await measure(document, threads));
      return runs.reduce((a, b) => (Math.max(...b.prepare) < Math.max(...a.prepare) ? b : a));
    };
    const one = await best(1);
    const two = await best(2);
    return {
      triangles: one.stats.triangles,
      treeSecondsOneThread: one.prepare[0],
      treeSecondsOfTwoThreads: two.prepare,
      scaling: Number((one.prepare[0]! / Math.max(...two.prepare)).toFixed(2)),
      peakMegabytes: Math.round(two.stats.peakBytes / 2 ** 20),
    };
  },
  'a million triangles that move': async () => ({ treeSecondsOneThread: await follow(oneMesh(708)) }),
  'one mesh of five million triangles': async () => {
    const { stats, prepare } = await measure(oneMesh(1582), 2);
    return {
      triangles: stats.triangles,
      treeSecondsOfTwoThreads: prepare,
      peakMegabytes: Math.round(stats.peakBytes / 2 ** 20),
      bytesPerTriangle: Math.round(stats.peakBytes / stats.triangles),
      processMegabytes: Math.round(process.memoryUsage().rss / 2 ** 20),
      stages: rounded(stats.secondsByStage),
    };
  },
  'two hundred thousand instances': async () => {
    const { stats, top } = await measure(instances(10, 200_000), 2);
    return {
      triangles: stats.triangles,
      topLevelSecondsOfTwoThreads: top,
      peakMegabytes: Math.round(stats.peakBytes / 2 ** 20),
      stages: rounded(stats.secondsByStage),
    };
  },
};

const asked = process.argv.slice(2);
const results: Record<string, object> = {};
for (const [name, run] of Object.entries(cases)) {
  if (asked.length > 0 && !asked.some((part) => name.includes(part))) continue;
  results[name] = await run();
  console.log(name, JSON.stringify(results[name], null, 2));
}
const folder = join(dirname(fileURLToPath(import.meta.url)), 'results');
await mkdir(folder, { recursive: true });
if (asked.length === 0) {
  const machine = `${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`;
  const result = {
    what: 'models of millions of triangles, 400 × 300, preview',
    machine,
    node: process.version,
    results,
  };
  await writeFile(join(folder, 'large-models.json'), `${JSON.stringify(result, null, 2)}\n`);
}
