import { MeshoptSimplifier } from 'meshoptimizer/simplifier';
import { afterAll, expect, test } from 'vitest';
import { type CollapseTask, collapseEdges } from '#engine/operations/simplify/collapse-edges.ts';
import { CollapseThreads } from './collapse-threads.ts';

const threads = [1, 2, 4].map((count) => new CollapseThreads(count, 0));
afterAll(() => Promise.all(threads.map((those) => those.close())));

/** A wavy sheet of 2 · n² triangles, to be brought down to a quarter. */
function sheet(n: number): CollapseTask {
  const side = n + 1;
  const positions = new Float32Array(side * side * 3);
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [(i % side) / n, Math.floor(i / side) / n];
    positions.set([x, y, Math.sin(x * 9 + n) * Math.cos(y * 7) * 0.1], i * 3);
  }
  const indices = new Uint32Array(n * n * 6);
  for (let cell = 0; cell < n * n; cell++) {
    const a = Math.floor(cell / n) * side + (cell % n);
    indices.set([a, a + 1, a + side, a + 1, a + side + 1, a + side], cell * 6);
  }
  const target = Math.floor(indices.length / 12) * 3;
  const locks = new Uint8Array(side * side);
  return { positions, attributes: positions, weights: [0.1, 0.1, 0.1], locks, indices, target, error: 1, flags: [] };
}

const tasks = [20, 70, 5, 41, 41, 60, 3].map(sheet);

test('any number of threads gives the same triangles, in the order of the tasks, again and again', async () => {
  await MeshoptSimplifier.ready;
  const wanted = tasks.map(collapseEdges);
  expect(wanted.every(({ indices }, at) => indices.length < tasks[at]!.indices.length)).toBe(true);
  for (const those of [...threads, ...threads]) expect(await those.collapse(tasks)).toEqual(wanted);
  const both = await Promise.all([threads[1]!.collapse(tasks), threads[1]!.collapse(tasks.toReversed())]);
  expect(both).toEqual([wanted, wanted.toReversed()]);
});

test('what a thread was doing when it ended is done by the main one, and others come in its place', async () => {
  const wanted = tasks.map(collapseEdges);
  for (let round = 0; round < 3; round++) {
    const made = threads[2]!.collapse(tasks);
    await Promise.resolve();
    await threads[2]!.close();
    expect(await made).toEqual(wanted);
  }
});

test('a task that cannot be done fails alone', async () => {
  const impossible = { ...tasks[1]!, error: -1 };
  await expect(threads[1]!.collapse([tasks[1]!, impossible])).rejects.toThrow();
  await expect(threads[1]!.collapse(tasks)).resolves.toHaveLength(tasks.length);
});
