import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import sharp from 'sharp';
import { SAMPLES } from '#app/samples/samples.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { readPosed } from '#engine/process/read-posed.ts';
import { renderImage } from '#engine/render/render-image.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import { makeReferenceModel } from './make-reference-model.ts';

// The pictures of the README, rendered by Maquette itself: `npm run pictures`.
const TILE = { width: 480, height: 400 };
const COLUMNS = 3;
const BACKGROUND = '#f4f4f5';

const host = createNodeRenderHost({ threads: availableParallelism() });

/** Models side by side in rows, each rendered with the same fields. */
async function sheetOf(
  models: readonly { name: string; make(): Promise<Uint8Array> }[],
  fields: Partial<ImageRequest>,
): Promise<Buffer> {
  const tiles = [];
  for (const [index, { name, make }] of models.entries()) {
    const { document } = await readPosed([{ name: `${name}.glb`, bytes: await make() }], ModelLimits.parse({}), {});
    const image = await renderImage(document, ImageRequest.parse({ ...TILE, background: BACKGROUND, ...fields }), host);
    tiles.push({
      input: Buffer.from(image.data),
      raw: { width: image.width, height: image.height, channels: 4 as const },
      left: (index % COLUMNS) * TILE.width,
      top: Math.floor(index / COLUMNS) * TILE.height,
    });
  }
  const sheet = sharp({
    create: {
      width: COLUMNS * TILE.width,
      height: Math.ceil(models.length / COLUMNS) * TILE.height,
      channels: 3,
      background: BACKGROUND,
    },
  });
  return sheet.composite(tiles).webp({ quality: 88 }).toBuffer();
}

const samples = SAMPLES.map(({ fileName, make }) => ({ name: fileName, make }));
const reference = { name: 'reference', make: makeReferenceModel };
await mkdir('docs/images', { recursive: true });
await writeFile('docs/images/samples.webp', await sheetOf([reference, ...samples], { samples: 16 }));
const traced = [reference, ...samples.filter(({ name }) => /carafe|gear/.test(name))];
await writeFile(
  'docs/images/path-traced.webp',
  await sheetOf(traced, { integrator: 'path', samples: 256, noiseThreshold: 0.01, ground: 'shadow', denoise: 'high' }),
);
await host.close();
