import { ModelLimits } from '#contracts/model/model-limits.ts';
import { exportModel } from '#engine/process/export-model.ts';
import { readModel } from '#engine/process/read-model.ts';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import type { Command } from '../command.ts';
import { EXPORT_OPTIONS, exportTarget } from '../export-options.ts';
import { readModelFiles } from '../model-files.ts';
import { prepareOutput } from '../prepare-output.ts';
import { stemOfOutput, warningLines, writeModel } from '../write-model.ts';
import { convertToGlb } from './convert-to-glb.ts';

/** `maquette convert MODEL OUT`: a model in another format; as GLB it is the file that the server would store. */
export const convert: Command = {
  name: 'convert',
  summary:
    'Writes a model in another format, which the ending of OUT names. GLB is normalised: glTF 2.0, metres, +Y up, textures inside. A .gltf or .obj gets its files beside it, and a .zip holds all of them. What the format cannot hold is listed. An asset of a server takes the place of MODEL by its id: `maquette convert ast_… --help`.',
  usage: 'MODEL OUT [options]',
  positionals: [2, 2],
  options: EXPORT_OPTIONS,
  async run(call) {
    const { values, positionals } = call;
    const [model, output] = positionals as [string, string];
    const { options, zipped } = exportTarget(output, values);
    if (options.format === 'glb' && !zipped) return convertToGlb.run(call);
    await prepareOutput(output);
    const { document, corrections } = await readModel(await readModelFiles(model), ModelLimits.parse({}));
    const exported = await exportModel(document, options, nodeOperationHost, stemOfOutput(output));
    const files = await writeModel(output, exported, zipped);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const { warnings } = exported;
    if (values.json) {
      console.log(JSON.stringify({ output, format: options.format, bytes, files, warnings, corrections }));
    } else {
      const others = files.length > 1 ? ` in ${files.length} files` : '';
      console.error([`${output}: ${bytes} bytes${others}`, ...warningLines(warnings)].join('\n'));
    }
  },
};
