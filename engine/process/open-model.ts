import type { Document } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Correction, ValidationReport } from '#contracts/model/model-report.ts';
import { requireFormat, type SourceFormat } from '../formats/detect-format.ts';
import { formatBytes, formatUnknown, modelTooLarge } from '../formats/errors.ts';
import { type GltfAsset, openGltf } from '../formats/gltf/open-gltf.ts';
import { readGltf } from '../formats/gltf/read-gltf.ts';
import { type ModelFile, totalBytes } from '../formats/model-file.ts';
import { chooseMainModel } from './choose-main-model.ts';

/** A model whose files are sorted out and checked; `read` makes the document. */
export interface OpenedModel {
  format: Exclude<SourceFormat, 'zip'>;
  main: ModelFile;
  /** Size of all source files as they were given, in bytes. */
  fileBytes: number;
  /** What was decided on the way here, e.g. which model of an archive was taken. */
  corrections: Correction[];
  /** The program that wrote the file, as far as it says. */
  generator: string | null;
  /** The glTF extensions that the file declares, sorted. */
  extensionsUsed: string[];
  /** For glTF: the asset, which the validator looks into. */
  gltf: GltfAsset | null;
  /** What the parser of a format without validator noticed. */
  findings(): ValidationReport;
  read(): Promise<{ document: Document; corrections: Correction[] }>;
}

/**
 * Sorts out the files of a model (unpacks an archive, finds the model among its textures), checks the limits and
 * opens the format's reader.
 *
 * @throws MaquetteError with a code of the model group
 */
export async function openModel(files: readonly ModelFile[], limits: ModelLimits): Promise<OpenedModel> {
  const fileBytes = totalBytes(files);
  if (files.length === 0) throw formatUnknown('', 'No file was given.');
  if (fileBytes > limits.fileBytes) {
    throw modelTooLarge(
      files[0]!.name,
      `The files of the model have ${formatBytes(fileBytes)}; the limit is ${formatBytes(limits.fileBytes)}.`,
      'fileBytes',
    );
  }
  const unpacked = await unpack(files, limits);
  const { main, format, corrections } = chooseMainModel(unpacked);
  const others = unpacked.filter((file) => file !== main);
  const opened = { format, main, fileBytes, corrections };
  switch (format) {
    case 'glb':
    case 'gltf': {
      const gltf = await openGltf(main, format, others, totalBytes(unpacked), limits);
      const generator = gltf.json.asset.generator;
      return {
        ...opened,
        gltf,
        generator: typeof generator === 'string' ? generator.slice(0, 200) : null,
        extensionsUsed: gltf.extensions,
        findings: noFindings,
        read: () => readGltf(gltf, limits),
      };
    }
    case 'obj':
      throw new Error('not yet');
  }
}

/** The one archive among the files is replaced by what it holds. */
async function unpack(files: readonly ModelFile[], _limits: ModelLimits): Promise<readonly ModelFile[]> {
  if (files.length !== 1 || requireFormat(files[0]!.bytes, files[0]!.name) !== 'zip') return files;
  throw new Error('not yet');
}

function noFindings(): ValidationReport {
  return { errors: 0, warnings: 0, infos: 0, issues: [], truncated: false };
}
