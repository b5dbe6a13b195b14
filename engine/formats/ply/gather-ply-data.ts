import type { ExportFormatFacts, ExportOptions } from '#contracts/model/export-format.ts';
import { srgbByte } from '../../render/srgb-byte.ts';
import { elementIndices, type PlacedPrimitive, posedVertices } from '../baked/placed-primitives.ts';
import { fileSpace, Placement } from '../baked/placement.ts';

/** What a PLY file will hold. */
export interface PlyShape {
  vertices: number;
  faces: number;
  edges: number;
  normals: boolean;
  texcoords: boolean;
  colors: boolean;
  /** Of a vertex, in words of four bytes; its colour is the last one. */
  stride: number;
}

/** The numbers of a PLY file. */
export interface PlyContent {
  /** `stride` for each vertex: floats, and the bytes of its colour in the last one. */
  vertices: Float32Array<ArrayBuffer>;
  triangles: Uint32Array<ArrayBuffer>;
  edges: Uint32Array<ArrayBuffer>;
}

const WHITE = [1, 1, 1, 1];

/** Counts what primitives will take, before anything is read. Properties that one of them has, all vertices have. */
export function plyCounts(placed: readonly PlacedPrimitive[]): PlyShape {
  const has = (semantic: string) => placed.some(({ primitive }) => primitive.getAttribute(semantic) !== null);
  const count = (kind: string) =>
    placed.reduce((sum, entry) => sum + (entry.kind === kind ? entry.elements * entry.matrices.length : 0), 0);
  const normals = has('NORMAL');
  const texcoords = has('TEXCOORD_0');
  const colors = has('COLOR_0') || placed.some((entry) => baseColor(entry).some((value) => value !== 1));
  return {
    vertices: placed.reduce((sum, { vertices, matrices }) => sum + vertices * matrices.length, 0),
    faces: count('triangles'),
    edges: count('lines'),
    normals,
    texcoords,
    colors,
    stride: 3 + (normals ? 3 : 0) + (texcoords ? 2 : 0) + (colors ? 1 : 0),
  };
}

/** Reads the vertices of all primitives at all their places. */
export function gatherPlyData(
  placed: readonly PlacedPrimitive[],
  shape: PlyShape,
  options: ExportOptions,
  facts: ExportFormatFacts,
): PlyContent {
  const { stride } = shape;
  const vertices = new Float32Array(shape.vertices * stride);
  const bytes = new Uint8Array(vertices.buffer);
  const triangles = new Uint32Array(shape.faces * 3);
  const edges = new Uint32Array(shape.edges * 2);
  const space = fileSpace(options, facts);
  let base = 0;
  let triangle = 0;
  let edge = 0;
  for (const entry of placed) {
    const { positions, normals, texcoords, colors } = posedVertices(entry);
    const indices = elementIndices(entry);
    const points = new Float32Array(positions.length);
    const turned = normals && new Float32Array(normals.length);
    const tint = shape.colors ? vertexColors(entry, colors) : null;
    for (const matrix of entry.matrices) {
      const placement = new Placement(space, matrix);
      placement.points(positions, points);
      if (normals && turned) placement.normals(normals, turned);
      for (let i = 0; i < entry.vertices; i++) {
        let at = (base + i) * stride;
        for (let k = 0; k < 3; k++) vertices[at++] = points[i * 3 + k]!;
        if (shape.normals) for (let k = 0; k < 3; k++) vertices[at++] = turned?.[i * 3 + k] ?? 0;
        if (shape.texcoords) {
          vertices[at++] = texcoords?.[i * 2] ?? 0;
          vertices[at++] = texcoords ? 1 - texcoords[i * 2 + 1]! : 0;
        }
        if (tint) for (let k = 0; k < 4; k++) bytes[at * 4 + k] = tint[i * 4 + k]!;
      }
      if (entry.kind === 'triangles') {
        const [second, third] = placement.mirrors ? [2, 1] : [1, 2];
        for (let i = 0; i < indices.length; i += 3) {
          triangles[triangle++] = base + indices[i]!;
          triangles[triangle++] = base + indices[i + second]!;
          triangles[triangle++] = base + indices[i + third]!;
        }
      } else if (entry.kind === 'lines') {
        for (let i = 0; i < indices.length; i++) edges[edge++] = base + indices[i]!;
      }
      base += entry.vertices;
    }
  }
  return { vertices, triangles, edges };
}

function baseColor({ primitive }: PlacedPrimitive): readonly number[] {
  return primitive.getMaterial()?.getBaseColorFactor() ?? WHITE;
}

/** Colours of the vertices times that of the material: sRGB bytes, and alpha. */
function vertexColors(entry: PlacedPrimitive, colors: Float32Array | null): Uint8Array {
  const factor = baseColor(entry);
  const out = new Uint8Array(entry.vertices * 4);
  for (let i = 0; i < out.length; i++) {
    const value = (colors?.[i] ?? 1) * factor[i % 4]!;
    out[i] = i % 4 === 3 ? Math.round(Math.min(1, Math.max(0, value)) * 255) : srgbByte(value);
  }
  return out;
}
