/** What gltfpack does with `-c -si RATIO`, as a recipe. gltfpack does not measure what it changed; nor does this. */
export function packingRecipe(ratio: number) {
  return {
    operations: [
      { type: 'dedupe' },
      { type: 'instance' },
      { type: 'flatten' },
      { type: 'join' },
      { type: 'prune' },
      { type: 'weld' },
      { type: 'simplify', ratio },
      { type: 'meshopt' },
    ],
    deviation: { samples: 0 },
  };
}
