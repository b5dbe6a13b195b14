import type { Accessor, Document, Material, Mesh, Primitive, TypedArray } from '@gltf-transform/core';
import { determinant3, invert, type Mat4 } from './affine.ts';
import type { FbxPrimitive } from './build-primitives.ts';
import type { FbxMorphChannel } from './read-morphs.ts';
import type { FbxSkin } from './read-skin.ts';
import type { Space } from './space.ts';

export interface MeshParts {
  name: string;
  primitives: FbxPrimitive[];
  /** One for each material that a primitive counts. */
  materials: Material[];
  /** For primitives without a material; null for none. */
  fallback: Material | null;
  skin: FbxSkin | null;
  morphs: FbxMorphChannel[];
  /** Vertices of the mesh in the file. */
  vertices: number;
  /** Applied to the vertices before anything else. */
  geometric: Mat4 | null;
  space: Space;
}

/** Makes a glTF mesh: vertices in metres, joints and weights, morph targets. */
export function buildMesh(document: Document, parts: MeshParts): Mesh {
  const mesh = document.createMesh(parts.name);
  const placement = placementOf(parts);
  for (const source of parts.primitives) {
    place(source, placement);
    const primitive = document
      .createPrimitive()
      .setIndices(
        accessor(
          document,
          'SCALAR',
          source.positions.length / 3 <= 0xffff ? Uint16Array.from(source.indices) : source.indices,
        ),
      )
      .setAttribute('POSITION', accessor(document, 'VEC3', source.positions))
      .setAttribute('NORMAL', accessor(document, 'VEC3', source.normals))
      .setMaterial(parts.materials[source.material] ?? parts.fallback);
    for (const [set, uvs] of source.uvs.entries()) {
      primitive.setAttribute(`TEXCOORD_${set}`, accessor(document, 'VEC2', uvs));
    }
    if (source.colors) {
      primitive.setAttribute('COLOR_0', accessor(document, 'VEC4', source.colors).setNormalized(true));
    }
    if (parts.skin) addWeights(document, primitive, source.source, parts.skin);
    addTargets(document, primitive, source.source, parts, placement);
    mesh.addPrimitive(primitive);
  }
  if (parts.morphs.length > 0) {
    const names = parts.morphs.flatMap((channel) =>
      channel.shapes.length === 1 ? [channel.name] : channel.shapes.map((shape) => shape.name || channel.name),
    );
    mesh.setExtras({ targetNames: names });
  }
  return mesh;
}

function accessor(document: Document, type: 'SCALAR' | 'VEC2' | 'VEC3' | 'VEC4', array: TypedArray): Accessor {
  const buffer = document.getRoot().listBuffers()[0] ?? document.createBuffer();
  return document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
}

/** How vertices of the file become vertices of glTF. */
interface Placement {
  /** Columns of the linear part, and the translation. */
  matrix: Float64Array;
  /** For normals: the inverse transpose; null where it is the same. */
  normal: Float64Array | null;
  /** Whether triangles change their winding. */
  flipped: boolean;
}

function placementOf({ geometric, space }: MeshParts): Placement {
  const matrix = geometric ? geometric.slice() : Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
  const inverse = geometric && invert(geometric);
  const normal = inverse
    ? Float64Array.of(
        inverse[0]!,
        inverse[4]!,
        inverse[8]!,
        inverse[1]!,
        inverse[5]!,
        inverse[9]!,
        inverse[2]!,
        inverse[6]!,
        inverse[10]!,
      )
    : null;
  for (let i = 0; i < 15; i++) if (i % 4 !== 3) matrix[i] = matrix[i]! * space.scale;
  if (space.mirrored) for (const i of [0, 4, 8, 12]) matrix[i] = -matrix[i]!;
  const linear = normal ?? (space.mirrored ? Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) : null);
  if (linear && space.mirrored) for (const i of [0, 3, 6]) linear[i] = -linear[i]!;
  return { matrix, normal: linear, flipped: determinant3(matrix) < 0 };
}

function place(source: FbxPrimitive, { matrix, normal, flipped }: Placement): void {
  transform(source.positions, matrix, true);
  if (normal) {
    const { normals } = source;
    for (let i = 0; i < normals.length; i += 3) {
      const x = normals[i]!;
      const y = normals[i + 1]!;
      const z = normals[i + 2]!;
      const nx = normal[0]! * x + normal[3]! * y + normal[6]! * z;
      const ny = normal[1]! * x + normal[4]! * y + normal[7]! * z;
      const nz = normal[2]! * x + normal[5]! * y + normal[8]! * z;
      const length = Math.sqrt(nx * nx + ny * ny + nz * nz) || 1;
      normals[i] = nx / length;
      normals[i + 1] = ny / length;
      normals[i + 2] = nz / length;
    }
  }
  if (!flipped) return;
  const { indices } = source;
  for (let i = 0; i < indices.length; i += 3) {
    const second = indices[i + 1]!;
    indices[i + 1] = indices[i + 2]!;
    indices[i + 2] = second;
  }
}

function transform(vectors: Float32Array, m: Float64Array, points: boolean): void {
  const tx = points ? m[12]! : 0;
  const ty = points ? m[13]! : 0;
  const tz = points ? m[14]! : 0;
  for (let i = 0; i < vectors.length; i += 3) {
    const x = vectors[i]!;
    const y = vectors[i + 1]!;
    const z = vectors[i + 2]!;
    vectors[i] = m[0]! * x + m[4]! * y + m[8]! * z + tx;
    vectors[i + 1] = m[1]! * x + m[5]! * y + m[9]! * z + ty;
    vectors[i + 2] = m[2]! * x + m[6]! * y + m[10]! * z + tz;
  }
}

/** Vertices without a bone follow the joint behind the last bone, which is the node of the mesh itself. */
function addWeights(document: Document, primitive: Primitive, source: Uint32Array, skin: FbxSkin): void {
  const { influences, indices, weights } = skin;
  const free = skin.joints.length;
  const small = free <= 0xff;
  for (let set = 0; set * 4 < influences; set++) {
    const joints = small ? new Uint8Array(source.length * 4) : new Uint16Array(source.length * 4);
    const shares = new Float32Array(source.length * 4);
    for (let i = 0; i < source.length; i++) {
      const base = source[i]! * influences;
      if (set === 0 && weights[base] === 0) {
        joints[i * 4] = free;
        shares[i * 4] = 1;
        continue;
      }
      for (let k = set * 4; k < Math.min(influences, set * 4 + 4); k++) {
        joints[i * 4 + k - set * 4] = indices[base + k]!;
        shares[i * 4 + k - set * 4] = weights[base + k]!;
      }
    }
    primitive.setAttribute(`JOINTS_${set}`, accessor(document, 'VEC4', joints));
    primitive.setAttribute(`WEIGHTS_${set}`, accessor(document, 'VEC4', shares));
  }
}

function addTargets(
  document: Document,
  primitive: Primitive,
  source: Uint32Array,
  parts: MeshParts,
  placement: Placement,
): void {
  for (const { shape } of parts.morphs.flatMap((channel) => channel.shapes)) {
    const slots = new Int32Array(parts.vertices).fill(-1);
    for (let i = 0; i < shape.indices.length; i++) {
      const vertex = shape.indices[i]!;
      if (vertex >= 0 && vertex < parts.vertices) slots[vertex] = i;
    }
    const offsets = gatherOffsets(shape.offsets, slots, source);
    transform(offsets, placement.matrix, false);
    const target = document.createPrimitiveTarget().setAttribute('POSITION', sparse(document, offsets));
    if (shape.normals?.some((value) => Math.abs(value) > 1e-6)) {
      const normals = gatherOffsets(shape.normals, slots, source);
      if (parts.space.mirrored) for (let i = 0; i < normals.length; i += 3) normals[i] = -normals[i]!;
      if (!parts.geometric) target.setAttribute('NORMAL', sparse(document, normals));
    }
    primitive.addTarget(target);
  }
}

function gatherOffsets(values: Float64Array, slots: Int32Array, source: Uint32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(source.length * 3);
  for (let i = 0; i < source.length; i++) {
    const slot = slots[source[i]!]!;
    if (slot < 0) continue;
    for (let k = 0; k < 3; k++) {
      const value = values[slot * 3 + k]!;
      out[i * 3 + k] = Number.isFinite(value) ? value : 0;
    }
  }
  return out;
}

/** Most morphs move a small part of the mesh; glTF stores only that part. */
function sparse(document: Document, offsets: Float32Array<ArrayBuffer>): Accessor {
  let moved = 0;
  for (let i = 0; i < offsets.length; i += 3) if (offsets[i] || offsets[i + 1] || offsets[i + 2]) moved++;
  return accessor(document, 'VEC3', offsets).setSparse(moved > 0 && moved * 3 < offsets.length / 3);
}
