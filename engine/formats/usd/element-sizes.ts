import type { UsdLayerSpecs } from './text/parse-usda.ts';

const JOINTS = ['primvars:skel:jointIndices', 'primvars:skel:jointWeights'];

/**
 * Says how many joints each point of a mesh has where a layer lists them without saying so: as many as there are to a
 * point. Changes the layer.
 */
export function inferElementSizes({ specsByPath }: UsdLayerSpecs): void {
  for (const [path, { fields }] of Object.entries(specsByPath)) {
    if (fields.typeName !== 'Mesh') continue;
    const points = countOf(specsByPath[`${path}.points`]?.fields.default) / 3;
    for (const name of JOINTS) {
      const joints = specsByPath[`${path}.${name}`]?.fields;
      const size = countOf(joints?.default) / points;
      if (joints && joints.elementSize === undefined && Number.isInteger(size) && size > 0) joints.elementSize = size;
    }
  }
}

function countOf(value: unknown): number {
  return Array.isArray(value) || ArrayBuffer.isView(value) ? (value as unknown as ArrayLike<number>).length : 0;
}
