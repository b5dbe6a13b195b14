import type { GLTF } from '@gltf-transform/core';
import { modelInvalid, modelMalformed } from '../errors.ts';
import type { DecodedData } from './decoded-data.ts';

/** The extension as written by encoders, and the same ratified by Khronos (which adds the COLOR filter). */
export const MESHOPT_EXTENSIONS = ['EXT_meshopt_compression', 'KHR_meshopt_compression'] as const;

interface MeshoptView {
  buffer: number;
  byteOffset?: number;
  byteLength: number;
  byteStride: number;
  count: number;
  mode: 'ATTRIBUTES' | 'TRIANGLES' | 'INDICES';
  filter?: string;
}

/**
 * Decompresses every buffer view with EXT_meshopt_compression or KHR_meshopt_compression and lets it point at the
 * plain data. Changes `json`.
 *
 * @param buffers the asset's buffers by index; fallback buffers may be absent
 * @throws MaquetteError `model_invalid` for parameters outside the specification, `model_malformed` for data that
 * does not decode
 */
export async function decodeMeshopt(
  json: GLTF.IGLTF,
  buffers: readonly (Uint8Array | null)[],
  decoded: DecodedData,
  name: string,
): Promise<void> {
  const { MeshoptDecoder } = await import('meshoptimizer/decoder');
  await MeshoptDecoder.ready;
  for (const [index, view] of (json.bufferViews ?? []).entries()) {
    const key = MESHOPT_EXTENSIONS.find((extension) => view.extensions?.[extension]);
    if (!key) continue;
    const pointer = `/bufferViews/${index}/extensions/${key}`;
    const compressed = view.extensions![key] as MeshoptView;
    const problem = parameterProblem(compressed, view.byteLength);
    if (problem) {
      throw modelInvalid(
        `${name}#${pointer}`,
        `Buffer view ${index} is compressed with parameters that cannot be: it ${problem}.`,
        [{ pointer, message: problem }],
      );
    }
    const start = compressed.byteOffset ?? 0;
    const buffer = buffers[compressed.buffer];
    if (!buffer || start + compressed.byteLength > buffer.byteLength) {
      throw modelMalformed(
        `${name}#${pointer}`,
        `The compressed data of buffer view ${index} lies outside its buffer.`,
      );
    }
    const target = new Uint8Array(compressed.count * compressed.byteStride);
    const source = buffer.subarray(start, start + compressed.byteLength);
    try {
      MeshoptDecoder.decodeGltfBuffer(
        target,
        compressed.count,
        compressed.byteStride,
        source,
        compressed.mode,
        compressed.filter,
      );
    } catch (cause) {
      throw modelMalformed(
        `${name}#${pointer}`,
        `The meshopt-compressed data of buffer view ${index} (${compressed.mode}, ${compressed.count} elements) is damaged.`,
        undefined,
        cause,
      );
    }
    const plain = decoded.add(target);
    view.buffer = plain.buffer;
    view.byteOffset = plain.byteOffset ?? 0;
    view.byteLength = plain.byteLength;
    delete view.extensions![key];
    if (Object.keys(view.extensions!).length === 0) delete view.extensions;
  }
}

/** The rules of EXT_meshopt_compression, section "Specifying compressed views". */
function parameterProblem(view: MeshoptView, plainBytes: number): string | null {
  const { byteStride: stride, count, mode, filter = 'NONE' } = view;
  if (mode === 'ATTRIBUTES' ? stride % 4 !== 0 || stride > 256 : stride !== 2 && stride !== 4) {
    return `has a stride of ${stride} bytes in mode ${mode}`;
  }
  if (mode === 'TRIANGLES' && count % 3 !== 0) return `has ${count} triangle indices, no multiple of three`;
  if (count * stride < plainBytes) return `declares ${plainBytes} bytes but decodes to ${count * stride}`;
  if (filter === 'NONE') return null;
  if (mode !== 'ATTRIBUTES') return `has the filter ${filter} in mode ${mode}`;
  switch (filter) {
    case 'OCTAHEDRAL':
    case 'COLOR':
      return stride === 4 || stride === 8 ? null : `has the filter ${filter} with a stride of ${stride} bytes`;
    case 'QUATERNION':
      return stride === 8 ? null : `has the filter ${filter} with a stride of ${stride} bytes`;
    case 'EXPONENTIAL':
      return null;
    default:
      return `has the unknown filter ${filter.slice(0, 40)}`;
  }
}
