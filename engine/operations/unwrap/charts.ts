import type { Atlas } from 'watlas';

/** Triangles that lie in one piece in texture space. */
export interface Chart {
  /** Their numbers in the list that was unfolded. */
  triangles: Uint32Array;
  /** Two for each corner, in the units of the positions. */
  coordinates: Float32Array;
}

/** What is unfolded: three numbers for each vertex, three vertices for each triangle. */
export interface Triangles {
  positions: Float32Array;
  indices: ArrayLike<number>;
}

/** Longest side of what is unfolded: xatlas leaves out triangles below a fixed area. */
const SIDE = 1000;
/** Texels about which charts come out wide: their sides are rounded to whole ones. */
const RESOLUTION = 1024;

/**
 * Unfolds some of the triangles of a list into charts: grown by normals, straight borders and roundness, laid flat by
 * least squares conformal maps (Lévy, Petitjean, Ray and Maillot 2002), as xatlas does it. Wait for its `Initialize`
 * first.
 */
export function unfold(NewAtlas: new () => Atlas, { positions, indices }: Triangles, piece: Uint32Array): Chart[] {
  const numbers = new Map<number, number>();
  const points: number[] = [];
  const local = new Uint32Array(piece.length * 3);
  for (const [i, triangle] of piece.entries()) {
    for (let k = 0; k < 3; k++) {
      const vertex = indices[triangle * 3 + k]!;
      let number = numbers.get(vertex);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(vertex, number);
        points.push(positions[vertex * 3]!, positions[vertex * 3 + 1]!, positions[vertex * 3 + 2]!);
      }
      local[i * 3 + k] = number;
    }
  }
  const factor = SIDE / (longestSide(points) || 1);
  const atlas = new NewAtlas();
  try {
    atlas.addMesh({
      vertexPositionData: Float32Array.from(points, (value) => value * factor),
      vertexCount: numbers.size,
      vertexPositionStride: 12,
      indexData: local,
      indexCount: local.length,
    });
    atlas.computeCharts({});
    atlas.packCharts({ padding: 1, resolution: RESOLUTION });
    return readCharts(atlas, piece, factor * atlas.texelsPerUnit);
  } finally {
    atlas.delete();
  }
}

function longestSide(points: readonly number[]): number {
  let longest = 0;
  for (let axis = 0; axis < 3; axis++) {
    let min = Infinity;
    let max = -Infinity;
    for (let i = axis; i < points.length; i += 3) {
      min = Math.min(min, points[i]!);
      max = Math.max(max, points[i]!);
    }
    longest = Math.max(longest, max - min);
  }
  return longest;
}

function readCharts(atlas: Atlas, piece: Uint32Array, texelsPerUnit: number): Chart[] {
  const mesh = atlas.getMesh(0);
  const indices = new Uint32Array(mesh.indexCount);
  mesh.getIndexArray(indices);
  const places = vertexPlaces(atlas, 0);
  const charts: Chart[] = [];
  for (let index = 0; index < mesh.chartCount; index++) {
    const chart = mesh.getChart(index);
    const faces = new Uint32Array(chart.faceCount);
    chart.getFaceArray(faces);
    const coordinates = new Float32Array(faces.length * 6);
    for (let corner = 0; corner < faces.length * 3; corner++) {
      const vertex = indices[faces[Math.floor(corner / 3)]! * 3 + (corner % 3)]!;
      coordinates[corner * 2] = places[vertex * 2]! / texelsPerUnit;
      coordinates[corner * 2 + 1] = places[vertex * 2 + 1]! / texelsPerUnit;
    }
    charts.push({ triangles: faces.map((face) => piece[face]!), coordinates });
  }
  return charts;
}

/** Where xatlas put the vertices of a mesh, in texels. */
export function vertexPlaces(atlas: Atlas, index: number): Float32Array {
  const mesh = atlas.getMesh(index);
  const places = new Float32Array(mesh.vertexCount * 2);
  for (let vertex = 0; vertex < mesh.vertexCount; vertex++) {
    const { uv } = mesh.getVertex(vertex);
    places[vertex * 2] = uv[0];
    places[vertex * 2 + 1] = uv[1];
  }
  return places;
}
