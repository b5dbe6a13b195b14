import type { Document } from '@gltf-transform/core';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Correction, ValidationReport } from '#contracts/model/model-report.ts';
import { requireFormat, type SourceFormat } from '../formats/detect-format.ts';
import { formatBytes, formatUnknown, modelEmpty, modelTooLarge } from '../formats/errors.ts';
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
        findings: noFindings,
        read: () => readGltf(gltf, limits),
      };
    }
    case 'obj': {
      const { readObj } = await import('../formats/obj/read-obj.ts');
      const model = readObj(main, others, limits);
      return {
        ...opened,
        gltf: null,
        generator: model.generator,
        findings: () => model.issues.report(),
        read: async () => ({ document: model.document, corrections: model.corrections }),
      };
    }
  }
}

/** An archive that comes alone is replaced by what it holds; beside other files it is left where it is. */
async function unpack(files: readonly ModelFile[], limits: ModelLimits): Promise<readonly ModelFile[]> {
  const only = files[0]!;
  if (files.length !== 1 || requireFormat(only.bytes, only.name) !== 'zip') return files;
  const { unpackZip } = await import('../formats/zip/unpack-zip.ts');
  const unpacked = unpackZip(only, limits);
  if (unpacked.length === 0) throw modelEmpty(only.name, 'The archive holds no files.');
  return unpacked;
}

function noFindings(): ValidationReport {
  return { errors: 0, warnings: 0, infos: 0, issues: [], truncated: false };
}
