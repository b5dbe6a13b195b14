import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import type { FrameCamera } from '#contracts/jobs/job-kinds.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import type { SequenceRequest } from '#contracts/render/sequence-request.ts';
import { completeForModel, frameCountOf, hasDepth } from '#contracts/render/sequence-rules.ts';
import { measureAnimations } from '#engine/describe/measure.ts';
import type { ModelFile } from '#engine/formats/model-file.ts';
import { readPosed } from '#engine/process/read-posed.ts';
import { drawFrames } from '#engine/render/sequence/draw-frames.ts';
import { encodeFrameFiles } from '#platform/images/encode-frame-files.ts';
import { decodeImage } from '#platform/images/sharp-codec.ts';
import type { NodeRenderHost } from '#platform/render-threads/node-host.ts';
import { encodeVideo } from '#platform/video/encode-video.ts';
import { requireLibav } from '#platform/video/libav.ts';
import { datasetEntries } from '#platform/video/write-dataset.ts';
import { writeZip } from '#platform/video/write-zip.ts';
import { withEnvironment } from './environment-option.ts';

/** What `maquette render` is to make of a model when it is more than an image. */
export interface SequenceJob {
  request: SequenceRequest;
  /** The model and the files that it refers to. */
  files: readonly ModelFile[];
  /** The file to write, or the folder of a dataset. */
  output: string;
  /** Where to render; closed at the end. */
  host: NodeRenderHost;
  /** Print one JSON document. */
  json: boolean;
  /** A picture of the surroundings, in place of the environment that the request names. */
  environment: string | undefined;
}

/** Renders a sequence without a server. Frames wait as files in a folder for temporary files until they are encoded. */
export async function renderSequence({ request, files, output, host, json, environment }: SequenceJob): Promise<void> {
  const started = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'maquette-frames-'));
  const frameFile = (index: number) => join(folder, String(index));
  const depthFile = (index: number) => join(folder, `${index}.exr`);
  try {
    if (request.kind !== 'dataset' && request.format !== 'zip') requireLibav();
    const pose = request.kind === 'animation' ? { animation: request.animation, time: 0 } : request;
    const { document } = await readPosed(files, ModelLimits.parse({}), pose);
    const sequence = completeForModel(request, measureAnimations(document));
    const frames = frameCountOf(sequence);
    const cameras: FrameCamera[] = [];
    const tell = progressBar(frames);
    const stats = await drawFrames(
      document,
      sequence,
      await withEnvironment(host, environment),
      { first: 0, count: frames },
      async (index, frame) => {
        if (sequence.kind === 'dataset') cameras.push(frame.camera);
        const { image, depth } = await encodeFrameFiles(sequence, frame);
        await writeFile(frameFile(index), image);
        if (depth) await writeFile(depthFile(index), depth);
        tell(index + 1);
      },
    );
    const readFrame = (index: number) => readFile(frameFile(index));
    if (sequence.kind === 'dataset') {
      const { width, height, imageFormat } = sequence;
      const readDepth = hasDepth(sequence) ? (index: number) => readFile(depthFile(index)) : undefined;
      const entries = datasetEntries({ width, height, imageFormat, cameras, readImage: readFrame, readDepth });
      if (extname(output).toLowerCase() === '.zip') await writeZip(output, entries);
      else await writeFolder(output, entries);
    } else {
      await encodeVideo(output, { ...sequence, frames, readFrame }, { decodeImage });
    }
    const seconds = (performance.now() - started) / 1000;
    for (const warning of stats.warnings) console.error(`warning: ${warning}`);
    const { width, height } = sequence;
    if (json) console.log(JSON.stringify({ output, width, height, frames, seconds, ...stats }));
    else console.error(`${output}: ${frames} frames of ${width} × ${height}, ${seconds.toFixed(2)} s`);
  } finally {
    await host.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeFolder(folder: string, entries: AsyncIterable<{ name: string; bytes: Uint8Array }>): Promise<void> {
  for await (const { name, bytes } of entries) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
}

/** Shows how many frames there are, on a terminal alone. */
function progressBar(frames: number): (done: number) => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  return (done) => stderr.write(done === frames ? '\r\u001b[K' : `\rframe ${done} of ${frames}`);
}
