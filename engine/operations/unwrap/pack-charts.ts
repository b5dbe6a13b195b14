import type { Atlas } from 'watlas';
import { chartsDoNotFit } from '../errors.ts';
import { type Chart, vertexPlaces } from './charts.ts';

/** A square that charts are packed into. */
export interface PackOptions {
  /** Texels a side. */
  resolution: number;
  /** Texels between two charts, and at the border. */
  padding: number;
}

/** Sizes of charts that are tried once it is known what fits and what does not, and until something fits. */
const TRIES = 5;
const MOST_TRIES = 24;

/**
 * Packs charts into the unit square, all in one scale and as large as they fit, by xatlas, which tries places texel by
 * texel. Wait for its `Initialize` first.
 *
 * @returns the places of the corners of each chart, from 0 to 1
 * @throws MaquetteError `model_too_large` where they do not fit at any size
 */
export function packCharts(
  NewAtlas: new () => Atlas,
  charts: readonly Chart[],
  { resolution, padding }: PackOptions,
): Float32Array[] {
  if (charts.length === 0) return [];
  const corners = charts.reduce((sum, { coordinates }) => sum + coordinates.length / 2, 0);
  const uv = new Float32Array(corners * 2);
  const chartOfFace = new Uint32Array(corners / 3);
  let at = 0;
  for (const [index, { coordinates }] of charts.entries()) {
    uv.set(coordinates, at * 2);
    chartOfFace.fill(index, at / 3, (at + coordinates.length / 2) / 3);
    at += coordinates.length / 2;
  }
  const atlas = new NewAtlas();
  try {
    atlas.addUvMesh({
      vertexUvData: uv,
      vertexCount: corners,
      vertexStride: 8,
      indexData: Uint32Array.from({ length: corners }, (_, i) => i),
      indexCount: corners,
      faceMaterialData: chartOfFace,
    });
    atlas.computeCharts({});
    if (!packToFit(atlas, resolution, padding)) throw chartsDoNotFit(charts.length, resolution, padding);
    return readPlaces(atlas, charts, resolution);
  } finally {
    atlas.delete();
  }
}

/**
 * Packs charts as large as they fit into the square of `resolution` texels.
 *
 * @returns whether they fit at any size: none is smaller than a texel
 */
function packToFit(atlas: Atlas, resolution: number, padding: number): boolean {
  const options = { padding, bilinear: true, rotateCharts: true, rotateChartsToAxis: true, resolution };
  // Without a size, xatlas guesses one from the areas, and the square comes out as large as it comes out.
  atlas.packCharts(options);
  let low = 0;
  let high = Infinity;
  let size = (atlas.texelsPerUnit * resolution) / Math.max(atlas.width, atlas.height, 1);
  let packed = 0;
  if (!(size > 0 && size < Infinity)) size = 1;
  for (let tries = 0, all = 0; tries < TRIES && all < MOST_TRIES; all++) {
    atlas.packCharts({ ...options, texelsPerUnit: size });
    packed = size;
    if (atlas.atlasCount <= 1) low = size;
    else high = size;
    if (low > 0 && high < Infinity) tries++;
    size = high === Infinity ? size * 1.15 : low === 0 ? size * 0.7 : (low + high) / 2;
  }
  if (low === 0) return false;
  if (packed !== low) atlas.packCharts({ ...options, texelsPerUnit: low });
  return true;
}

function readPlaces(atlas: Atlas, charts: readonly Chart[], resolution: number): Float32Array[] {
  const indices = new Uint32Array(atlas.getMesh(0).indexCount);
  atlas.getMesh(0).getIndexArray(indices);
  const places = vertexPlaces(atlas, 0);
  let corner = 0;
  return charts.map(({ coordinates }) =>
    coordinates.map((_, i) => {
      const vertex = indices[corner + (i >> 1)]!;
      if (i === coordinates.length - 1) corner += coordinates.length / 2;
      return places[vertex * 2 + (i & 1)]! / resolution;
    }),
  );
}
