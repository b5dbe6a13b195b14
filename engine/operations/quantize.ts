import type { Document } from '@gltf-transform/core';
import { type QuantizeOptions, quantize as quantizeDocument } from '@gltf-transform/functions';
import type { OperationOf } from '#contracts/operations/operation.ts';
import type { OperationFunction } from './operation-context.ts';

/** Stores vertices as whole numbers (KHR_mesh_quantization). */
export const quantize: OperationFunction<'quantize'> = async (document, parameters) => {
  completeSkins(document);
  await document.transform(quantizeDocument({ ...quantizeOptions(parameters), cleanup: true }));
};

/** The bits as glTF-Transform names them. */
export function quantizeOptions(parameters: OperationOf<'quantize'> | OperationOf<'meshopt'>): QuantizeOptions {
  return {
    quantizePosition: parameters.position,
    quantizeNormal: parameters.normal,
    quantizeTexcoord: parameters.texcoord,
    quantizeColor: parameters.color,
    quantizeWeight: parameters.weight,
    quantizeGeneric: parameters.generic,
    quantizationVolume: parameters.volume,
  };
}

/**
 * Gives skins without inverse bind matrices the identities that glTF takes in their place: quantized positions are
 * scaled back in these matrices.
 */
export function completeSkins(document: Document): void {
  for (const skin of document.getRoot().listSkins()) {
    if (skin.getInverseBindMatrices()) continue;
    const count = skin.listJoints().length;
    const matrices = new Float32Array(count * 16);
    for (let i = 0; i < count; i++) for (let k = 0; k < 4; k++) matrices[i * 16 + k * 5] = 1;
    const buffer = document.getRoot().listBuffers()[0] ?? null;
    skin.setInverseBindMatrices(document.createAccessor().setType('MAT4').setArray(matrices).setBuffer(buffer));
  }
}
