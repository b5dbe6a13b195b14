import { describe, expect, it } from 'vitest';
import { Recipe } from '#contracts/operations/recipe.ts';
import { recipeProblems } from '#contracts/operations/recipe-rules.ts';
import { tagOperation } from '#contracts/operations/tag-operation.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import { readModel } from '../process/read-model.ts';
import { apply, LIMITS } from './testing/run.ts';
import { documentOf, plate } from './testing/shapes.ts';

describe('tags', () => {
  it('mark the asset and what has a name, and survive the file', async () => {
    const document = documentOf(plate(1, 1), plate(2, 1), plate(3, 1));
    for (const [index, node] of document.getRoot().listNodes().entries()) {
      node.setName(`Bolt_${index}`).setExtras({ old: index, kept: true });
    }
    await apply(document, { type: 'tag', set: { licence: 'CC0', parts: 3, tags: ['a', 'b'] } });
    await apply(document, {
      type: 'tag',
      kinds: ['nodes'],
      names: ['bolt_[0]', '*_1', 'BOLT_2'],
      set: { old: 'new' },
      remove: ['kept'],
    });
    const bytes = await writeGlb(document);
    const { document: read } = await readModel([{ name: 'tagged.glb', bytes }], LIMITS);
    expect(read.getRoot().getAsset().extras).toEqual({ licence: 'CC0', parts: 3, tags: ['a', 'b'] });
    expect(
      read
        .getRoot()
        .listNodes()
        .map((node) => node.getExtras()),
    ).toEqual([{ old: 0, kept: true }, { old: 'new' }, { old: 'new' }]);
    await apply(read, { type: 'tag', remove: ['licence', 'parts', 'tags'] });
    expect(read.getRoot().getAsset().extras).toBeUndefined();
  });

  it('say when nothing has the name', async () => {
    const document = documentOf(plate(1, 1));
    expect(await apply(document, { type: 'tag', kinds: ['materials'], names: ['x'], set: { a: 1 } })).toEqual([
      'Nothing has one of the names.',
    ]);
  });

  it('are bounded, and have to change something', () => {
    const tag = (set: object) => tagOperation().safeParse({ type: 'tag', set }).success;
    expect(tag({ a: 'x'.repeat(2000) })).toBe(true);
    expect(tag({ a: 'x'.repeat(2001) })).toBe(false);
    expect(tag({ ['k'.repeat(101)]: 1 })).toBe(false);
    expect(tag({ 'a\n': 1 })).toBe(false);
    expect(tag({ a: { nested: 1 } })).toBe(false);
    expect(tag(Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, i])))).toBe(false);
    expect(recipeProblems(Recipe.parse({ operations: [{ type: 'tag' }] }))).toMatchObject([
      { pointer: '/operations/0', message: expect.stringContaining('`set`') },
    ]);
  });
});
