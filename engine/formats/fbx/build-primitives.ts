import { SRGB_BYTE_TO_LINEAR_16, srgbToLinear } from '../geometry/color.ts';
import type { PolygonCounts } from '../geometry/polygon-counts.ts';
import { shadeMesh } from '../geometry/shade-mesh.ts';
import type { FbxFindings } from './fbx-findings.ts';
import { type FbxGeometry, type GeometryLayer, materialOf, valueAt } from './read-geometry.ts';
import { triangulateGeometry } from './triangulate-geometry.ts';

/** A part of a mesh with one material, in flat arrays of exact length. */
export interface FbxPrimitive {
  /** Counted among the materials of the model; -1 for none. */
  material: number;
  /** Three for each vertex, as in the file. */
  positions: Float32Array<ArrayBuffer>;
  normals: Float32Array<ArrayBuffer>;
  /** For each set two for each vertex, v pointing down. */
  uvs: Float32Array<ArrayBuffer>[];
  /** Four for each vertex, 65535 for one; null without colours. */
  colors: Uint16Array<ArrayBuffer> | null;
  indices: Uint32Array<ArrayBuffer>;
  /** The vertex of the file that each vertex comes from: for skins and morphs. */
  source: Uint32Array<ArrayBuffer>;
}

/** Corners of one vertex that are compared before a vertex is simply repeated: bounds the time for crafted files. */
const MAX_CHAIN = 64;

/** Values of a layer and which of them each corner has. */
interface ResolvedLayer {
  values: Float64Array | Float32Array;
  keys: Int32Array;
  width: number;
}

/**
 * Triangulates a mesh and turns its layers into vertices; corners that agree in everything share one.
 *
 * @param materials how many the model has that shows the mesh
 */
export function buildPrimitives(
  geometry: FbxGeometry,
  name: string,
  materials: number,
  findings: FbxFindings,
): { primitives: FbxPrimitive[]; generatedNormals: boolean; counts: PolygonCounts } {
  const triangles = triangulateGeometry(geometry);
  findings.add('complex_polygon', `geometry "${name}"`, triangles.complex);
  const normals = geometry.normals
    ? resolve(geometry.normals, geometry, name, findings)
    : computeNormals(geometry, triangles.corners, triangles.polygons);
  const uvs = geometry.uvs.map((layer) => resolve(layer, geometry, name, findings));
  const colors = geometry.colors.map((layer) => resolve(layer, geometry, name, findings));
  const layers = [normals, ...uvs, ...colors];
  const scratch = {
    head: new Int32Array(geometry.positions.length / 3).fill(-1),
  };
  const primitives: FbxPrimitive[] = [];
  for (const [material, corners] of splitByMaterial(geometry, triangles.corners, triangles.polygons, materials)) {
    const { indices, representatives } = shareVertices(corners, geometry.corners, layers, scratch.head);
    primitives.push({
      material,
      positions: gatherPositions(geometry, representatives),
      normals: gatherNormals(normals, representatives),
      uvs: uvs.map((layer) => gatherUvs(layer, representatives)),
      colors: colors[0] ? gatherColors(colors[0], representatives) : null,
      indices,
      source: Uint32Array.from(representatives, (corner) => geometry.corners[corner]!),
    });
  }
  return { primitives, generatedNormals: geometry.normals === null, counts: triangles.counts };
}

function resolve(layer: GeometryLayer, geometry: FbxGeometry, name: string, findings: FbxFindings): ResolvedLayer {
  const { corners, polygons, fileCorners, filePolygons } = geometry;
  const keys = new Int32Array(corners.length);
  let missing = 0;
  for (let polygon = 0; polygon + 1 < polygons.length; polygon++) {
    const filePolygon = filePolygons ? filePolygons[polygon]! : polygon;
    for (let corner = polygons[polygon]!; corner < polygons[polygon + 1]!; corner++) {
      const key = valueAt(layer, fileCorners ? fileCorners[corner]! : corner, corners[corner]!, filePolygon);
      if (key < 0) missing++;
      keys[corner] = key;
    }
  }
  findings.add('layer_out_of_range', `geometry "${name}"`, missing);
  return { values: layer.values, keys, width: layer.width };
}

function computeNormals(geometry: FbxGeometry, triangleCorners: Uint32Array, owners: Uint32Array): ResolvedLayer {
  const { smoothing, filePolygons } = geometry;
  const vertices = Uint32Array.from(triangleCorners, (corner) => geometry.corners[corner]!);
  const groups =
    smoothing && Uint32Array.from(owners, (polygon) => smoothing[filePolygons ? filePolygons[polygon]! : polygon] ?? 0);
  const shaded = shadeMesh(geometry.positions, vertices, groups ? { smoothing: groups } : {});
  const keys = new Int32Array(geometry.corners.length);
  for (let i = 0; i < triangleCorners.length; i++) keys[triangleCorners[i]!] = shaded.indices[i]!;
  return { values: shaded.normals, keys, width: 3 };
}

/** The corners of the triangles of each material, in the order of the materials. */
function splitByMaterial(
  geometry: FbxGeometry,
  corners: Uint32Array,
  owners: Uint32Array,
  materials: number,
): [material: number, corners: Uint32Array][] {
  if (materials === 0) return [[-1, corners]];
  if (materials === 1 || !geometry.materials) return [[0, corners]];
  const { filePolygons } = geometry;
  const counts = new Uint32Array(materials);
  const assigned = new Uint32Array(owners.length);
  for (let triangle = 0; triangle < owners.length; triangle++) {
    const polygon = owners[triangle]!;
    const material = materialOf(geometry, filePolygons ? filePolygons[polygon]! : polygon);
    const known = material < materials ? material : 0;
    assigned[triangle] = known;
    counts[known] = counts[known]! + 1;
  }
  const parts = Array.from(counts, (count) => new Uint32Array(count * 3));
  const filled = new Uint32Array(materials);
  for (let triangle = 0; triangle < owners.length; triangle++) {
    const material = assigned[triangle]!;
    const at = filled[material]!;
    parts[material]!.set(corners.subarray(triangle * 3, triangle * 3 + 3), at);
    filled[material] = at + 3;
  }
  return parts.flatMap((part, material) => (part.length > 0 ? [[material, part] as [number, Uint32Array]] : []));
}

/**
 * Gives corners of the same file vertex with equal values one vertex. The vertices made of a file vertex form a chain,
 * so that no hashing is needed.
 *
 * @param head scratch, -1 for each file vertex; left as it was
 */
function shareVertices(
  corners: Uint32Array,
  vertexOf: Int32Array,
  layers: readonly ResolvedLayer[],
  head: Int32Array,
): { indices: Uint32Array<ArrayBuffer>; representatives: Uint32Array } {
  const indices = new Uint32Array(corners.length);
  const next = new Int32Array(corners.length);
  const representatives = new Uint32Array(corners.length);
  let count = 0;
  for (let i = 0; i < corners.length; i++) {
    const corner = corners[i]!;
    const vertex = vertexOf[corner]!;
    let found = -1;
    let steps = 0;
    for (let v = head[vertex]!; v >= 0 && steps < MAX_CHAIN; v = next[v]!, steps++) {
      if (representatives[v] === corner || isSame(layers, corner, representatives[v]!)) {
        found = v;
        break;
      }
    }
    if (found < 0) {
      found = count++;
      representatives[found] = corner;
      next[found] = head[vertex]!;
      head[vertex] = found;
    }
    indices[i] = found;
  }
  for (let v = 0; v < count; v++) head[vertexOf[representatives[v]!]!] = -1;
  return { indices, representatives: representatives.slice(0, count) };
}

function isSame(layers: readonly ResolvedLayer[], a: number, b: number): boolean {
  for (const { values, keys, width } of layers) {
    const ka = keys[a]!;
    const kb = keys[b]!;
    if (ka === kb) continue;
    if (ka < 0 || kb < 0) return false;
    for (let k = 0; k < width; k++) {
      const difference = values[ka * width + k]! - values[kb * width + k]!;
      if (!(difference < 1e-6 && difference > -1e-6)) return false;
    }
  }
  return true;
}

function gatherPositions(geometry: FbxGeometry, corners: Uint32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(corners.length * 3);
  const { positions, corners: vertexOf } = geometry;
  for (let i = 0; i < corners.length; i++) {
    const from = vertexOf[corners[i]!]! * 3;
    out[i * 3] = positions[from]!;
    out[i * 3 + 1] = positions[from + 1]!;
    out[i * 3 + 2] = positions[from + 2]!;
  }
  return out;
}

/** Unit vectors; 0, 0, 0 where the file has none, which normalising replaces. */
function gatherNormals(layer: ResolvedLayer, corners: Uint32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(corners.length * 3);
  for (let i = 0; i < corners.length; i++) {
    const from = layer.keys[corners[i]!]! * 3;
    if (from < 0) continue;
    const x = layer.values[from]!;
    const y = layer.values[from + 1]!;
    const z = layer.values[from + 2]!;
    const length = Math.sqrt(x * x + y * y + z * z);
    if (!(length > 1e-12) || length === Infinity) continue;
    out[i * 3] = x / length;
    out[i * 3 + 1] = y / length;
    out[i * 3 + 2] = z / length;
  }
  return out;
}

function gatherUvs(layer: ResolvedLayer, corners: Uint32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(corners.length * 2);
  for (let i = 0; i < corners.length; i++) {
    const from = layer.keys[corners[i]!]! * 2;
    if (from < 0) continue;
    out[i * 2] = layer.values[from]!;
    out[i * 2 + 1] = 1 - layer.values[from + 1]!;
  }
  return out;
}

function gatherColors(layer: ResolvedLayer, corners: Uint32Array): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(corners.length * 4).fill(65535);
  for (let i = 0; i < corners.length; i++) {
    const from = layer.keys[corners[i]!]! * 4;
    if (from < 0) continue;
    for (let k = 0; k < 4; k++) {
      const value = layer.values[from + k]!;
      out[i * 4 + k] = Math.round(65535 * (k === 3 ? clamp(value) : decode(value)));
    }
  }
  return out;
}

/** Most colours are bytes, for which there is a table. */
function decode(value: number): number {
  const byte = value * 255;
  const rounded = Math.round(byte);
  if (rounded >= 0 && rounded <= 255 && Math.abs(byte - rounded) < 1e-4)
    return SRGB_BYTE_TO_LINEAR_16[rounded]! / 65535;
  return srgbToLinear(value);
}

function clamp(value: number): number {
  return Math.min(Math.max(value, 0) || 0, 1);
}
