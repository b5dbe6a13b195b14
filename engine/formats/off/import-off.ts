import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { toUtf8 } from '../decode-text.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import { buildTables } from '../ply/build-tables.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { parseOff } from './parse-off.ts';

/**
 * Reads text OFF: polygons of any size, or points, with normals, texture coordinates and colours of vertices or faces.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`
 */
export async function importOff(main: ModelFile, files: ResourceFiles, limits: ModelLimits): Promise<ImportedModel> {
  const tables = parseOff(toUtf8(main.bytes), main.name);
  return buildTables(tables, { format: 'OFF', comments: [], generator: null }, main, files, limits);
}
