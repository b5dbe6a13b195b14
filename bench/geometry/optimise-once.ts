import { readFileSync, writeFileSync } from 'node:fs';
import { packingRecipe } from './packing-recipe.ts';

/**
 * Runs in a process of its own: `optimise-once.ts maquette|gltfpack IN OUT RATIO`. Prints the seconds of the fastest of
 * the runs after the first: what a server takes, whose process lives on.
 */
const WARM_ROUNDS = 4;
const [tool, input, output, ratio] = process.argv.slice(2) as [string, string, string, string];

const run = tool === 'gltfpack' ? await gltfpack() : await maquette();
await run();
let warmSeconds = Number.POSITIVE_INFINITY;
for (let round = 0; round < WARM_ROUNDS; round++) {
  const begin = performance.now();
  await run();
  warmSeconds = Math.min(warmSeconds, (performance.now() - begin) / 1000);
}
console.log(JSON.stringify({ warmSeconds }));

async function gltfpack(): Promise<() => Promise<void>> {
  const { pack } = await import('gltfpack/library.js');
  return async () => {
    // No limit on the error, as with ours; texture coordinates as fine as ours.
    await pack(['-i', input, '-o', output, '-c', '-si', ratio, '-se', '1'], {
      read: (path: string) => readFileSync(path),
      write: (path: string, bytes: Uint8Array) => writeFileSync(path, bytes),
    });
  };
}

async function maquette(): Promise<() => Promise<void>> {
  const { ModelLimits } = await import('#contracts/model/model-limits.ts');
  const { Recipe } = await import('#contracts/operations/recipe.ts');
  const { optimizeModel } = await import('#engine/process/optimize-model.ts');
  const { createNodeOperationHost } = await import('#platform/images/operation-host.ts');
  // As a server's sandbox, which goes on to other models.
  const host = createNodeOperationHost(undefined, true);
  const recipe = Recipe.parse(packingRecipe(Number(ratio)));
  return async () => {
    const bytes = readFileSync(input);
    const files = [{ name: 'model.glb', bytes }];
    const { glb } = await optimizeModel(files, recipe, ModelLimits.parse({}), host);
    writeFileSync(output, glb);
  };
}
