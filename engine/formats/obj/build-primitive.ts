import type { Document, Material, Primitive } from '@gltf-transform/core';
import type { ObjFindings } from './obj-findings.ts';
import { srgbToLinear } from './obj-materials.ts';
import type { ObjData, ObjRange } from './parse-obj.ts';
import { triangulate } from './triangulate.ts';

/** Vertices at one position that are compared before another copy is made: keeps fans around one point linear. */
const MAX_CHAIN = 64;

const TRIANGLES = 4;
const LINES = 1;
const POINTS = 0;

/** How positions become metres around the origin: (position - origin) × scale. */
export interface ObjPlacement {
  origin: [number, number, number];
  scale: number;
}

/** Reused by all primitives of a file: one slot for each position. */
export class VertexChains {
  readonly heads: Int32Array;

  constructor(positions: number) {
    this.heads = new Int32Array(positions).fill(-1);
  }
}

/**
 * Makes one glTF primitive of the elements in `ranges` (all of one kind and material): polygons cut into triangles,
 * corners with equal position, texture coordinate and normal joined into one vertex.
 */
export function buildPrimitive(
  document: Document,
  data: ObjData,
  normals: Float32Array,
  ranges: readonly ObjRange[],
  material: Material,
  placement: ObjPlacement,
  chains: VertexChains,
  issues: ObjFindings,
): Primitive | null {
  const kind = ranges[0]!.kind;
  const builder = new VertexBuilder(data, kind === 'face', chains);
  const indices = new IndexList();
  for (const range of ranges) {
    for (let element = range.start; element < range.end; element++)
      addElement(data, kind, element, builder, indices, issues);
  }
  builder.release();
  if (indices.length === 0) return null;
  const primitive = document
    .createPrimitive()
    .setMode(kind === 'face' ? TRIANGLES : kind === 'line' ? LINES : POINTS)
    .setMaterial(material);
  const attribute = (semantic: string, type: 'VEC2' | 'VEC3' | 'VEC4', array: Float32Array | null): void => {
    if (array)
      primitive.setAttribute(
        semantic,
        document
          .createAccessor()
          .setType(type)
          .setArray(array as Float32Array<ArrayBuffer>),
      );
  };
  attribute('POSITION', 'VEC3', builder.positions(placement));
  attribute('NORMAL', 'VEC3', builder.normals(normals));
  attribute('TEXCOORD_0', 'VEC2', builder.texcoords());
  attribute('COLOR_0', 'VEC3', builder.colors());
  const list = indices.view();
  const compact = builder.count <= 65535 ? Uint16Array.from(list) : list.slice();
  return primitive.setIndices(document.createAccessor().setType('SCALAR').setArray(compact));
}

function addElement(
  data: ObjData,
  kind: ObjRange['kind'],
  element: number,
  builder: VertexBuilder,
  indices: IndexList,
  issues: ObjFindings,
): void {
  const start = data.elements[element]!;
  const end = data.elements[element + 1]!;
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
      for (let corner = start; corner < end; corner++) polygon.push(data.corners[corner * 3]!);
      const simple = triangulate(data.positions, polygon, (a, b, c) => {
        indices.push(builder.vertex(start + a));
        indices.push(builder.vertex(start + b));
        indices.push(builder.vertex(start + c));
      });
      if (!simple) issues.add('complex_polygon', `face ${element + 1}`);
    }
  }
}

/** Joins equal corners: a chain of known vertices hangs on each position. */
class VertexBuilder {
  private readonly data: ObjData;
  private readonly shaded: boolean;
  private readonly heads: Int32Array;
  /** Position, texture coordinate, normal and next vertex of the chain, four for each vertex. */
  private records = new Int32Array(4096);
  private hasTexcoords = false;
  count = 0;

  constructor(data: ObjData, shaded: boolean, chains: VertexChains) {
    this.data = data;
    this.shaded = shaded;
    this.heads = chains.heads;
  }

  /** The number of the vertex for a corner. */
  vertex(corner: number): number {
    const { corners } = this.data;
    const v = corners[corner * 3]!;
    const vt = corners[corner * 3 + 1]!;
    const vn = this.shaded ? corners[corner * 3 + 2]! : -1;
    const head = this.heads[v]!;
    let { records } = this;
    for (let at = head, steps = 0; at >= 0 && steps < MAX_CHAIN; at = records[at * 4 + 3]!, steps++) {
      if (records[at * 4 + 1] === vt && records[at * 4 + 2] === vn) return at;
    }
    const index = this.count++;
    if (index * 4 >= records.length) {
      const grown = new Int32Array(records.length * 2);
      grown.set(records);
      this.records = records = grown;
    }
    records[index * 4] = v;
    records[index * 4 + 1] = vt;
    records[index * 4 + 2] = vn;
    records[index * 4 + 3] = head;
    this.heads[v] = index;
    if (vt >= 0) this.hasTexcoords = true;
    return index;
  }

  /** Empties the chains for the next primitive. */
  release(): void {
    for (let i = 0; i < this.count; i++) this.heads[this.records[i * 4]!] = -1;
  }

  positions({ origin, scale }: ObjPlacement): Float32Array {
    const source = this.data.positions;
    const out = new Float32Array(this.count * 3);
    for (let i = 0; i < this.count; i++) {
      const from = this.records[i * 4]! * 3;
      for (let k = 0; k < 3; k++) out[i * 3 + k] = (source[from + k]! - origin[k]!) * scale;
    }
    return out;
  }

  normals(source: Float32Array): Float32Array | null {
    if (!this.shaded) return null;
    const out = new Float32Array(this.count * 3);
    for (let i = 0; i < this.count; i++) {
      const from = this.records[i * 4 + 2]! * 3;
      for (let k = 0; k < 3; k++) out[i * 3 + k] = source[from + k] ?? 0;
    }
    return out;
  }

  /** With v pointing down, as glTF has it. */
  texcoords(): Float32Array | null {
    if (!this.hasTexcoords) return null;
    const source = this.data.texcoords;
    const out = new Float32Array(this.count * 2);
    for (let i = 0; i < this.count; i++) {
      const from = this.records[i * 4 + 1]!;
      if (from < 0) continue;
      out[i * 2] = source[from * 2]!;
      out[i * 2 + 1] = 1 - source[from * 2 + 1]!;
    }
    return out;
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
      const from = this.records[i * 4]! * 3;
      for (let k = 0; k < 3; k++) out[i * 3 + k] = srgbToLinear(source[from + k]! * scale);
    }
    return out;
  }
}

class IndexList {
  private data = new Uint32Array(3072);
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      const grown = new Uint32Array(this.data.length * 2);
      grown.set(this.data);
      this.data = grown;
    }
    this.data[this.length++] = value;
  }

  view(): Uint32Array {
    return this.data.subarray(0, this.length);
  }
}
