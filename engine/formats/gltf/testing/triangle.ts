import type { GLTF } from '@gltf-transform/core';
import { expect } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { readModel } from '../../../process/read-model.ts';
import type { ModelFile } from '../../model-file.ts';

export const LIMITS = ModelLimits.parse({});

/** One triangle with normals: positions at byte 0, normals at 36, indices at 72. */
export function triangle(): GLTF.IGLTF {
  return {
    asset: { version: '2.0' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0, NORMAL: 1 }, indices: 2 }] }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 3, type: 'VEC3', min: [0, 0, 0], max: [1, 1, 0] },
      { bufferView: 1, componentType: 5126, count: 3, type: 'VEC3' },
      { bufferView: 2, componentType: 5123, count: 3, type: 'SCALAR' },
    ],
    bufferViews: [
      { buffer: 0, byteLength: 36 },
      { buffer: 0, byteOffset: 36, byteLength: 36 },
      { buffer: 0, byteOffset: 72, byteLength: 6 },
    ],
    buffers: [{ uri: 'data.bin', byteLength: 78 }],
  };
}

export function data(
  positions = [0, 0, 0, 1, 0, 0, 0, 1, 0],
  normals = [0, 0, 1, 0, 0, 1, 0, 0, 1],
  indices = [0, 1, 2],
): Uint8Array {
  const bytes = new Uint8Array(78);
  new Float32Array(bytes.buffer, 0, 9).set(positions);
  new Float32Array(bytes.buffer, 36, 9).set(normals);
  new Uint16Array(bytes.buffer, 72, 3).set(indices);
  return bytes;
}

/** `"1e999"` becomes a number that JSON can write and a float cannot hold. */
export function files(json: unknown, bin = data(), ...more: ModelFile[]): ModelFile[] {
  return [
    { name: 'model.gltf', bytes: new TextEncoder().encode(JSON.stringify(json).replaceAll('"1e999"', '1e999')) },
    { name: 'data.bin', bytes: bin },
    ...more,
  ];
}

export async function failure(input: ModelFile[], limits = LIMITS): Promise<MaquetteError> {
  const error = await readModel(input, limits).then(
    () => null,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(MaquetteError);
  return error;
}
