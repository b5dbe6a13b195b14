import { DEFAULT_LIMITS } from '#contracts/model/default-limits.ts';
import { byteLengthOf, writeGlbInParts } from '#engine/formats/gltf/write-glb.ts';
import { readModel } from '#engine/process/read-model.ts';
import { writeParts } from '#platform/files/write-parts.ts';
import type { Command } from '../command.ts';
import { readModelFiles } from '../model-files.ts';
import { prepareOutput } from '../prepare-output.ts';

/**
 * `maquette convert MODEL OUT.glb`: the GLB that the server would store, written as it lies in memory.
 *
 * Apart from the other formats, whose options need schemas: their library takes longer to load than a small model to
 * convert, and as much memory as a large one.
 */
export const convertToGlb: Command = {
  name: 'convert',
  summary: 'Writes a model as normalised GLB.',
  usage: 'MODEL OUT.glb',
  positionals: [2, 2],
  options: {},
  async run({ values, positionals }) {
    const [model, output] = positionals as [string, string];
    await prepareOutput(output);
    const { document, corrections } = await readModel(await readModelFiles(model), DEFAULT_LIMITS);
    const parts = await writeGlbInParts(document);
    writeParts(output, parts);
    const bytes = byteLengthOf(parts);
    if (values.json) {
      const files = [{ path: output, bytes }];
      console.log(JSON.stringify({ output, format: 'glb', bytes, files, warnings: [], corrections }));
    } else {
      console.error(`${output}: ${bytes} bytes`);
    }
  },
};

/** Whether the words behind `convert` ask for a GLB and nothing else. */
export function isPlainGlb(words: readonly string[]): boolean {
  const others = words.filter((word) => word !== '--json');
  return others.length === 2 && !others.some((word) => word.startsWith('-')) && /\.glb$/i.test(others[1]!);
}
