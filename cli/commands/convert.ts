import { ModelLimits } from '#contracts/model/model-limits.ts';
import type { Correction } from '#contracts/model/model-report.ts';
import type { ExportedModel } from '#engine/formats/exported-model.ts';
import type { ModelFile } from '#engine/formats/model-file.ts';
import { exportModel, sizeOf } from '#engine/process/export-model.ts';
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
    const { exported, corrections } = await convertModel(await readModelFiles(model), target, stemOfOutput(output));
    const files = await writeModel(output, exported, target.zipped);
    const bytes = sizeOf(exported.files);
    const { warnings } = exported;
    if (values.json) {
      console.log(JSON.stringify({ output, format: target.options.format, bytes, files, warnings, corrections }));
    } else {
      const others = files.length > 1 ? ` in ${files.length} files` : '';
      console.error([`${output}: ${bytes} bytes${others}`, ...warningLines(warnings)].join('\n'));
    }
  },
};

async function convertModel(
  files: ModelFile[],
  { options }: ExportTarget,
  stem: string,
): Promise<{ exported: ExportedModel; corrections: Correction[] }> {
  const limits = ModelLimits.parse({});
  if (options.format === 'glb') {
    const { processModel } = await import('#engine/process/process-model.ts');
    const { glb, report } = await processModel(files, limits);
    return {
      exported: { files: [{ path: `${stem}.glb`, bytes: glb as Uint8Array<ArrayBuffer> }], warnings: [] },
      corrections: report.corrections,
    };
  }
  const [{ readModel }, { nodeOperationHost }] = await Promise.all([
    import('#engine/process/read-model.ts'),
    import('#platform/images/operation-host.ts'),
  ]);
  const { document, corrections } = await readModel(files, limits);
  return { exported: await exportModel(document, options, nodeOperationHost, stem), corrections };
}
