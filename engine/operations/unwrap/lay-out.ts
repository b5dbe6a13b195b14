import type { Atlas } from 'watlas';
import { forEachTexel } from '../../texture/raster/for-each-texel.ts';
import { type Chart, type Triangles, unfold } from './charts.ts';
import { type PackOptions, packCharts } from './pack-charts.ts';
import { cutIntoPieces } from './pieces.ts';

/** How triangles lie in the unit square. */
export interface UvLayout {
  /** Two for each corner of each of the given lists, from 0 to 1. */
  coordinates: Float32Array[];
  charts: number;
}

/**
 * Triangles that are made into charts together. Growing charts takes time that rises faster than their number; the cuts
 * between pieces cost some charts.
 */
const PIECE = 4_000;
/** Texels a side of the raster on which overlaps are looked for, at least. */
const RASTER = 1024;

/**
 * Unfolds triangles into charts and packs these into the unit square. No two triangles overlap: a chart that covers a
 * texel twice is cut in halves and unfolded anew, down to single triangles.
 *
 * @param lists positions of all in one scale
 */
export async function layOut(lists: readonly Triangles[], options: PackOptions): Promise<UvLayout> {
  const watlas = await import('watlas');
  await watlas.Initialize();
  const NewAtlas = watlas.Atlas as unknown as new () => Atlas;
  const unfolded = (list: number, triangles: Uint32Array) =>
    unfold(NewAtlas, lists[list]!, triangles).map((chart) => ({ ...chart, list }));
  let charts = lists.flatMap(({ positions, indices }, list) =>
    cutIntoPieces(positions, indices, PIECE).flatMap((piece) => unfolded(list, piece)),
  );
  for (;;) {
    const places = packCharts(NewAtlas, charts, options);
    const overlapping = findOverlapping(charts, places, Math.max(RASTER, options.resolution));
    if (overlapping.size === 0) return { coordinates: scatter(lists, charts, places), charts: charts.length };
    charts = charts.flatMap((chart, index) =>
      overlapping.has(index)
        ? halvesOf(lists[chart.list]!, chart.triangles).flatMap((half) => unfolded(chart.list, half))
        : [chart],
    );
  }
}

/** Charts of more than one triangle that cover a texel of a raster twice. */
function findOverlapping(charts: readonly Chart[], places: readonly Float32Array[], size: number): Set<number> {
  const owner = new Int32Array(size * size).fill(-1);
  const found = new Set<number>();
  for (const [index, coordinates] of places.entries()) {
    for (let at = 0; at < coordinates.length; at += 6) {
      forEachTexel(coordinates, at, size, size, (x, y) => {
        const texel = y * size + x;
        if (owner[texel] === index && charts[index]!.triangles.length > 1) found.add(index);
        owner[texel] = index;
      });
    }
  }
  return found;
}

function halvesOf({ positions, indices }: Triangles, triangles: Uint32Array): Uint32Array[] {
  const corners = new Uint32Array(triangles.length * 3);
  for (let i = 0; i < corners.length; i++) corners[i] = indices[triangles[Math.floor(i / 3)]! * 3 + (i % 3)]!;
  const pieces = cutIntoPieces(positions, corners, Math.ceil(triangles.length / 2));
  return pieces.map((piece) => piece.map((place) => triangles[place]!));
}

/** Puts the corners of charts where they are in the lists; what is in no chart has no extent. */
function scatter(
  lists: readonly Triangles[],
  charts: readonly (Chart & { list: number })[],
  places: readonly Float32Array[],
): Float32Array[] {
  const coordinates = lists.map(({ indices }) => new Float32Array(indices.length * 2));
  for (const [index, { list, triangles }] of charts.entries()) {
    for (const [i, triangle] of triangles.entries()) {
      coordinates[list]!.set(places[index]!.subarray(i * 6, i * 6 + 6), triangle * 6);
    }
  }
  return coordinates;
}
