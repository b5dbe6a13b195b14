import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatCount, modelEmpty, modelMalformed } from '../errors.ts';
import { checkDecodedBytes } from '../geometry/check-size.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { createSplatCloud, SH_C0, splatBytes } from './splat-cloud.ts';
import { createTurnedSplats } from './turned-splats.ts';

const ROW = 32;

/**
 * Reads a SPLAT file: for each splat a position and a scale as floats, a colour with opacity and a quaternion (w
 * first) as bytes. The format has no header.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`
 */
export async function importSplat(main: ModelFile, _files: ResourceFiles, limits: ModelLimits): Promise<ImportedModel> {
  const { name, bytes } = main;
  if (bytes.byteLength === 0) throw modelEmpty(name, 'The file has no splats.');
  const count = bytes.byteLength / ROW;
  if (!Number.isInteger(count)) {
    throw modelMalformed(
      `${name}: byte ${formatCount(Math.floor(count) * ROW)}`,
      `The file ends inside splat ${formatCount(Math.floor(count))}: it has ${formatCount(bytes.byteLength)} bytes, and a splat takes ${ROW}.`,
    );
  }
  checkDecodedBytes(name, splatBytes(count, 0), limits);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cloud = createSplatCloud(count, 0);
  for (let i = 0, at = 0; i < count; i++, at += ROW) {
    for (let k = 0; k < 3; k++) {
      cloud.positions[i * 3 + k] = view.getFloat32(at + k * 4, true);
      cloud.scales[i * 3 + k] = view.getFloat32(at + 12 + k * 4, true);
      cloud.harmonics[0]![i * 3 + k] = (bytes[at + 24 + k]! / 255 - 0.5) / SH_C0;
    }
    cloud.opacities[i] = bytes[at + 27]! / 255;
    for (let k = 0; k < 4; k++) cloud.rotations[i * 4 + ((k + 3) % 4)] = (bytes[at + 28 + k]! - 128) / 128;
  }
  return createTurnedSplats(cloud, name);
}
