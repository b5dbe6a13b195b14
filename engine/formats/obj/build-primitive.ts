import type { Document, Material, Primitive } from '@gltf-transform/core';
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

/** Reused by all primitives of a file: which vertex a corner of the table became, from 1; 0 for none. */
export class CornerVertices {
  readonly vertices: Int32Array;
  /** Room for the other way: the corner of each vertex of the primitive that is being made. */
  readonly sources: Int32Array;

  constructor(corners: number) {
    this.vertices = new Int32Array(corners);
    this.sources = new Int32Array(corners);
  }
}

/**
 * Makes one glTF primitive of the elements in `ranges` (all of one kind and material): polygons cut into triangles,
 * corners with equal position, texture coordinate and normal are one vertex.
 */
export function buildPrimitive(
  document: Document,
  data: ObjData,
  normals: Float32Array,
  ranges: readonly ObjRange[],
  material: Material,
  placement: ObjPlacement,
  known: CornerVertices,
  issues: ObjFindings,
): Primitive | null {
  const kind = ranges[0]!.kind;
  const builder = new VertexBuilder(data, kind === 'face', known);
  const list = indexInPlace(data, ranges, builder) ?? indexElements(data, ranges, builder, issues);
  builder.release();
  if (list.length === 0) return null;
  const primitive = createPrimitive(document, {
    positions: builder.positions(placement),
    normals: builder.normals(normals),
    texcoords: builder.texcoords(),
    colors: builder.colors(),
    indices: builder.count <= MOST_SHORT ? Uint16Array.from(list) : list,
  });
  return primitive.setMode(kind === 'face' ? TRIANGLES : kind === 'line' ? LINES : POINTS).setMaterial(material);
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

/**
 * Triangles that stand together in the file need as many indices as they have corners, which nothing needs afterwards:
 * the indices take their place. Null where the elements are others.
 */
function indexInPlace(
  { corners, elements }: ObjData,
  ranges: readonly ObjRange[],
  builder: VertexBuilder,
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
  builder: VertexBuilder,
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
  builder: VertexBuilder,
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
class VertexBuilder {
  private readonly data: ObjData;
  private readonly shaded: boolean;
  private readonly known: Int32Array;
  /** The corner of each vertex. */
  private readonly sources: Int32Array;
  count = 0;

  constructor(data: ObjData, shaded: boolean, { vertices, sources }: CornerVertices) {
    this.data = data;
    this.shaded = shaded;
    this.known = vertices;
    this.sources = sources;
  }

  /** The number of the vertex for a corner of an element. */
  vertex(at: number): number {
    const corner = this.data.corners[at]!;
    const found = this.known[corner]!;
    if (found > 0) return found - 1;
    const index = this.count++;
    this.sources[index] = corner;
    this.known[corner] = this.count;
    return index;
  }

  /** Forgets the vertices for the next primitive. */
  release(): void {
    for (let i = 0; i < this.count; i++) this.known[this.sources[i]!] = 0;
  }

  positions({ origin, scale }: ObjPlacement): Float32Array {
    const { positions: source, table } = this.data;
    const out = new Float32Array(this.count * 3);
    for (let i = 0; i < this.count; i++) {
      const from = table.positionOf(this.sources[i]!) * 3;
      for (let k = 0; k < 3; k++) out[i * 3 + k] = (source[from + k]! - origin[k]!) * scale;
    }
    return out;
  }

  normals(source: Float32Array): Float32Array | null {
    if (!this.shaded) return null;
    const { table } = this.data;
    const out = new Float32Array(this.count * 3);
    for (let i = 0; i < this.count; i++) {
      const from = table.normalOf(this.sources[i]!) * 3;
      for (let k = 0; k < 3; k++) out[i * 3 + k] = source[from + k] ?? 0;
    }
    return out;
  }

  /** With v pointing down, as glTF has it. */
  texcoords(): Float32Array | null {
    const { texcoords: source, table } = this.data;
    const out = new Float32Array(this.count * 2);
    let found = false;
    for (let i = 0; i < this.count; i++) {
      const from = table.texcoordOf(this.sources[i]!);
      if (from < 0) continue;
      found = true;
      out[i * 2] = source[from * 2]!;
      out[i * 2 + 1] = 1 - source[from * 2 + 1]!;
    }
    return found ? out : null;
  }

  /** Linear, as glTF has it. Files with values above 1 count to 255. */
  colors(): Float32Array | null {
    const source = this.data.colors;
    if (!source) return null;
    let peak = 0;
    for (let i = 0; i < source.length; i++) if (source[i]! > peak) peak = source[i]!;
    const scale = peak > 1 ? 1 / 255 : 1;
    const out = new Float32Array(this.count * 3);
    for (let i = 0; i < this.count; i++) {
      const from = this.data.table.positionOf(this.sources[i]!) * 3;
      for (let k = 0; k < 3; k++) out[i * 3 + k] = srgbToLinear(source[from + k]! * scale);
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
