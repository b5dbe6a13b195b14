import type { Document, Material, Mesh } from '@gltf-transform/core';
import { createPrimitive, gather } from '../geometry/create-primitive.ts';
import { shadeVertices } from '../geometry/shade-vertices.ts';
import { TupleIndex } from '../geometry/tuple-index.ts';
import type { MeshObject, ModelObject, ModelPart, Rgba } from './model-part.ts';

/** Where the materials of property groups come from. */
export interface MaterialSource {
  plain(): Material;
  colored(transparent: boolean): Material;
  base(part: ModelPart, pid: number, index: number): Material;
  textured(part: ModelPart, texture: number): Material;
  /** A reference that leads nowhere. */
  broken(part: ModelPart, pid: number): void;
}

/** Triangles that are drawn together. */
type Surface =
  | { kind: 'plain' }
  | { kind: 'base'; pid: number; index: number }
  | { kind: 'colors'; colors: Rgba[] }
  | { kind: 'texture'; texture: number; coordinates: number[] };

/** Makes a glTF mesh of an object: a primitive for each material, texture or set of colours. */
export function buildMesh(
  document: Document,
  part: ModelPart,
  object: ModelObject,
  source: MeshObject,
  materials: MaterialSource,
): Mesh {
  const { surfaces, surfaceOf, indices } = sortTriangles(part, object, source, materials);
  const shaded = shadeVertices(source.positions, source.triangles, surfaces.length > 1 ? { partition: surfaceOf } : {});
  const positions = gather(source.positions, 3, shaded.source);
  const mesh = document.createMesh(object.name);
  for (const [number, surface] of surfaces.entries()) {
    const tuples = new TupleIndex(2, Math.ceil(positions.length / 3 / surfaces.length));
    const corners: number[] = [];
    const pair = [0, 0];
    const usesIndex = surface.kind === 'colors' || surface.kind === 'texture';
    for (let i = 0; i < shaded.indices.length; i++) {
      if (surfaceOf[Math.floor(i / 3)] !== number) continue;
      pair[0] = shaded.indices[i]!;
      pair[1] = usesIndex ? indices[i]! : 0;
      corners.push(tuples.add(pair));
    }
    const from = tuples.column(0);
    const properties = tuples.column(1);
    const colors = surface.kind === 'colors' ? vertexColors(surface.colors, properties) : null;
    mesh.addPrimitive(
      createPrimitive(document, {
        positions: gather(positions, 3, from),
        normals: gather(shaded.normals, 3, from),
        colors,
        texcoords: surface.kind === 'texture' ? vertexTexcoords(surface.coordinates, properties) : null,
        indices: Uint32Array.from(corners),
        material: materialOf(surface, part, materials, colors),
      }),
    );
  }
  return mesh;
}

/** For each triangle the surface that it belongs to, and for each corner its index in the property group. */
function sortTriangles(part: ModelPart, object: ModelObject, source: MeshObject, materials: MaterialSource) {
  const count = source.triangles.length / 3;
  const surfaces: Surface[] = [];
  const byKey = new Map<string, number>();
  const surfaceOf = new Uint32Array(count);
  const indices = new Int32Array(count * 3);
  for (let i = 0; i < count; i++) {
    const own = source.properties && source.properties[i * 4 + 1]! >= 0;
    let pid = own ? source.properties![i * 4]! : object.pid;
    if (own && pid < 0) pid = object.pid;
    for (let k = 0; k < 3; k++) indices[i * 3 + k] = own ? source.properties![i * 4 + 1 + k]! : object.pindex;
    const group = part.groups.get(pid);
    if (group?.kind === 'multi') {
      const layers = [0, 1, 2].map((k) => group.references[indices[i * 3 + k]!]);
      pid = layers[0]?.pid ?? -1;
      for (let k = 0; k < 3; k++) indices[i * 3 + k] = layers[k]?.index ?? 0;
    }
    const { key, surface } = surfaceFor(part, pid, indices.subarray(i * 3, i * 3 + 3), materials);
    let number = byKey.get(key);
    if (number === undefined) {
      number = surfaces.push(surface) - 1;
      byKey.set(key, number);
    }
    surfaceOf[i] = number;
  }
  return { surfaces, surfaceOf, indices };
}

function surfaceFor(
  part: ModelPart,
  pid: number,
  indices: Int32Array,
  materials: MaterialSource,
): { key: string; surface: Surface } {
  const plain = { key: '', surface: { kind: 'plain' } as const };
  if (pid < 0) return plain;
  const group = part.groups.get(pid);
  const fits = (size: number): boolean => indices.every((index) => index >= 0 && index < size);
  if (group?.kind === 'materials' && fits(group.materials.length)) {
    return { key: `${pid} ${indices[0]}`, surface: { kind: 'base', pid, index: indices[0]! } };
  }
  if (group?.kind === 'colors' && fits(group.colors.length))
    return { key: `${pid}`, surface: { kind: 'colors', colors: group.colors } };
  if (group?.kind === 'texture' && fits(group.coordinates.length / 2)) return { key: `${pid}`, surface: { ...group } };
  materials.broken(part, pid);
  return plain;
}

function materialOf(
  surface: Surface,
  part: ModelPart,
  materials: MaterialSource,
  colors: Uint16Array | null,
): Material {
  switch (surface.kind) {
    case 'plain':
      return materials.plain();
    case 'base':
      return materials.base(part, surface.pid, surface.index);
    case 'texture':
      return materials.textured(part, surface.texture);
    case 'colors':
      return materials.colored(colors?.some((value, i) => i % 4 === 3 && value < 65535) ?? false);
  }
}

function vertexColors(colors: Rgba[], properties: Uint32Array): Uint16Array {
  const out = new Uint16Array(properties.length * 4);
  for (let i = 0; i < properties.length; i++) {
    const color = colors[properties[i]!]!;
    for (let k = 0; k < 4; k++) out[i * 4 + k] = Math.round(color[k]! * 65535);
  }
  return out;
}

function vertexTexcoords(coordinates: number[], properties: Uint32Array): Float32Array {
  const out = new Float32Array(properties.length * 2);
  for (let i = 0; i < properties.length; i++) {
    out[i * 2] = coordinates[properties[i]! * 2]!;
    out[i * 2 + 1] = 1 - coordinates[properties[i]! * 2 + 1]!;
  }
  return out;
}
