import type { Document } from '@gltf-transform/core';
import { EXTMeshoptCompression } from '@gltf-transform/extensions';
import { meshopt as compressDocument, reorder } from '@gltf-transform/functions';
import { MeshoptEncoder } from 'meshoptimizer/encoder';
import type { OperationFunction } from './operation-context.ts';
import { holdsSplats, prepareQuantizing, quantizeOptions } from './quantize.ts';
import { indexTriangles } from './triangle-lists.ts';

/** Compresses with meshoptimizer's codec (EXT_meshopt_compression), when the file is written. */
export const meshopt: OperationFunction<'meshopt'> = async (document, parameters, { note }) => {
  await MeshoptEncoder.ready;
  if (document.getRoot().listAccessors().length === 0) return;
  indexTriangles(document);
  const splats = holdsSplats(document);
  if (splats && parameters.level !== 'lossless') note('Packed without loss: Gaussian splats are stored in full.');
  if (splats || parameters.level === 'lossless') {
    await document.transform(reorder({ encoder: MeshoptEncoder, target: 'size' }));
    document
      .createExtension(EXTMeshoptCompression)
      .setRequired(true)
      .setEncoderOptions({ method: EXTMeshoptCompression.EncoderMethod.QUANTIZE });
    return;
  }
  prepareQuantizing(document);
  const level = parameters.level === 'high' && hasCubicRotations(document) ? 'medium' : parameters.level;
  if (level !== parameters.level) {
    note('Packed at level `medium`: the filter for rotations would break the tangents of cubic splines.');
  }
  await document.transform(compressDocument({ encoder: MeshoptEncoder, level, ...quantizeOptions(parameters) }));
};

/** The quaternion filter makes unit vectors of everything; the tangents of a cubic spline are none. */
function hasCubicRotations(document: Document): boolean {
  return document
    .getRoot()
    .listAnimations()
    .flatMap((animation) => animation.listChannels())
    .some((channel) => {
      const cubic = channel.getSampler()?.getInterpolation() === 'CUBICSPLINE';
      return cubic && channel.getTargetPath() === 'rotation';
    });
}
