import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatCount, modelMalformed } from '../errors.ts';
import { checkTriangles } from '../geometry/check-size.ts';
import { PolygonCounts } from '../geometry/polygon-counts.ts';
import { GrowableInt32 } from '../obj/growable.ts';
import { triangulate } from '../obj/triangulate.ts';
import type { PlyList, PlyTable } from './ply-data.ts';

/** The polygons of a PLY file as triangles. */
export interface PlyTriangles {
  /** Three vertices each. */
  vertices: Uint32Array;
  /** For each triangle the face that it was cut from; empty where nobody asked for it. */
  faces: Uint32Array;
  /** For each corner its number within its face; likewise. */
  corners: Uint32Array;
  /** Faces with four or more corners. */
  polygons: number;
  /** Faces with fewer than three corners. */
  tooSmall: number;
  /** The faces by their sides; the triangles of strips count as such. */
  counts: PolygonCounts;
}

/**
 * Cuts the faces and triangle strips of a file into triangles.
 *
 * @param origins whether to tell which face and corner each came from
 * @throws MaquetteError `model_malformed` for a vertex that does not exist, `model_too_large`
 */
export function readPlyFaces(
  tables: readonly PlyTable[],
  positions: Float32Array | Float64Array,
  name: string,
  limits: ModelLimits,
  origins: boolean,
): PlyTriangles {
  const collector = new TriangleCollector(positions, name, limits, origins);
  const lists = tables.flatMap((table) => {
    const list = table.lists.get('vertex_indices') ?? table.lists.get('vertex_index');
    return list ? [{ table, list }] : [];
  });
  const [only] = lists;
  if (only && lists.length === 1 && only.table.name === 'face' && !origins) {
    const vertices = collector.takeTriangles(only.list, only.table.count);
    if (vertices) return { ...collector.finish(), vertices };
  }
  for (const { table, list } of lists) {
    if (table.name === 'face') collector.faces(list, table.count);
    else if (table.name === 'tristrips') collector.strips(list, table.count);
  }
  return collector.finish();
}

class TriangleCollector {
  private readonly name: string;
  private readonly limits: ModelLimits;
  private readonly positions: Float32Array | Float64Array;
  private readonly vertexCount: number;
  private readonly out = new GrowableInt32();
  private readonly faceOf = new GrowableInt32();
  private readonly cornerOf = new GrowableInt32();
  private readonly counts = new PolygonCounts();
  private polygons = 0;
  private tooSmall = 0;
  private doubles: Float64Array | null = null;
  private readonly origins: boolean;

  constructor(positions: Float32Array | Float64Array, name: string, limits: ModelLimits, origins: boolean) {
    this.origins = origins;
    this.positions = positions;
    this.vertexCount = positions.length / 3;
    this.name = name;
    this.limits = limits;
  }

  /** The list itself, where all faces are triangles; null otherwise. */
  takeTriangles({ first, values }: PlyList, count: number): Uint32Array | null {
    if (!(values instanceof Int32Array)) return null;
    for (let face = 0; face <= count; face++) if (first[face] !== face * 3) return null;
    checkTriangles(this.name, count, this.limits);
    for (let i = 0; i < values.length; i++) {
      if (values[i]! >>> 0 >= this.vertexCount) this.check(values[i]!, 'face', Math.floor(i / 3));
    }
    this.counts.add(3, count);
    return new Uint32Array(values.buffer as ArrayBuffer, values.byteOffset, values.length);
  }

  faces({ first, values }: PlyList, count: number): void {
    for (let face = 0; face < count; face++) {
      const start = first[face]!;
      const corners = first[face + 1]! - start;
      for (let i = start; i < start + corners; i++) this.check(values[i]!, 'face', face);
      this.counts.add(corners);
      if (corners < 3) this.tooSmall++;
      else if (corners === 3) this.emit(values, start, face, 0, 1, 2);
      else this.polygon(values, start, corners, face);
      if ((face & 0xffff) === 0) checkTriangles(this.name, this.out.length / 3, this.limits);
    }
    checkTriangles(this.name, this.out.length / 3, this.limits);
  }

  /** Strips of triangles in one list each, with -1 between them. */
  strips({ first, values }: PlyList, count: number): void {
    for (let row = 0; row < count; row++) {
      let begin = first[row]!;
      for (let i = first[row]!; i < first[row + 1]!; i++) {
        if (values[i] === -1) {
          begin = i + 1;
          continue;
        }
        this.check(values[i]!, 'tristrips', row);
        const at = i - begin;
        if (at < 2) continue;
        const odd = at % 2;
        const a = values[i - 2]!;
        const b = values[i - 1]!;
        // Strips repeat vertices to jump; such triangles are no part of the shape.
        if (a === b || b === values[i] || a === values[i]) continue;
        this.counts.add(3);
        this.emit(values, i - 2, row, odd, 1 - odd, 2);
      }
      checkTriangles(this.name, this.out.length / 3, this.limits);
    }
  }

  finish(): PlyTriangles {
    return {
      vertices: Uint32Array.from(this.out.view()),
      faces: Uint32Array.from(this.faceOf.view()),
      corners: Uint32Array.from(this.cornerOf.view()),
      polygons: this.polygons,
      tooSmall: this.tooSmall,
      counts: this.counts,
    };
  }

  private polygon(values: PlyList['values'], start: number, corners: number, face: number): void {
    this.polygons++;
    this.doubles ??= Float64Array.from(this.positions);
    const polygon = Array.from(values.subarray(start, start + corners));
    triangulate(this.doubles, polygon, (a, b, c) => this.emit(values, start, face, a, b, c));
  }

  private emit(values: PlyList['values'], start: number, face: number, a: number, b: number, c: number): void {
    this.out.push(values[start + a]!);
    this.out.push(values[start + b]!);
    this.out.push(values[start + c]!);
    if (!this.origins) return;
    this.cornerOf.push(a);
    this.cornerOf.push(b);
    this.cornerOf.push(c);
    this.faceOf.push(face);
  }

  private check(vertex: number, element: string, row: number): void {
    if (vertex >= 0 && vertex < this.vertexCount && Number.isInteger(vertex)) return;
    throw modelMalformed(
      `${this.name}: ${element} ${formatCount(row)}`,
      `It refers to vertex ${vertex}; the file has ${formatCount(this.vertexCount)} vertices.`,
    );
  }
}
