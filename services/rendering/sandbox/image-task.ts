import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import { hasProgressPictures } from '#contracts/render/progress-picture.ts';
import type { PassMeaning } from '#contracts/render/render-file.ts';
import { readPosed } from '#engine/process/read-posed.ts';
import type { PassingPicture } from '#engine/render/draw-image.ts';
import type { RenderHost } from '#engine/render/render-host.ts';
import { renderImage } from '#engine/render/render-image.ts';
import { encodeProgressPicture } from '#platform/images/encode-progress-picture.ts';
import { encodeRender } from '#platform/images/encode-render.ts';
import { PictureTimes } from '#platform/images/picture-times.ts';
import type { SandboxTaskContext } from '#platform/sandbox/sandbox.ts';
import { environmentBytes, memoryBesides } from './memory-besides.ts';
import { GLB_FILE, type ImageInput, type ImageOutput, LONGEST_NAME, MOST_COLORS } from './render-input.ts';
import { STORED_MODEL_LIMITS } from './stored-model-limits.ts';

/** Shares of a task before and after the picture itself is made. */
const READ_SHARE = 0.1;
const ENCODE_SHARE = 0.95;

/** Runs in the sandbox: GLB in, encoded image out. */
export async function makeImage(
  input: ImageInput,
  host: RenderHost,
  context: SandboxTaskContext,
): Promise<ImageOutput> {
  const startedAt = performance.now();
  const { worker } = input;
  context.progress(0, 'read');
  const model = await readFile(join(context.folder, GLB_FILE));
  const { document } = await readPosed([{ name: GLB_FILE, bytes: model }], STORED_MODEL_LIMITS, input.request);
  context.signal.throwIfAborted();
  context.progress(READ_SHARE, 'render');
  const image = await renderImage(document, input.request, host, {
    signal: context.signal,
    onPicture: input.pictures && hasProgressPictures(input.request) ? pictureShower(input.request, context) : undefined,
    memoryLimit: worker.memoryBytes,
    besides: memoryBesides(document, {
      glbBytes: model.byteLength,
      environmentBytes: await environmentBytes(context.folder, input.request),
      request: input.request,
      threads: worker.threads,
    }),
    onProgress: (share) => context.progress(READ_SHARE + share * (ENCODE_SHARE - READ_SHARE), 'render'),
  });
  context.progress(ENCODE_SHARE, 'encode');
  const files = await encodeRender(image, input.request);
  for (const { role, bytes } of files) await writeFile(join(context.folder, role), bytes);
  const { triangles, rays, peakBytes, warnings } = image.stats;
  const seconds = (performance.now() - startedAt) / 1000;
  const { width, height } = image;
  return {
    files: files.map(({ role, meaning }) => ({ role, name: role, width, height, meaning: named(meaning) })),
    stats: { seconds, rays, triangles, peakBytes, warnings },
  };
}

/** Shows pictures in the making when they are worth it. */
function pictureShower(request: ImageRequest, context: SandboxTaskContext) {
  const times = new PictureTimes();
  return async ({ width, height, develop, samples }: PassingPicture) => {
    if (!times.due()) return;
    const { bytes, about } = await encodeProgressPicture({ width, height, data: await develop() }, request);
    context.picture(bytes, { ...about, samples });
  };
}

/** A scene may have more objects than anybody reads the names of, and names as long as its file likes. */
function named(meaning: PassMeaning | null): PassMeaning | null {
  if (meaning === null || !('colors' in meaning)) return meaning;
  const colors = Object.entries(meaning.colors).slice(0, MOST_COLORS);
  return { colors: Object.fromEntries(colors.map(([color, name]) => [color, name.slice(0, LONGEST_NAME)])) };
}
