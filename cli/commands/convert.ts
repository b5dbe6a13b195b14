import { writeFile } from 'node:fs/promises';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { processModel } from '#engine/process/process-model.ts';
import { type Command, UsageError } from '../command.ts';
import { readModelFiles } from '../model-files.ts';
import { prepareOutput } from '../prepare-output.ts';

/** `maquette convert MODEL OUT.glb`: the normalised GLB that the server would store. */
export const convert: Command = {
  name: 'convert',
  summary: 'Writes a model as normalised GLB: glTF 2.0, metres, +Y up, textures inside.',
  usage: 'MODEL OUT.glb',
  positionals: [2, 2],
  options: {},
  async run({ values, positionals }) {
    const [model, output] = positionals as [string, string];
    if (!output.toLowerCase().endsWith('.glb')) throw new UsageError(`${output}: the name has to end in .glb`);
    await prepareOutput(output);
    const { glb, report } = await processModel(await readModelFiles(model), ModelLimits.parse({}));
    await writeFile(output, glb);
    if (values.json) console.log(JSON.stringify({ output, bytes: glb.byteLength, corrections: report.corrections }));
    else console.error(`${output}: ${glb.byteLength} bytes, ${report.triangles} triangles`);
  },
};
