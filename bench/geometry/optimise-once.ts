import { readFile, writeFile } from 'node:fs/promises';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { Recipe } from '#contracts/operations/recipe.ts';

/**
 * One run in a process of its own: `optimise-once.ts maquette|gltfpack IN OUT RATIO`. Prints the seconds from the start of
 * the process, and those of processors, which other work on the machine does not change as much.
 */
const [tool, input, output, ratio] = process.argv.slice(2) as [string, string, string, string];

if (tool === 'gltfpack') {
  const { pack } = await import('gltfpack/library.js');
  const { readFileSync, writeFileSync } = await import('node:fs');
  // No limit on the error, as with ours; texture coordinates as fine as ours.
  await pack(['-i', input, '-o', output, '-c', '-si', ratio, '-se', '1'], {
    read: (path: string) => readFileSync(path),
    write: (path: string, bytes: Uint8Array) => writeFileSync(path, bytes),
  });
} else {
  const { optimizeModel } = await import('#engine/process/optimize-model.ts');
  const { nodeOperationHost } = await import('#platform/images/operation-host.ts');
  const recipe = Recipe.parse({
    operations: [
      { type: 'dedupe' },
      { type: 'instance' },
      { type: 'flatten' },
      { type: 'join' },
      { type: 'prune' },
      { type: 'weld' },
      { type: 'simplify', ratio: Number(ratio) },
      { type: 'meshopt' },
    ],
    deviation: { samples: 0 },
  });
  const bytes = await readFile(input);
  const { glb } = await optimizeModel([{ name: 'model.glb', bytes }], recipe, ModelLimits.parse({}), nodeOperationHost);
  await writeFile(output, glb);
}

const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ seconds: performance.now() / 1000, cpuSeconds: (user + system) / 1e6 }));
