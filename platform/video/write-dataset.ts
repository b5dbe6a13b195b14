import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { FrameCamera } from '#contracts/jobs/job-kinds.ts';
import { type DatasetView, describeViews } from '#engine/render/sequence/transforms.ts';
import { frameName } from './encode-video.ts';
import type { ZipEntry } from './write-zip.ts';

/** A dataset before it is a file. */
export interface DatasetInput {
  width: number;
  height: number;
  imageFormat: 'png' | 'jpg';
  /** One a view. */
  cameras: readonly FrameCamera[];
  /** The encoded picture of a view, counted from 0. */
  readImage(index: number): Promise<Uint8Array>;
  /** Its depth as EXR, where there is one. */
  readDepth?: ((index: number) => Promise<Uint8Array>) | undefined;
  signal?: AbortSignal | undefined;
  /** Called with the share that is done, rising to 1. */
  onProgress?: ((share: number) => void) | undefined;
}

/** The files of a dataset: `transforms.json`, then `images/` and, where there are depths, `depth/`. */
export async function* datasetEntries(input: DatasetInput): AsyncGenerator<ZipEntry> {
  const { width, height, imageFormat, cameras, readImage, readDepth } = input;
  const count = cameras.length;
  const views = cameras.map((camera, index): DatasetView => {
    const depth = readDepth && `depth/${frameName(index, count, 'exr')}`;
    return { image: `images/${frameName(index, count, imageFormat)}`, depth, camera };
  });
  const transforms = describeViews(views, { width, height });
  yield { name: 'transforms.json', bytes: new TextEncoder().encode(`${JSON.stringify(transforms, null, 2)}\n`) };
  for (const [index, { image, depth }] of views.entries()) {
    if (input.signal?.aborted) throw new MaquetteError('canceled', 'The dataset was canceled.');
    yield { name: image, bytes: await readImage(index) };
    if (depth !== undefined && readDepth) yield { name: depth, bytes: await readDepth(index) };
    input.onProgress?.((index + 1) / count);
  }
}
