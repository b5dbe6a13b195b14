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
const models = [
  { name: 'reference', make: makeReferenceModel },
  ...SAMPLES.map(({ fileName, make }) => ({ name: fileName, make })),
];
const tiles = [];
for (const [index, { name, make }] of models.entries()) {
  const { document } = await readPosed([{ name: `${name}.glb`, bytes: await make() }], ModelLimits.parse({}), {});
  const request = ImageRequest.parse({ ...TILE, background: BACKGROUND, samples: 16 });
  const image = await renderImage(document, request, host);
  tiles.push({
    input: Buffer.from(image.data),
    raw: { width: image.width, height: image.height, channels: 4 as const },
    left: (index % COLUMNS) * TILE.width,
    top: Math.floor(index / COLUMNS) * TILE.height,
  });
}
await host.close();

const sheet = sharp({
  create: {
    width: COLUMNS * TILE.width,
    height: Math.ceil(models.length / COLUMNS) * TILE.height,
    channels: 3,
    background: BACKGROUND,
  },
});
await mkdir('docs/images', { recursive: true });
await writeFile('docs/images/samples.webp', await sheet.composite(tiles).webp({ quality: 88 }).toBuffer());
