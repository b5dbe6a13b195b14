import type { GLTF } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatBytes, formatCount, modelInvalid, modelTooLarge } from '../errors.ts';
import { COMPONENT_BYTES, COMPONENTS } from './check-structure.ts';

/** Decoded bytes that even the smallest file may expand to. */
const FREE_EXPANSION = 256 * 1024 ** 2;

/** Decoded bytes over file bytes beyond that. Draco reaches about 50 on dense regular meshes. */
const MAX_EXPANSION = 100;

/** Bytes of one element of an accessor, tightly packed, with the column padding of small matrices (section 3.6.2.4). */
export function elementBytes(type: string, componentType: number): number {
  const size = COMPONENT_BYTES[componentType] ?? 0;
  if (type === 'MAT2' && size === 1) return 8;
  if (type === 'MAT3' && size < 4) return size === 1 ? 12 : 24;
  return (COMPONENTS[type] ?? 0) * size;
}

/**
 * Compares what an asset declares with the limits and with what its file can hold, before anything is allocated.
 * The JSON must have passed `checkStructure`.
 *
 * @param fileBytes size of all files of the model
 * @throws MaquetteError `model_too_large`, or `model_invalid` where an accessor does not fit its buffer view
 */
export function checkLimits(json: GLTF.IGLTF, fileBytes: number, limits: ModelLimits, name: string): void {
  const nodes = json.nodes?.length ?? 0;
  if (nodes > limits.nodes) {
    throw modelTooLarge(
      name,
      `The model has ${formatCount(nodes)} nodes; the limit is ${formatCount(limits.nodes)}.`,
      'nodes',
    );
  }
  checkViews(json, name);
  checkAccessors(json, name);
  const decoded = decodedBytes(json);
  const allowed = Math.min(limits.decodedBytes, Math.max(FREE_EXPANSION, MAX_EXPANSION * fileBytes));
  if (decoded > allowed) {
    throw modelTooLarge(
      name,
      `The model declares ${formatBytes(decoded)} of geometry and animation data in ${formatBytes(fileBytes)} of files; the limit is ${formatBytes(allowed)}.`,
      'decodedBytes',
    );
  }
  checkTriangles(json, limits, name);
}

function checkViews(json: GLTF.IGLTF, name: string): void {
  const buffers = json.buffers ?? [];
  for (const [index, view] of (json.bufferViews ?? []).entries()) {
    const end = (view.byteOffset ?? 0) + view.byteLength;
    const size = buffers[view.buffer]!.byteLength;
    if (end > size) {
      const message = `ends at byte ${formatCount(end)}, but buffer ${view.buffer} has ${formatCount(size)} bytes`;
      throw modelInvalid(`${name}#/bufferViews/${index}`, `Buffer view ${index} ${message}.`, [
        { pointer: `/bufferViews/${index}`, message },
      ]);
    }
  }
}

function checkAccessors(json: GLTF.IGLTF, name: string): void {
  for (const [index, accessor] of (json.accessors ?? []).entries()) {
    const size = elementBytes(accessor.type, accessor.componentType);
    const fits = (view: number | undefined, offset: number, count: number, element: number, pointer: string): void => {
      if (view === undefined) return;
      const definition = json.bufferViews![view]!;
      const stride = definition.byteStride ?? element;
      const needed = offset + (count - 1) * stride + element;
      if (stride < element || needed > definition.byteLength) {
        const message =
          stride < element
            ? `has elements of ${element} bytes in a buffer view with a stride of ${stride}`
            : `needs ${formatCount(needed)} bytes, but its buffer view ${view} has ${formatCount(definition.byteLength)}`;
        throw modelInvalid(`${name}#${pointer}`, `Accessor ${index} ${message}.`, [{ pointer, message }]);
      }
    };
    // Elsewhere what lies askew is copied; nobody, the validator neither, reads sparse values that do (section 3.6.2.4).
    const aligned = (part: { bufferView: number; byteOffset?: number }, component: number, pointer: string): void => {
      const start = (json.bufferViews![part.bufferView]!.byteOffset ?? 0) + (part.byteOffset ?? 0);
      if (start % component === 0) return;
      const message = `begins at byte ${formatCount(start)}, which is no multiple of ${component}`;
      throw modelInvalid(`${name}#${pointer}`, `The sparse part of accessor ${index} ${message}.`, [
        { pointer, message },
      ]);
    };
    fits(accessor.bufferView, accessor.byteOffset ?? 0, accessor.count, size, `/accessors/${index}`);
    const sparse = accessor.sparse;
    if (!sparse) continue;
    const pointer = `/accessors/${index}/sparse`;
    const indexSize = COMPONENT_BYTES[sparse.indices.componentType] ?? 0;
    fits(sparse.indices.bufferView, sparse.indices.byteOffset ?? 0, sparse.count, indexSize, `${pointer}/indices`);
    fits(sparse.values.bufferView, sparse.values.byteOffset ?? 0, sparse.count, size, `${pointer}/values`);
    const componentSize = COMPONENT_BYTES[accessor.componentType] ?? 1;
    aligned(sparse.indices, indexSize, `${pointer}/indices`);
    aligned(sparse.values, componentSize, `${pointer}/values`);
    if (sparse.count > accessor.count) {
      const message = `replaces ${formatCount(sparse.count)} of ${formatCount(accessor.count)} elements`;
      throw modelInvalid(`${name}#${pointer}`, `Accessor ${index} ${message}.`, [{ pointer, message }]);
    }
  }
}

function decodedBytes(json: GLTF.IGLTF): number {
  let sum = 0;
  for (const accessor of json.accessors ?? []) {
    sum += accessor.count * elementBytes(accessor.type, accessor.componentType);
    if (accessor.sparse) sum += accessor.sparse.count * (4 + elementBytes(accessor.type, accessor.componentType));
  }
  for (const view of json.bufferViews ?? []) {
    for (const key of ['EXT_meshopt_compression', 'KHR_meshopt_compression']) {
      const meshopt = view.extensions?.[key] as { count: number; byteStride: number } | undefined;
      if (meshopt) sum += meshopt.count * meshopt.byteStride;
    }
  }
  return sum;
}

function checkTriangles(json: GLTF.IGLTF, limits: ModelLimits, name: string): void {
  const perMesh = (json.meshes ?? []).map((mesh) => {
    let sum = 0;
    for (const primitive of mesh.primitives) {
      const counted = primitive.indices ?? primitive.attributes.POSITION;
      const count = counted === undefined ? 0 : json.accessors![counted]!.count;
      const mode = primitive.mode ?? 4;
      sum += mode === 4 ? Math.floor(count / 3) : mode > 4 ? Math.max(0, count - 2) : 0;
    }
    return sum;
  });
  let triangles = 0;
  for (const node of json.nodes ?? []) {
    if (node.mesh === undefined) continue;
    const instancing = node.extensions?.EXT_mesh_gpu_instancing as { attributes: Record<string, number> } | undefined;
    const accessor = instancing && Object.values(instancing.attributes)[0];
    triangles += perMesh[node.mesh]! * (accessor === undefined ? 1 : json.accessors![accessor]!.count);
  }
  if (triangles > limits.triangles) {
    throw modelTooLarge(
      name,
      `The model draws ${formatCount(triangles)} triangles; the limit is ${formatCount(limits.triangles)}.`,
      'triangles',
    );
  }
}
