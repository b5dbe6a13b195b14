import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { readPosed } from '#engine/process/read-posed.ts';
import { renderImage } from '#engine/render/render-image.ts';
import { encodeRender } from '#platform/images/encode-render.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import type { SandboxTask } from '#platform/sandbox/sandbox.ts';
import { GLB_FILE, type RenderInput, type RenderOutput, THREADS_PARAMETER } from './render-input.ts';
import { warmUp } from './warm-up.ts';

/** Shares of a task before and after the picture itself is made. */
const READ_SHARE = 0.1;
const ENCODE_SHARE = 0.95;

/**
 * The model was checked against the operator's limits when it was uploaded, and its GLB may be larger than what was
 * uploaded; here the memory of the render is what counts.
 */
const LIMITS = ModelLimits.parse({
  fileBytes: 2 ** 40,
  decodedBytes: 2 ** 33,
  triangles: 500_000_000,
  nodes: 10_000_000,
});

const threads = Number(new URL(import.meta.url).searchParams.get(THREADS_PARAMETER) ?? 1);
const host = createNodeRenderHost({ threads });

/** Runs in the sandbox: GLB in, encoded image out. The threads and the kernel stay warm between tasks. */
export const run: SandboxTask<RenderInput, RenderOutput> = async (input, context) => {
  const startedAt = performance.now();
  context.progress(0, 'read');
  const bytes = await readFile(join(context.folder, GLB_FILE));
  const { document } = await readPosed([{ name: GLB_FILE, bytes }], LIMITS, input.request);
  context.signal.throwIfAborted();
  context.progress(READ_SHARE, 'render');
  const image = await renderImage(document, input.request, host, {
    signal: context.signal,
    memoryLimit: input.memoryLimit,
    onProgress: (share) => context.progress(READ_SHARE + share * (ENCODE_SHARE - READ_SHARE), 'render'),
  });
  context.progress(ENCODE_SHARE, 'encode');
  const files = await encodeRender(image, input.request);
  for (const { role, bytes } of files) await writeFile(join(context.folder, role), bytes);
  const { triangles, rays, peakBytes, warnings } = image.stats;
  const seconds = (performance.now() - startedAt) / 1000;
  const { width, height } = image;
  return {
    files: files.map(({ role }) => ({ role, name: role, width, height })),
    stats: { seconds, rays, triangles, peakBytes, warnings },
  };
};

await warmUp(host);
