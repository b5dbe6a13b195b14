import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { RenderFile } from '#platform/images/encode-render.ts';
import { loadCodec } from '#platform/images/sharp-codec.ts';
import { createNodeRenderHost, type NodeRenderHost } from '#platform/render-threads/node-host.ts';
import { type Command, UsageError } from '../command.ts';
import type { EarlyStart } from '../early-start.ts';
import { ENVIRONMENT_OPTION, splitEnvironment, withEnvironment } from '../environment-option.ts';
import { endings, IMAGE_OPTIONS, imageRequestFrom } from '../image-options.ts';
import { readModelFiles } from '../model-files.ts';
import { prepareOutput } from '../prepare-output.ts';
import { progressLine } from '../progress-line.ts';
import { SEQUENCE_OPTIONS, sequenceRequestFrom } from '../sequence-options.ts';
import { threadsFrom } from '../threads-option.ts';

/**
 * `maquette render MODEL -o OUT`: one image of a model, or a sequence, without a server.
 *
 * @param early What of the render has begun already.
 */
export const renderCommand = (early: EarlyStart): Command => ({
  name: 'render',
  summary: `Renders a model to an image, to a video with --turntable, --camera-path or --animation, or to the views of a --dataset. The format comes from the ending of OUT: ${endings()}; of videos .mp4, .webm, .gif, .webp, .mov or .zip; a dataset is a .zip, else a folder. An asset of a server takes the place of MODEL by its id: \`maquette render ast_… --help\`.`,
  usage: 'MODEL -o OUT [options]',
  positionals: [1, 1],
  options: {
    output: { type: 'string', short: 'o', value: 'OUT', help: 'the file to write' },
    ...IMAGE_OPTIONS,
    environment: ENVIRONMENT_OPTION,
    ...SEQUENCE_OPTIONS,
    'progress-picture': { type: 'boolean', help: 'write OUT again and again while a picture of path is made' },
    threads: { type: 'string', value: 'N', help: 'threads, as many as cores by default (or MAQUETTE_RENDER_THREADS)' },
  },
  async run({ values: given, positionals }) {
    const { values, file: environment } = splitEnvironment(given);
    const started = performance.now();
    const output = values.output;
    if (typeof output !== 'string') throw new UsageError('Say where to write the image: -o OUT.png');
    const sequence = await sequenceRequestFrom(values, output);
    const model = positionals[0] as string;
    const bytes = early.model?.path === model ? early.model.bytes : undefined;
    const showsProgress = values['progress-picture'] === true;
    if (sequence !== undefined) {
      if (showsProgress) throw new UsageError('--progress-picture: of a single picture alone');
      await prepareOutput(output, sequence.kind === 'dataset' && extname(output).toLowerCase() !== '.zip');
      const { renderSequence } = await import('../render-sequence.ts');
      return renderSequence({
        request: sequence,
        files: await readModelFiles(model, bytes),
        output,
        host: await hostOf(early, values.threads),
        json: values.json === true,
        environment,
      });
    }
    const request = imageRequestFrom(values, output);
    await prepareOutput(output);
    const watched = showsProgress ? await import('../progress-picture.ts') : undefined;
    const onPicture = watched?.pictureWriter(output, request);
    const host = await hostOf(early, values.threads);
    const progress = progressLine(process.stderr);
    try {
      const { readPosed } = await import('#engine/process/read-posed.ts');
      const { renderImage } = await import('#engine/render/render-image.ts');
      const files = await readModelFiles(model, bytes);
      const { document } = await readPosed(files, ModelLimits.parse({}), request);
      let encoder: ReturnType<typeof loadEncoder> | undefined;
      const image = await renderImage(document, request, await withEnvironment(host, environment), {
        onProgress: (share) => {
          progress.show(share);
          // Loaded while the threads render, which are told to right after this.
          if (encoder === undefined) {
            encoder = new Promise((resolve) => setImmediate(resolve)).then(() => loadEncoder(request.format));
            encoder.catch(() => {});
          }
        },
        onPicture,
      });
      progress.clear();
      // The threads end while the picture is encoded.
      host.close().catch(() => {});
      const { encodeRender } = await (encoder ?? loadEncoder(request.format));
      const written = await writeFiles(output, await encodeRender(image, request), watched?.replaceFile ?? writeFile);
      const seconds = (performance.now() - started) / 1000;
      for (const warning of image.stats.warnings) console.error(`warning: ${warning}`);
      if (values.json) {
        const { width, height, stats } = image;
        const [first] = written;
        console.log(
          JSON.stringify({ output, width, height, bytes: first?.bytes ?? 0, seconds, files: written, ...stats }),
        );
      } else {
        for (const { path, bytes, ...meaning } of written) {
          const range = 'near' in meaning ? `, ${meaning.near} to ${meaning.far} of the model's units` : '';
          console.error(`${path}: ${image.width} × ${image.height}, ${bytes} bytes, ${seconds.toFixed(2)} s${range}`);
        }
      }
    } finally {
      progress.clear();
      await host.close();
    }
  },
  close: () => early.host.close(),
});

/** Loads what writes the picture, with the library that encodes all but EXR. */
async function loadEncoder(format: ImageRequest['format']) {
  const encoder = await import('#platform/images/encode-render.ts');
  if (format !== 'exr') await loadCodec();
  return encoder;
}

/** The threads that were started, or others where the options ask for another number. @throws UsageError */
async function hostOf(early: EarlyStart, option: string | boolean | undefined): Promise<NodeRenderHost> {
  const threads = threadsFrom(option);
  if (threads === early.threads) return early.host;
  await early.host.close();
  return createNodeRenderHost({ threads, once: true });
}

/** Writes the first file as `output` and the others beside it, as `name.role.png`. */
async function writeFiles(
  output: string,
  files: readonly RenderFile[],
  write: (path: string, bytes: Uint8Array) => Promise<void>,
) {
  const stem = output.slice(0, output.length - extname(output).length);
  return Promise.all(
    files.map(async ({ role, bytes, meaning }, index) => {
      const path = index === 0 ? output : `${stem}.${role}.png`;
      await write(path, bytes);
      return { role, path, bytes: bytes.byteLength, ...meaning };
    }),
  );
}
