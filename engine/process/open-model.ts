import type { Document } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Correction, SourcePolygons, ValidationReport } from '#contracts/model/model-report.ts';
import { detectFormat, requireFormat, type SourceFormat } from '../formats/detect-format.ts';
import { formatBytes, formatUnknown, modelEmpty, modelTooLarge } from '../formats/errors.ts';
import type { GltfAsset } from '../formats/gltf/open-gltf.ts';
import { type ImportProgress, NO_PROGRESS } from '../formats/import-progress.ts';
import { IMPORTERS } from '../formats/importers.ts';
import { type ModelFile, totalBytes } from '../formats/model-file.ts';
import { ResourceFiles } from '../formats/resource-files.ts';
import { chooseMainModel } from './choose-main-model.ts';

/** What all opened models have. */
interface OpenedFiles {
  format: Exclude<SourceFormat, 'zip'>;
  main: ModelFile;
  /** Size of all source files as they were given, in bytes. */
  fileBytes: number;
  /** The program that wrote the file, as far as it says. */
  generator: string | null;
  /** What was decided on the way here, e.g. which model of an archive was taken. */
  corrections: Correction[];
  /** Makes the document. Call it once. */
  read(): Promise<{ document: Document; corrections: Correction[] }>;
}

/** glTF, which is validated before it is read. */
export interface OpenedGltf extends OpenedFiles {
  kind: 'gltf';
  asset: GltfAsset;
}

/** Any other format, with what its parser noticed. */
export interface OpenedImport extends OpenedFiles {
  kind: 'import';
  findings: ValidationReport;
  /** The polygons of the file by their sides; null where its format or the model has none. */
  polygons: SourcePolygons | null;
}

/** A model whose files are sorted out and checked. */
export type OpenedModel = OpenedGltf | OpenedImport;

/**
 * Sorts out the files of a model (unpacks an archive, finds the model among its textures), checks the limits and
 * opens the format's reader.
 *
 * @param progress told of the share that an importer has done
 * @throws MaquetteError with a code of the model group
 */
export async function openModel(
  files: readonly ModelFile[],
  limits: ModelLimits,
  progress: ImportProgress = NO_PROGRESS,
): Promise<OpenedModel> {
  const { main, format, resources, unpackedBytes, corrections } = await sortFiles(files, limits);
  const opened = { format, main, fileBytes: totalBytes(files), corrections };
  if (format === 'glb' || format === 'gltf') {
    // Loaded like importers, when a file needs it: with its extensions it takes longer to load than many an importer.
    const [{ openGltf }, { readGltf }] = await Promise.all([
      import('../formats/gltf/open-gltf.ts'),
      import('../formats/gltf/read-gltf.ts'),
    ]);
    const asset = await openGltf(main, format, resources, unpackedBytes, limits);
    const generator = asset.json.asset.generator;
    return {
      ...opened,
      kind: 'gltf',
      asset,
      generator: typeof generator === 'string' ? generator.slice(0, 200) : null,
      read: () => readGltf(asset, limits),
    };
  }
  const importer = await IMPORTERS[format]();
  const {
    document,
    corrections: made,
    generator,
    findings,
    polygons,
  } = await importer(main, resources, limits, progress);
  return {
    ...opened,
    kind: 'import',
    generator,
    findings,
    polygons: polygons ?? null,
    read: async () => ({ document, corrections: made }),
  };
}

/** The files of a model with its archive unpacked: the model itself, and all others by name. */
export interface SortedFiles {
  main: ModelFile;
  format: Exclude<SourceFormat, 'zip'>;
  resources: ResourceFiles;
  /** Size of all files after unpacking. */
  unpackedBytes: number;
  corrections: Correction[];
}

/**
 * Checks the total size, unpacks an archive and picks the model among the files.
 *
 * @throws MaquetteError `format_unknown`, `format_unsupported`, `model_too_large`, `archive_unsafe`, …
 */
export async function sortFiles(files: readonly ModelFile[], limits: ModelLimits): Promise<SortedFiles> {
  if (files.length === 0) throw formatUnknown('', 'No file was given.');
  const bytes = totalBytes(files);
  if (bytes > limits.fileBytes) {
    throw modelTooLarge(
      files[0]!.name,
      `The files of the model have ${formatBytes(bytes)}; the limit is ${formatBytes(limits.fileBytes)}.`,
      'fileBytes',
    );
  }
  const unpacked = await unpack(files, limits);
  const { main, format, corrections } = chooseMainModel(unpacked);
  const resources = new ResourceFiles(unpacked.filter((file) => file !== main));
  return { main, format, resources, unpackedBytes: totalBytes(unpacked), corrections };
}

/**
 * An archive that comes alone is replaced by what it holds, and where that is archives without a model, by what these
 * hold; beside other files it is left where it is.
 */
async function unpack(files: readonly ModelFile[], limits: ModelLimits): Promise<readonly ModelFile[]> {
  const only = files[0]!;
  if (files.length !== 1 || requireFormat(only) !== 'zip') return files;
  const { unpackZip } = await import('../formats/zip/unpack-zip.ts');
  let unpacked = unpackZip(only, limits);
  if (unpacked.length === 0)
    throw modelEmpty(only.name, 'The archive holds no files.', 'Pack the model and its files into it.');
  for (let depth = 1; depth < MAX_ARCHIVE_DEPTH && !unpacked.some(isModel); depth++) {
    if (!unpacked.some(isArchive)) break;
    unpacked = unpackInner(unpacked, limits, unpackZip);
  }
  return unpacked;
}

/** Archives in archives in archives. */
const MAX_ARCHIVE_DEPTH = 3;

/** Replaces archives by what they hold, in a folder of their name; all together stay within the limits. */
function unpackInner(
  files: readonly ModelFile[],
  limits: ModelLimits,
  unpackZip: (archive: ModelFile, limits: ModelLimits) => ModelFile[],
): ModelFile[] {
  const out: ModelFile[] = files.filter((file) => !isArchive(file));
  for (const archive of files.filter(isArchive)) {
    const left = {
      ...limits,
      fileBytes: Math.max(0, limits.fileBytes - totalBytes(out)),
      archiveEntries: Math.max(0, limits.archiveEntries - out.length),
    };
    const folder = archive.name.replace(/\.zip$/i, '');
    for (const file of unpackZip(archive, left)) out.push({ name: `${folder}/${file.name}`, bytes: file.bytes });
  }
  return out;
}

function isModel({ bytes, name }: ModelFile): boolean {
  return detectFormat(bytes, name).kind === 'model';
}

function isArchive({ bytes, name }: ModelFile): boolean {
  return detectFormat(bytes, name).kind === 'archive';
}
