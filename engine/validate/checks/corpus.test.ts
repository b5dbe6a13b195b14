import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { processModel } from '../../process/process-model.ts';

describe.skipIf(!hasCorpus)('models of the corpus', () => {
  // Counted by a second program, which holds positions and edges in dictionaries.
  it.each([
    [
      'stl/Spider_binary.stl',
      {
        DEGENERATE_TRIANGLES: 56,
        INCONSISTENT_WINDING: 10,
        DISCONNECTED_PARTS: 18,
        OPEN_BOUNDARIES: 6,
        NON_MANIFOLD_EDGES: 0,
        DUPLICATE_TRIANGLES: 0,
      },
    ],
    [
      'stl/sphereWithHole.stl',
      { OPEN_BOUNDARIES: 1, DISCONNECTED_PARTS: 1, NON_MANIFOLD_EDGES: 0, INSIDE_OUT_PARTS: 0 },
    ],
    [
      'obj/spot.obj',
      {
        OPEN_BOUNDARIES: 0,
        NON_MANIFOLD_EDGES: 0,
        INCONSISTENT_WINDING: 0,
        DISCONNECTED_PARTS: 1,
        INSIDE_OUT_PARTS: 0,
      },
    ],
  ])('%s', async (path, expected) => {
    const files = [{ name: basename(path), bytes: new Uint8Array(await corpusFile(path)) }];
    const { report } = await processModel(files, ModelLimits.parse({}));
    const values = Object.fromEntries(report.checks!.map(({ code, value }) => [code, value]));
    expect(values).toMatchObject(expected);
  });
});
