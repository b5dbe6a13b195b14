import type { Document } from '@gltf-transform/core';
import { type QuantizeOptions, quantize as quantizeDocument } from '@gltf-transform/functions';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { floatValues } from './float-values.ts';
import type { OperationFunction } from './operation-context.ts';

/** Stores vertices as whole numbers (KHR_mesh_quantization). */
export const quantize: OperationFunction<'quantize'> = async (document, parameters, { note }) => {
  if (holdsSplats(document)) {
    note('Left as it is: Gaussian splats are stored in full.');
    return;
  }
  prepareQuantizing(document);
  await document.transform(quantizeDocument({ ...quantizeOptions(parameters), cleanup: true }));
};

/** Splats have a size of their own, which would change with the space that positions are rounded in. */
export function holdsSplats(document: Document): boolean {
  return document
    .getRoot()
    .listExtensionsUsed()
    .some(({ extensionName }) => extensionName === 'KHR_gaussian_splatting');
}

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

/** Makes a document such that glTF-Transform quantizes it rightly. */
export function prepareQuantizing(document: Document): void {
  completeSkins(document);
  // Positions that are as short already would be left alone, and their nodes moved as if they were not.
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      for (const item of [primitive, ...primitive.listTargets()]) {
        const position = item.getAttribute('POSITION');
        if (!position || position.getArray() instanceof Float32Array) continue;
        item.setAttribute('POSITION', position.clone().setNormalized(false).setArray(floatValues(position, 3)));
      }
    }
  }
}

/**
 * Gives skins without inverse bind matrices the identities that glTF takes in their place: quantized positions are
 * scaled back in these matrices.
 */
function completeSkins(document: Document): void {
  for (const skin of document.getRoot().listSkins()) {
    if (skin.getInverseBindMatrices()) continue;
    const count = skin.listJoints().length;
    const matrices = new Float32Array(count * 16);
    for (let i = 0; i < count; i++) for (let k = 0; k < 4; k++) matrices[i * 16 + k * 5] = 1;
    const buffer = document.getRoot().listBuffers()[0] ?? null;
    skin.setInverseBindMatrices(document.createAccessor().setType('MAT4').setArray(matrices).setBuffer(buffer));
  }
}
