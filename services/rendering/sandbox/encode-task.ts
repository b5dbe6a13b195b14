import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeImage } from '#platform/images/sharp-codec.ts';
import type { SandboxTaskContext } from '#platform/sandbox/sandbox.ts';
import { encodeVideo } from '#platform/video/encode-video.ts';
import { datasetEntries } from '#platform/video/write-dataset.ts';
import { writeZip } from '#platform/video/write-zip.ts';
import { depthFile, ENCODED_FILE, type EncodeInput, type EncodeOutput, frameFile } from './render-input.ts';

/** Runs in the sandbox: frames in, one file out. */
export async function encodeFrames(input: EncodeInput, context: SandboxTaskContext): Promise<EncodeOutput> {
  const startedAt = performance.now();
  const { request, frames, cameras } = input;
  const { signal, folder } = context;
  const path = join(folder, ENCODED_FILE);
  const onProgress = (share: number) => context.progress(share, 'encode');
  const readFrame = (index: number) => readFile(join(folder, frameFile(index)));
  const readDepth = (index: number) => readFile(join(folder, depthFile(index)));
  if (request.kind === 'dataset') {
    const { width, height, imageFormat } = request;
    const dataset = { width, height, imageFormat, cameras, readImage: readFrame, signal, onProgress };
    await writeZip(path, datasetEntries({ ...dataset, readDepth: input.depth ? readDepth : undefined }));
  } else {
    await encodeVideo(path, { ...request, frames, readFrame }, { decodeImage, signal, onProgress });
  }
  return { seconds: (performance.now() - startedAt) / 1000 };
}
