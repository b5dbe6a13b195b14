import { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Correction } from '#contracts/model/model-report.ts';
import type { ExportWarning } from '#engine/formats/exported-model.ts';
import { byteLengthOf, writeGlbInParts } from '#engine/formats/gltf/write-glb.ts';
import type { ModelFile } from '#engine/formats/model-file.ts';
import { readModel } from '#engine/process/read-model.ts';
import { writeParts } from '#platform/files/write-parts.ts';
import type { Command } from '../command.ts';
import { EXPORT_OPTIONS, type ExportTarget, exportTarget } from '../export-options.ts';
import { readModelFiles } from '../model-files.ts';
import { prepareOutput } from '../prepare-output.ts';
import { stemOfOutput, warningLines, writeModel } from '../write-model.ts';

/** `maquette convert MODEL OUT`: a model in another format; as GLB it is the file that the server would store. */
export const convert: Command = {
  name: 'convert',
  summary:
    'Writes a model in another format, which the ending of OUT names. GLB is normalised: glTF 2.0, metres, +Y up, textures inside. A .gltf or .obj gets its files beside it, and a .zip holds all of them. What the format cannot hold is listed.',
  usage: 'MODEL OUT [options]',
  positionals: [2, 2],
  options: EXPORT_OPTIONS,
  async run({ values, positionals }) {
    const [model, output] = positionals as [string, string];
    const target = exportTarget(output, values);
    await prepareOutput(output);
    const source = await readModelFiles(model);
    const { files, warnings, corrections } = await (target.options.format === 'glb' && !target.zipped
      ? convertToGlb(source, output)
      : convertModel(source, target, output));
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (values.json) {
      console.log(JSON.stringify({ output, format: target.options.format, bytes, files, warnings, corrections }));
    } else {
      const others = files.length > 1 ? ` in ${files.length} files` : '';
      console.error([`${output}: ${bytes} bytes${others}`, ...warningLines(warnings)].join('\n'));
    }
  },
};

/** What was written, and what became of the model. */
interface Converted {
  files: { path: string; bytes: number }[];
  warnings: ExportWarning[];
  corrections: Correction[];
}

/** The file that the server would store, written as it lies in memory. */
async function convertToGlb(files: ModelFile[], output: string): Promise<Converted> {
  const { document, corrections } = await readModel(files, ModelLimits.parse({}));
  const parts = await writeGlbInParts(document);
  await writeParts(output, parts);
  return { files: [{ path: output, bytes: byteLengthOf(parts) }], warnings: [], corrections };
}

async function convertModel(files: ModelFile[], { options, zipped }: ExportTarget, output: string): Promise<Converted> {
  const [{ exportModel }, { nodeOperationHost }] = await Promise.all([
    import('#engine/process/export-model.ts'),
    import('#platform/images/operation-host.ts'),
  ]);
  const { document, corrections } = await readModel(files, ModelLimits.parse({}));
  const exported = await exportModel(document, options, nodeOperationHost, stemOfOutput(output));
  return { files: await writeModel(output, exported, zipped), warnings: exported.warnings, corrections };
}
