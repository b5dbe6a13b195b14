import { KHRDracoMeshCompression } from '@gltf-transform/extensions';
import { plural } from '../formats/corrections.ts';
import type { OperationFunction } from './operation-context.ts';
import { indexTriangles } from './triangle-lists.ts';

/** Compresses triangles with Draco (KHR_draco_mesh_compression), when the file is written. */
export const draco: OperationFunction<'draco'> = (document, parameters, { note }) => {
  indexTriangles(document);
  const primitives = document
    .getRoot()
    .listMeshes()
    .flatMap((mesh) => mesh.listPrimitives());
  const morphed = primitives.filter((primitive) => primitive.listTargets().length > 0).length;
  document
    .createExtension(KHRDracoMeshCompression)
    .setRequired(true)
    .setEncoderOptions({
      method: KHRDracoMeshCompression.EncoderMethod.EDGEBREAKER,
      encodeSpeed: parameters.speed,
      decodeSpeed: parameters.speed,
      quantizationBits: {
        POSITION: parameters.position,
        NORMAL: parameters.normal,
        COLOR: parameters.color,
        TEX_COORD: parameters.texcoord,
        GENERIC: parameters.generic,
      },
      quantizationVolume: parameters.volume,
    });
  if (morphed > 0) {
    note(`${plural(morphed, 'primitive')} with morph targets: vertices keep their order, which packs less.`);
  }
};
