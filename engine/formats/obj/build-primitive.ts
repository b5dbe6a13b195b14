import type { Document, Material, Primitive } from '@gltf-transform/core';
import { release } from './growable.ts';
import type { ObjFindings } from './obj-findings.ts';
import { srgbToLinear } from './obj-materials.ts';
import type { ObjData, ObjRange } from './parse-obj.ts';
import { triangulate } from './triangulate.ts';

const TRIANGLES = 4;
const LINES = 1;
const POINTS = 0;

/** How positions become metres around the origin: (position - origin) × scale. */
export interface ObjPlacement {
  origin: [number, number, number];
  scale: number;
}

/** Elements of one kind and material, which become one primitive. */
export interface PrimitiveElements {
  ranges: readonly ObjRange[];
  material: Material;
}

/**
 * Makes a glTF primitive of each list of elements: polygons cut into triangles, corners with equal position, texture
 * coordinate and normal are one vertex. The data is of no more use afterwards: one attribute after the other is made for
 * all primitives, and what it was made of is given back, so that a large file never takes twice the memory of its model.
 *
 * @param normals as `generateNormals` gave them
 * @returns one for each list; null where nothing is left to draw
 */
export function buildPrimitives(
  document: Document,
  data: ObjData,
  normals: Float32Array<ArrayBuffer>,
  lists: readonly PrimitiveElements[],
  placement: ObjPlacement,
  issues: ObjFindings,
): (Primitive | null)[] {
  const known = new Int32Array(data.table.length);
  const sources = new Int32Array(data.table.length);
  const drafts = lists.map(({ ranges }) => numberVertices(data, ranges, known, sources, issues));
  release(known);
  release(sources);
  const vertices = new VertexArrays(data);
  const positions = drafts.map((draft) => vertices.positions(draft, placement));
  release(data.positions);
  const directions = drafts.map((draft) => vertices.normals(draft, normals));
  release(normals);
  const texcoords = drafts.map((draft) => vertices.texcoords(draft));
  release(data.texcoords);
  const colors = drafts.map((draft) => vertices.colors(draft));
  return drafts.map(({ kind, indices, sources: { length } }, i) => {
    if (indices.length === 0) return null;
    const primitive = createPrimitive(document, {
      positions: positions[i]!,
      normals: directions[i]!,
      texcoords: texcoords[i]!,
      colors: colors[i]!,
      indices: length <= MOST_SHORT ? Uint16Array.from(indices) : indices,
    });
    const mode = kind === 'face' ? TRIANGLES : kind === 'line' ? LINES : POINTS;
    return primitive.setMode(mode).setMaterial(lists[i]!.material);
  });
}

/** Indices of two bytes number so many vertices. */
const MOST_SHORT = 65_535;

/** The arrays of a primitive; what it lacks is null. */
export interface PrimitiveArrays {
  positions: Float32Array;
  normals: Float32Array | null;
  texcoords: Float32Array | null;
  colors: Float32Array | null;
  indices: Uint16Array | Uint32Array;
}

/** A primitive of these arrays, which it keeps. */
export function createPrimitive(
  document: Document,
  { positions, normals, texcoords, colors, indices }: PrimitiveArrays,
): Primitive {
  const primitive = document.createPrimitive();
  const accessor = (type: 'SCALAR' | 'VEC2' | 'VEC3', array: Float32Array | Uint16Array | Uint32Array) =>
    document
      .createAccessor()
      .setType(type)
      .setArray(array as Float32Array<ArrayBuffer>);
  primitive.setAttribute('POSITION', accessor('VEC3', positions));
  if (normals) primitive.setAttribute('NORMAL', accessor('VEC3', normals));
  if (texcoords) primitive.setAttribute('TEXCOORD_0', accessor('VEC2', texcoords));
  if (colors) primitive.setAttribute('COLOR_0', accessor('VEC3', colors));
  return primitive.setIndices(accessor('SCALAR', indices));
}

/** A primitive whose vertices are numbered and hold nothing yet. */
interface PrimitiveDraft {
  kind: ObjRange['kind'];
  /** The corner of the table that each vertex is. */
  sources: Int32Array;
  indices: Uint32Array<ArrayBuffer>;
}

/** @param known all 0, before and after @param sources room for as many as there are corners */
function numberVertices(
  data: ObjData,
  ranges: readonly ObjRange[],
  known: Int32Array,
  sources: Int32Array,
  issues: ObjFindings,
): PrimitiveDraft {
  const builder = new VertexNumbers(data.corners, known, sources);
  const indices = indexInPlace(data, ranges, builder) ?? indexElements(data, ranges, builder, issues);
  return { kind: ranges[0]!.kind, sources: builder.take(), indices };
}

/**
 * Triangles that stand together in the file need as many indices as they have corners, which nothing needs afterwards:
 * the indices take their place. Null where the elements are others.
 */
function indexInPlace(
  { corners, elements }: ObjData,
  ranges: readonly ObjRange[],
  builder: VertexNumbers,
): Uint32Array<ArrayBuffer> | null {
  const [{ kind, start }, end] = [ranges[0]!, ranges.at(-1)!.end];
  const together = ranges.every((range, i) => i === 0 || range.start === ranges[i - 1]!.end);
  const [from, to] = [elements.startOf(start), elements.startOf(end)];
  if (kind !== 'face' || !together || to - from !== (end - start) * 3) return null;
  const indices = new Uint32Array(corners.buffer, corners.byteOffset + from * 4, to - from);
  for (let i = 0; i < indices.length; i++) indices[i] = builder.vertex(from + i);
  return indices;
}

function indexElements(
  data: ObjData,
  ranges: readonly ObjRange[],
  builder: VertexNumbers,
  issues: ObjFindings,
): Uint32Array<ArrayBuffer> {
  const indices = new IndexList(countIndices(data, ranges));
  for (const { kind, start, end } of ranges) {
    for (let element = start; element < end; element++) addElement(data, kind, element, builder, indices, issues);
  }
  return indices.view();
}

/** As many indices as the elements need at most. */
function countIndices({ elements }: ObjData, ranges: readonly ObjRange[]): number {
  let count = 0;
  for (const { kind, start, end } of ranges) {
    const corners = elements.startOf(end) - elements.startOf(start);
    if (kind === 'point') count += corners;
    else if (kind === 'line') count += (corners - (end - start)) * 2;
    else count += (corners - (end - start) * 2) * 3;
  }
  return count;
}

function addElement(
  data: ObjData,
  kind: ObjRange['kind'],
  element: number,
  builder: VertexNumbers,
  indices: IndexList,
  issues: ObjFindings,
): void {
  const start = data.elements.startOf(element);
  const end = data.elements.startOf(element + 1);
  switch (kind) {
    case 'point':
      for (let corner = start; corner < end; corner++) indices.push(builder.vertex(corner));
      return;
    case 'line':
      for (let corner = start; corner + 1 < end; corner++) {
        indices.push(builder.vertex(corner));
        indices.push(builder.vertex(corner + 1));
      }
      return;
    case 'face': {
      if (end - start === 3) {
        for (let corner = start; corner < end; corner++) indices.push(builder.vertex(corner));
        return;
      }
      const polygon: number[] = [];
      for (let corner = start; corner < end; corner++) polygon.push(data.table.positionOf(data.corners[corner]!));
      const simple = triangulate(data.positions, polygon, (a, b, c) => {
        indices.push(builder.vertex(start + a));
        indices.push(builder.vertex(start + b));
        indices.push(builder.vertex(start + c));
      });
      if (!simple) issues.add('complex_polygon', `face ${element + 1}`);
    }
  }
}

/** Numbers vertices in the order in which corners first need them. */
class VertexNumbers {
  readonly #corners: Int32Array;
  /** Which vertex a corner of the table became, from 1; 0 for none. */
  readonly #known: Int32Array;
  /** The corner of each vertex. */
  readonly #sources: Int32Array;
  #count = 0;

  constructor(corners: Int32Array, known: Int32Array, sources: Int32Array) {
    this.#corners = corners;
    this.#known = known;
    this.#sources = sources;
  }

  /** The number of the vertex for a corner of an element. */
  vertex(at: number): number {
    const corner = this.#corners[at]!;
    const found = this.#known[corner]!;
    if (found > 0) return found - 1;
    const index = this.#count++;
    this.#sources[index] = corner;
    this.#known[corner] = this.#count;
    return index;
  }

  /** The corner of each vertex. Forgets the vertices for the next primitive. */
  take(): Int32Array {
    const taken = this.#sources.slice(0, this.#count);
    for (const corner of taken) this.#known[corner] = 0;
    return taken;
  }
}

/** What the vertices of primitives hold. */
class VertexArrays {
  readonly #data: ObjData;
  /** Files with colours above 1 count to 255. */
  readonly #colorScale: number;

  constructor(data: ObjData) {
    this.#data = data;
    let peak = 0;
    for (const value of data.colors ?? []) if (value > peak) peak = value;
    this.#colorScale = peak > 1 ? 1 / 255 : 1;
  }

  positions({ sources }: PrimitiveDraft, { origin, scale }: ObjPlacement): Float32Array {
    const { positions: source, table } = this.#data;
    const out = new Float32Array(sources.length * 3);
    for (let i = 0; i < sources.length; i++) {
      const from = table.positionOf(sources[i]!) * 3;
      for (let k = 0; k < 3; k++) out[i * 3 + k] = (source[from + k]! - origin[k]!) * scale;
    }
    return out;
  }

  normals({ kind, sources }: PrimitiveDraft, source: Float32Array): Float32Array | null {
    if (kind !== 'face') return null;
    const { table } = this.#data;
    const out = new Float32Array(sources.length * 3);
    for (let i = 0; i < sources.length; i++) {
      const from = table.normalOf(sources[i]!) * 3;
      for (let k = 0; k < 3; k++) out[i * 3 + k] = source[from + k] ?? 0;
    }
    return out;
  }

  /** With v pointing down, as glTF has it. */
  texcoords({ sources }: PrimitiveDraft): Float32Array | null {
    const { texcoords: source, table } = this.#data;
    const out = new Float32Array(sources.length * 2);
    let found = false;
    for (let i = 0; i < sources.length; i++) {
      const from = table.texcoordOf(sources[i]!);
      if (from < 0) continue;
      found = true;
      out[i * 2] = source[from * 2]!;
      out[i * 2 + 1] = 1 - source[from * 2 + 1]!;
    }
    return found ? out : null;
  }

  /** Linear, as glTF has it. */
  colors({ sources }: PrimitiveDraft): Float32Array | null {
    const { colors: source, table } = this.#data;
    if (!source) return null;
    const out = new Float32Array(sources.length * 3);
    for (let i = 0; i < sources.length; i++) {
      const from = table.positionOf(sources[i]!) * 3;
      for (let k = 0; k < 3; k++) out[i * 3 + k] = srgbToLinear(source[from + k]! * this.#colorScale);
    }
    return out;
  }
}

class IndexList {
  private readonly data: Uint32Array<ArrayBuffer>;
  length = 0;

  constructor(size: number) {
    this.data = new Uint32Array(size);
  }

  push(value: number): void {
    this.data[this.length++] = value;
  }

  view(): Uint32Array<ArrayBuffer> {
    return this.length === this.data.length ? this.data : this.data.slice(0, this.length);
  }
}
