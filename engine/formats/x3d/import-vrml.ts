import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatBytes, formatUnsupported, modelTooLarge } from '../errors.ts';
import type { ImportProgress } from '../import-progress.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { isVrml1 } from './vrml-scanner.ts';

/** Reads VRML of either version, packed with gzip or not. @throws MaquetteError as `importVrml1` and `importX3d` */
export async function importVrml(
  main: ModelFile,
  files: ResourceFiles,
  limits: ModelLimits,
  progress?: ImportProgress,
): Promise<ImportedModel> {
  const file = isPacked(main) ? await unpacked(main, limits) : main;
  if (isVrml1(file)) return (await import('../vrml1/import-vrml1.ts')).importVrml1(file, files, limits, progress);
  return (await import('./import-x3d.ts')).importX3d(file, files, limits, progress);
}

function isPacked({ bytes }: ModelFile): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The world inside of a gzip file, which may be as large as one that is not packed. */
async function unpacked({ name, bytes }: ModelFile, limits: ModelLimits): Promise<ModelFile> {
  const { gunzipBounded } = await import('../compression/gunzip-bounded.ts');
  const { orDamaged } = await import('../compression/or-damaged.ts');
  const inner = orDamaged(name, () => gunzipBounded(bytes, limits.fileBytes));
  if (inner === null) {
    const limit = formatBytes(limits.fileBytes);
    throw modelTooLarge(name, `The file holds more than ${limit}, which is the limit.`, 'fileBytes');
  }
  if (!/^\s*#VRML/.test(new TextDecoder('latin1').decode(inner.subarray(0, 64)))) {
    throw formatUnsupported(name, 'This is a gzip-compressed file that holds no VRML.', 'Upload the model unpacked.');
  }
  return { name, bytes: inner };
}
