import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { modelEmpty } from '../errors.ts';
import { type ImportProgress, NO_PROGRESS, portionOf } from '../import-progress.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { importCompressedPly, isCompressedPly } from '../splat/import-compressed-ply.ts';
import { importSplatPly } from '../splat/import-splat-ply.ts';
import { isSplatPly } from '../splat/is-splat-ply.ts';
import { buildTables } from './build-tables.ts';
import { type PlyHeader, parsePlyHeader } from './parse-header.ts';
import { readAsciiPly } from './read-ascii.ts';
import { readBinaryPly } from './read-binary.ts';

/**
 * Reads PLY (Turk 1994; text, little and big endian): polygons, triangle strips, edges and clouds of points, with
 * normals, texture coordinates, colours (taken as sRGB) of vertices or faces, and further numbers of the vertices as
 * application-specific attributes. A cloud of Gaussian splats, compressed or not, becomes `KHR_gaussian_splatting`.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`, `model_resource_unsafe`
 */
export async function importPly(
  main: ModelFile,
  files: ResourceFiles,
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): Promise<ImportedModel> {
  const { name, bytes } = main;
  const header = parsePlyHeader(bytes, name);
  const reading = portionOf(progress, 0, 0.7);
  const tables =
    header.encoding === 'ascii'
      ? readAsciiPly(bytes, header, name, reading)
      : readBinaryPly(bytes, header, name, reading);
  const vertices = tables.find((table) => table.name === 'vertex');
  if (!vertices || vertices.count === 0) throw modelEmpty(name, 'The PLY file has no vertices.');
  if (isSplatPly(vertices)) return importSplatPly(vertices, header, name);
  if (isCompressedPly(vertices)) return importCompressedPly(tables, header, name, limits);
  return buildTables(
    tables,
    { format: 'PLY', comments: header.comments, generator: generatorOf(header) },
    main,
    files,
    limits,
  );
}

function generatorOf({ comments }: PlyHeader): string | null {
  for (const comment of comments) {
    const found =
      /^(?:created|generated|exported|written|made)\s+(?:by|with|from|using)\s+(.+)$/i.exec(comment) ??
      /^(VCGLIB|.*\bMeshLab|Zephyr|Open3D|CloudCompare)\b.*$/i.exec(comment);
    if (found) return (found[1] ?? comment).slice(0, 200);
  }
  return null;
}
