import type { Accessor, Document, Material, Primitive } from '@gltf-transform/core';
import { createPrimitive } from '../../formats/geometry/create-primitive.ts';
import { shadeMesh } from '../../formats/geometry/shade-mesh.ts';
import { floatValues } from '../float-values.ts';
import { NearestPoints } from '../solids/nearest-point.ts';
import { pieceOf, type SurfacePiece, type WorldSurface } from '../solids/world-surface.ts';

/** Faces that meet at less than this are shaded as one surface. */
const CREASE = (40 * Math.PI) / 180;
/** A texture coordinate further outside of its triangle than this many times its size is a guess: it is held there. */
const REACH = 1.5;

/** What of a source goes along to new triangles. */
const CARRIED = /^(TEXCOORD|COLOR)_\d+$/;

/**
 * Gives new triangles the materials, texture coordinates and colours of a surface they were made after: each triangle
 * takes all of them from the triangle of the source that is nearest to its middle, continued in its plane, so that no
 * new triangle reaches over a seam.
 *
 * @returns one primitive for each material and set of attributes
 */
export function transferAttributes(
  document: Document,
  surface: WorldSurface,
  positions: Float32Array,
  indices: Uint32Array,
): Primitive[] {
  const nearest = new NearestPoints(surface);
  const groups = new Map<string, { piece: SurfacePiece; triangles: number[] }>();
  const sources = new Uint32Array(indices.length / 3);
  const keys = new Map<SurfacePiece, string>();
  const materials: (Material | null)[] = [];
  for (let triangle = 0; triangle < sources.length; triangle++) {
    const [x, y, z] = [0, 1, 2].map(
      (k) => [0, 1, 2].reduce((sum, corner) => sum + positions[indices[triangle * 3 + corner]! * 3 + k]!, 0) / 3,
    ) as [number, number, number];
    sources[triangle] = nearest.triangle(x, y, z);
    const piece = pieceOf(surface, sources[triangle]!);
    let key = keys.get(piece);
    if (key === undefined) {
      key = keyOf(piece, materials);
      keys.set(piece, key);
    }
    const group = groups.get(key);
    if (group) group.triangles.push(triangle);
    else groups.set(key, { piece, triangles: [triangle] });
  }
  const shaded = shadeMesh(positions, indices, { creaseAngle: CREASE });
  return [...groups.values()].map(({ piece, triangles }) =>
    primitiveOf(document, surface, piece, triangles, { positions, shaded, sources }),
  );
}

/** Pieces with the same key can be one primitive. */
function keyOf({ primitive }: SurfacePiece, materials: (Material | null)[]): string {
  const material = primitive.getMaterial();
  let number = materials.indexOf(material);
  if (number < 0) number = materials.push(material) - 1;
  const carried = primitive.listSemantics().filter((semantic) => CARRIED.test(semantic));
  return [
    number,
    ...carried.map((semantic) => `${semantic}:${primitive.getAttribute(semantic)!.getElementSize()}`).sort(),
  ].join();
}

interface NewTriangles {
  positions: Float32Array;
  shaded: ReturnType<typeof shadeMesh>;
  /** The triangle of the source of each new one. */
  sources: Uint32Array;
}

function primitiveOf(
  document: Document,
  surface: WorldSurface,
  { primitive }: SurfacePiece,
  triangles: readonly number[],
  { positions, shaded, sources }: NewTriangles,
): Primitive {
  const semantics = primitive.listSemantics().filter((semantic) => CARRIED.test(semantic));
  const sizes = semantics.map((semantic) => primitive.getAttribute(semantic)!.getElementSize());
  const width = sizes.reduce((sum, size) => sum + size, 0);
  const values = new ValueReader(surface, semantics, sizes);
  const known = new Map<string, number>();
  const points: number[] = [];
  const normals: number[] = [];
  const carried: number[] = [];
  const corners: number[] = [];
  const value = new Float32Array(width);
  for (const triangle of triangles) {
    for (let corner = triangle * 3; corner < triangle * 3 + 3; corner++) {
      const vertex = shaded.indices[corner]!;
      const at = shaded.source[vertex]! * 3;
      values.read(sources[triangle]!, positions[at]!, positions[at + 1]!, positions[at + 2]!, value);
      const key = width === 0 ? String(vertex) : `${vertex},${value.join()}`;
      let made = known.get(key);
      if (made === undefined) {
        made = points.length / 3;
        known.set(key, made);
        for (let k = 0; k < 3; k++) {
          points.push(positions[at + k]!);
          normals.push(shaded.normals[vertex * 3 + k]!);
        }
        carried.push(...value);
      }
      corners.push(made);
    }
  }
  const created = createPrimitive(document, {
    positions: Float32Array.from(points),
    normals: Float32Array.from(normals),
    indices: Uint32Array.from(corners),
    material: primitive.getMaterial(),
  });
  let from = 0;
  for (const [i, semantic] of semantics.entries()) {
    const size = sizes[i]!;
    const array = Float32Array.from(
      { length: (carried.length / width) * size },
      (_, k) => carried[Math.floor(k / size) * width + from + (k % size)]!,
    );
    created.setAttribute(semantic, accessorOf(document, array, size));
    from += size;
  }
  return created;
}

function accessorOf(document: Document, array: Float32Array<ArrayBuffer>, size: number): Accessor {
  const type = size === 2 ? 'VEC2' : size === 3 ? 'VEC3' : 'VEC4';
  return document
    .createAccessor()
    .setType(type)
    .setArray(array)
    .setBuffer(document.getRoot().listBuffers()[0] ?? null);
}

/** Reads attributes of a surface at points near one of its triangles. */
class ValueReader {
  private readonly surface: WorldSurface;
  private readonly semantics: readonly string[];
  private readonly sizes: readonly number[];
  private readonly arrays = new Map<SurfacePiece, Float32Array[]>();

  constructor(surface: WorldSurface, semantics: readonly string[], sizes: readonly number[]) {
    this.surface = surface;
    this.semantics = semantics;
    this.sizes = sizes;
  }

  read(triangle: number, x: number, y: number, z: number, out: Float32Array): void {
    const { indices } = this.surface;
    const piece = pieceOf(this.surface, triangle);
    const arrays = this.arraysOf(piece);
    const [v, w] = planeWeights(this.surface, triangle, x, y, z);
    const share = [1 - v - w, v, w];
    let to = 0;
    for (const [i, size] of this.sizes.entries()) {
      for (let k = 0; k < size; k++, to++) {
        let sum = 0;
        for (let corner = 0; corner < 3; corner++) {
          sum += share[corner]! * arrays[i]![(indices[triangle * 3 + corner]! - piece.firstVertex) * size + k]!;
        }
        out[to] = this.semantics[i]!.startsWith('COLOR') ? Math.min(1, Math.max(0, sum)) : sum;
      }
    }
  }

  private arraysOf(piece: SurfacePiece): Float32Array[] {
    let arrays = this.arrays.get(piece);
    if (!arrays) {
      arrays = this.semantics.map((semantic, i) =>
        floatValues(piece.primitive.getAttribute(semantic)!, this.sizes[i]!),
      );
      this.arrays.set(piece, arrays);
    }
    return arrays;
  }
}

/** Weights of the second and third corner of the point of a triangle's plane below another, held near the triangle. */
function planeWeights(
  { positions: p, indices }: WorldSurface,
  triangle: number,
  x: number,
  y: number,
  z: number,
): [number, number] {
  const [a, b, c] = [0, 1, 2].map((k) => indices[triangle * 3 + k]! * 3) as [number, number, number];
  const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
  const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
  const [px, py, pz] = [x - p[a]!, y - p[a + 1]!, z - p[a + 2]!];
  const [uu, uv, vv] = [ux * ux + uy * uy + uz * uz, ux * vx + uy * vy + uz * vz, vx * vx + vy * vy + vz * vz];
  const [pu, pv] = [px * ux + py * uy + pz * uz, px * vx + py * vy + pz * vz];
  const determinant = uu * vv - uv * uv;
  if (!(determinant > 1e-12 * uu * vv)) return [0, 0];
  const v = (vv * pu - uv * pv) / determinant;
  const w = (uu * pv - uv * pu) / determinant;
  // About the middle, where all weights are a third.
  const furthest = Math.max(Math.abs(v - 1 / 3), Math.abs(w - 1 / 3), Math.abs(1 - v - w - 1 / 3));
  const scale = furthest > REACH ? REACH / furthest : 1;
  return [1 / 3 + (v - 1 / 3) * scale, 1 / 3 + (w - 1 / 3) * scale];
}
