import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import { withPage } from '../page-in-chromium.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What a page needs so that the engine's own sources run in it: types are stripped when they are served. */
const PAGE = `<!doctype html><script type="importmap">{"imports":{
  "#contracts/":"/contracts/","#engine/":"/engine/","#test/":"/test/",
  "@gltf-transform/core":"/node_modules/@gltf-transform/core/dist/index.js",
  "@gltf-transform/extensions":"/node_modules/@gltf-transform/extensions/dist/index.js",
  "property-graph":"/node_modules/property-graph/dist/index.mjs",
  "ktx-parse":"/node_modules/ktx-parse/dist/ktx-parse.modern.js",
  "zod":"/node_modules/zod/index.js",
  "fflate":"/node_modules/fflate/esm/browser.js"
}}</script><script type="module">
import { WebIO } from '@gltf-transform/core';
import { renderImage } from '/engine/render/render-image.ts';
const bytes = async (path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
const workers = [];
const call = (worker, message) => new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve());
  worker.postMessage(message);
});
const threads = {
  count: 3,
  async acquire(module, size) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(size / 65536), maximum: 65536, shared: true });
    while (workers.length < this.count) workers.push(new Worker('/worker.js'));
    await Promise.all(workers.map((worker, thread) => call(worker, { module, memory, thread })));
    return { memory, run: (task) => Promise.all(workers.map((worker) => call(worker, { task }))), release() {} };
  },
};
const host = {
  threads,
  decodeImage: async (data) => {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return { width: view.getUint16(0), height: view.getUint16(2), channels: 4, data: data.slice(4) };
  },
  loadKernel: async () => WebAssembly.compile(await bytes('/engine/render/kernel/kernel.wasm')),
  loadEnvironment: (name) => bytes('/engine/render/environments/' + name + '.bin'),
  now: () => performance.now(),
};
const document = await new WebIO().readBinary(await bytes('/model.glb'));
window.render = async (request) => {
  const image = await renderImage(document, request, host);
  const parts = [image.data];
  for (const pass of image.passes) {
    for (const data of pass.kind === 'floats' ? [pass.data] : [pass.ids, pass.coverage]) parts.push(new Uint8Array(data.buffer));
  }
  const digest = await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
};
window.ready = true;
</script>`;

const WORKER = `let kernel, number;
onmessage = ({ data: { module, memory, thread, task } }) => {
  try {
    if (module) {
      number = thread;
      kernel = new WebAssembly.Instance(module, { env: { memory } }).exports;
    } else kernel.run(task, number);
    postMessage({});
  } catch (error) {
    postMessage({ error: String(error) });
  }
};`;

async function bodyOf(path: string, glb: Uint8Array): Promise<string | Uint8Array> {
  if (path === '/') return PAGE;
  if (path === '/worker.js') return WORKER;
  if (path === '/model.glb') return glb;
  const file = await readFile(join(ROOT, normalize(path)));
  return extname(path) === '.ts' ? stripTypeScriptTypes(file.toString('utf8')) : file;
}

/**
 * Renders a model in headless Chromium with the engine's own sources and kernel, on three Web Workers.
 * @returns the SHA-256 of what each request gives: the picture's bytes, then those of its passes
 */
export async function digestsInChromium(glb: Uint8Array, requests: readonly ImageRequest[]): Promise<string[]> {
  const problems: string[] = [];
  const files = {
    bodyOf: (path: string) => bodyOf(path, glb),
    onMessage: (text: string) => problems.push(text),
  };
  return withPage(files, async (page) => {
    await page.waitForFunction('window.ready', undefined, { timeout: 40_000 }).catch((error: unknown) => {
      throw new Error(`The page did not start: ${problems.join('; ')}`, { cause: error });
    });
    const digests: string[] = [];
    for (const request of requests) {
      digests.push(await page.evaluate<string>(`window.render(${JSON.stringify(request)})`));
    }
    return digests;
  });
}
