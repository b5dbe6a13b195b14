import { describe, expect, it } from 'vitest';
import { makeCeramicVase } from '#app/samples/ceramic-vase.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import { RecipeInput, recipeOf } from '#contracts/operations/recipe-input.ts';
import { builtInProfiles } from '#contracts/profiles/built-in.ts';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import type { StateCache } from '../operations/step-state.ts';
import { LIMITS, optimizeFiles } from '../operations/testing/run.ts';
import { documentOf, sphere } from '../operations/testing/shapes.ts';
import { judge } from '../validate/profiles/judge.ts';
import { type CarryOutOptions, carryOutRecipe } from './carry-out-recipe.ts';
import { processModel } from './process-model.ts';

const vase = [{ name: 'vase.glb', bytes: await makeCeramicVase() }];
const VASE: Sha256 = 'a'.repeat(64);

const carryOut = (input: unknown, options: CarryOutOptions = {}, files = vase) =>
  carryOutRecipe(files, recipeOf(RecipeInput.parse(input)), LIMITS, nodeOperationHost, options);

const BRANCHES = {
  nodes: {
    clean: { type: 'weld' },
    low: { type: 'simplify', ratio: 0.1, from: 'clean' },
    packed: { type: 'meshopt', from: 'clean' },
    lowPacked: { type: 'meshopt', from: 'low' },
  },
  outputs: { whole: 'packed', small: 'lowPacked', plain: { node: 'low', gates: { maxTriangles: 10_000 } } },
};

describe('a graph', () => {
  it('makes several sound results of one source, each with the report of its own way', async () => {
    const stages: string[] = [];
    const { results } = await carryOut(BRANCHES, { onProgress: (stage) => stages.push(stage) });
    expect(results.map(({ name }) => name)).toEqual(['whole', 'small', 'plain']);
    const ways = results.map(({ report }) => report.operations.map(({ node }) => node));
    expect(ways).toEqual([
      ['clean', 'packed'],
      ['clean', 'low', 'lowPacked'],
      ['clean', 'low'],
    ]);
    // Each step was carried out once.
    expect(stages.filter((stage) => stage === 'low')).toHaveLength(1);
    for (const { glb, report } of results) {
      const made = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
      expect(made.report.validation.errors).toBe(0);
      expect(report.output).toMatchObject({ bytes: glb.byteLength, triangles: made.report.triangles });
      expect(report.deviation!.relativeMax).toBeLessThan(0.05);
    }
    const [whole, small, plain] = results.map(({ report }) => report.output.triangles);
    expect(small).toBe(plain);
    expect(small).toBeLessThan(whole! / 8);
    expect(results[2]!.report.gates).toMatchObject([{ gate: 'maxTriangles', passed: true }]);
  });

  it('gives what a list of the same operations gives', async () => {
    const { results } = await carryOut({
      nodes: { a: { type: 'weld' }, b: { type: 'simplify', ratio: 0.2, from: 'a' }, c: { type: 'meshopt', from: 'b' } },
      outputs: { only: 'c' },
    });
    const list = await optimizeFiles(vase, {
      operations: [{ type: 'weld' }, { type: 'simplify', ratio: 0.2 }, { type: 'meshopt' }],
    });
    expect(Buffer.compare(results[0]!.glb, list.glb)).toBe(0);
  });

  it('merges results into one scene, and measures from the source where each stands', async () => {
    const ball = [{ name: 'ball.glb', bytes: await writeGlb(documentOf(sphere(1, 4))) }];
    const { results } = await carryOut(
      {
        nodes: {
          right: { type: 'transform', translate: [5, 0, 0] },
          coarse: { type: 'simplify', ratio: 0.25, from: 'right' },
          both: { type: 'merge', from: ['source', 'coarse'] },
        },
        outputs: { scene: 'both' },
      },
      {},
      ball,
    );
    const { document, report } = results[0]!;
    const scene = document.getRoot().getDefaultScene()!;
    expect(scene.listChildren().map((node) => node.getName())).toEqual(['source', 'coarse']);
    expect(report.output.triangles).toBeGreaterThan(report.input.triangles * 1.2);
    expect(report.output.triangles).toBeLessThan(report.input.triangles * 1.3);
    // The coarse ball is off by little, not by the five metres that it was moved.
    expect(report.deviation!.max).toBeGreaterThan(0.001);
    expect(report.deviation!.max).toBeLessThan(0.2);
    const made = await processModel([{ name: 'made.glb', bytes: results[0]!.glb }], LIMITS);
    expect(made.report.validation.errors).toBe(0);
    expect(made.report.bounds!.max[0]).toBeCloseTo(6, 1);
  });

  it('reaches the target of one output and leaves the others alone', async () => {
    const { results } = await carryOut({
      nodes: { clean: { type: 'weld' }, packed: { type: 'meshopt', from: 'clean' } },
      outputs: { whole: 'packed', phone: { node: 'packed', target: { triangles: 2000 } } },
    });
    const [whole, phone] = results.map(({ report }) => report);
    expect(whole!.output.triangles).toBe(whole!.input.triangles);
    expect(phone!.output.triangles).toBeLessThanOrEqual(2000);
    expect(phone!.operations.map(({ node }) => node)).toEqual(['clean', null, 'packed']);
  });

  it('fails at the gate of an output, whose place it tells', async () => {
    const failing = carryOut({
      nodes: { low: { type: 'simplify', ratio: 0.01 } },
      outputs: { a: 'low', b: { node: 'low', gates: { maxRelativeDeviation: 1e-6 } } },
    });
    await expect(failing).rejects.toMatchObject({
      code: 'gate_failed',
      errors: [{ pointer: '/outputs/b/gates/maxRelativeDeviation' }],
    });
  });
});

describe('a graph that cannot be', () => {
  const weld = (from?: string) => ({ type: 'weld', ...(from && { from }) });
  it.each([
    [{ nodes: { a: weld('b') }, outputs: { o: 'a' } }, '/nodes/a/from', 'no node `b`'],
    [{ nodes: { a: weld() }, outputs: { o: 'x' } }, '/outputs/o', 'no node `x`'],
    [{ nodes: { a: weld('b'), b: weld('a') }, outputs: { o: 'a' } }, '/nodes/a/from', '`a` from `b` from `a`'],
    [{ nodes: { a: weld(), b: weld() }, outputs: { o: 'a' } }, '/nodes/b', 'No output needs'],
    [{ nodes: { a: { type: 'merge', from: ['source', 'q'] } }, outputs: { o: 'a' } }, '/nodes/a/from/1', 'no node `q`'],
    [{ nodes: { a: { type: 'meshopt' }, b: weld('a') }, outputs: { o: 'b' } }, '/nodes/b', 'cannot follow `meshopt`'],
    [{ nodes: { a: { type: 'simplify' } }, outputs: { o: 'a' } }, '/nodes/a', 'Say how far'],
    [
      {
        nodes: { a: weld(), b: { type: 'merge', from: ['a', 'source'] } },
        outputs: { o: { node: 'b', target: { bytes: 1 } } },
      },
      '/outputs/o/target',
      '`b` merges',
    ],
    [{ nodes: { a: weld() } }, '/nodes', 'outputs'],
    [{ nodes: { a: weld() }, outputs: { o: 'a' }, preset: 'web' }, '/preset', 'give one'],
  ])('is refused before anything is read: %j', async (input, pointer, message) => {
    const refused = (async () => carryOut(input, { onProgress: () => expect.unreachable() }, []))();
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_request',
      errors: expect.arrayContaining([{ pointer, message: expect.stringContaining(message) }]),
    });
  });

  it('is refused at once, however many ways lead through it', async () => {
    const nodes: Record<string, object> = { packed: { type: 'meshopt' } };
    let last = 'packed';
    for (let index = 0; index < 20; index++) {
      nodes[`m${index}`] = { type: 'merge', from: [last, last] };
      last = `m${index}`;
    }
    const startedAt = performance.now();
    await expect((async () => carryOut({ nodes, outputs: { o: last } }))()).rejects.toMatchObject({
      code: 'invalid_request',
      errors: expect.arrayContaining([
        { pointer: '/nodes/m0', message: expect.stringContaining('cannot follow `meshopt`') },
      ]),
    });
    // A plan with a step for each way would be two million steps long.
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it('is refused by the schema where names or numbers are out of bounds', () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`n${i}`, weld()]));
    for (const input of [
      { nodes: many, outputs: { o: 'n0' } },
      { nodes: { source: weld() }, outputs: { o: 'source' } },
      { nodes: { '1': weld() }, outputs: { o: '1' } },
      { nodes: { a: weld() }, outputs: {} },
      { nodes: JSON.parse('{"__proto__": {"type": "weld"}}'), outputs: { o: '__proto__' } },
    ]) {
      expect(RecipeInput.safeParse(input).success).toBe(false);
    }
    const odd = { nodes: { constructor: weld() }, outputs: { o: 'toString' } };
    expect(() => recipeOf(RecipeInput.parse(odd))).toThrow('no node `toString`');
  });
});

describe('the gate `profile`', () => {
  const small = {
    name: 'small',
    rules: [
      { of: 'triangles', max: 10 },
      { of: 'materials', max: 0 },
      { of: 'nodes', max: 99 },
    ],
  };
  const operations = [{ type: 'weld' }, { type: 'meshopt' }];

  it('passes with the verdict that the written file gets', async () => {
    const { results } = await carryOut({ operations, gates: { profile: 'web' } });
    const [gate] = results[0]!.report.gates;
    expect(gate).toMatchObject({ gate: 'profile', limit: 0, value: 0, passed: true });
    const { report } = await processModel([{ name: 'made.glb', bytes: results[0]!.glb }], LIMITS);
    expect(gate!.verdict).toEqual(judge(builtInProfiles().web, report));
  });

  it('fails with every rule that is broken, and no other', async () => {
    const outputs = { fine: 'clean', phone: { node: 'clean', gates: { profile: small } } };
    const failed = carryOut({ nodes: { clean: { type: 'weld' } }, outputs });
    await expect(failed).rejects.toMatchObject({
      code: 'gate_failed',
      errors: [
        { pointer: '/outputs/phone/gates/profile', message: expect.stringContaining('small fails at triangles: ') },
        { pointer: '/outputs/phone/gates/profile', message: expect.stringContaining('small fails at materials: ') },
      ],
      remedy: expect.stringContaining('Simplify the model'),
    });
    await expect(failed).rejects.toThrow('phone');
  });

  it('is refused with a name that nobody knows, before anything is read', async () => {
    const stages: string[] = [];
    const refused = carryOut(
      { operations, gates: { profile: 'nobodys' } },
      { onProgress: (stage) => stages.push(stage) },
    );
    await expect(refused).rejects.toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/gates/profile' }] });
    expect(stages).toEqual([]);
  });
});

class Shelf implements StateCache {
  readonly kept = new Map<Sha256, Uint8Array>();
  async read(key: Sha256) {
    return this.kept.get(key) ?? null;
  }
  async write(key: Sha256, state: Uint8Array) {
    this.kept.set(key, state);
  }
}

describe('results of steps', () => {
  const FIRST = [{ type: 'weld' }, { type: 'simplify', ratio: 0.3 }];
  const packed = { operations: [...FIRST, { type: 'prune' }, { type: 'meshopt' }] };
  const small = { operations: [...FIRST, { type: 'textures', maxSize: 64 }] };

  it('are kept where they are worth it, and change no byte of what comes after', async () => {
    const [empty, shelf] = [new Shelf(), new Shelf()];
    const alone = await carryOut(small, { cache: { states: empty, source: VASE } });
    expect(alone.results[0]!.report.operations.map(({ cached }) => cached)).toEqual([false, false, false]);
    await carryOut(packed, { cache: { states: shelf, source: VASE } });
    // The expensive step is kept, and nothing that is packed.
    expect(shelf.kept.size).toBe(1);
    const after = await carryOut(small, { cache: { states: shelf, source: VASE } });
    const reports = after.results[0]!.report.operations;
    expect(reports.map(({ operation, cached }) => [operation.type, cached])).toEqual([
      ['weld', true],
      ['simplify', true],
      ['textures', false],
    ]);
    expect(Buffer.compare(after.results[0]!.glb, alone.results[0]!.glb)).toBe(0);
    expect(after.results[0]!.report.deviation).toEqual(alone.results[0]!.report.deviation);
    expect(reports[1]!.after).toEqual(alone.results[0]!.report.operations[1]!.after);
  });

  it('are not taken for another source, other parameters, or where they are damaged', async () => {
    const shelf = new Shelf();
    const cached = async (input: unknown, source = VASE) => {
      const { results } = await carryOut(input, { cache: { states: shelf, source } });
      return results[0]!.report.operations.some((report) => report.cached);
    };
    expect(await cached(packed)).toBe(false);
    expect(await cached(packed)).toBe(true);
    expect(await cached(packed, 'b'.repeat(64))).toBe(false);
    expect(await cached({ operations: [{ type: 'weld' }, { type: 'simplify', ratio: 0.31 }] })).toBe(false);
    for (const [key, state] of shelf.kept) shelf.kept.set(key, state.subarray(0, 50));
    expect(await cached(packed)).toBe(false);
  });
});
