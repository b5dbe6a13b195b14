import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import { compileKernel, MESH_KERNEL } from '../../../../scripts/build-kernel.ts';
import { MeshKernel } from '../mesh-kernel.ts';

it('the committed code is what the sources compile to', async () => {
  const committed = await readFile(MESH_KERNEL.output);
  const compiled = await compileKernel(MESH_KERNEL);
  expect(Buffer.from(compiled).equals(committed), 'run `npm run build:kernel` and commit mesh-kernel-code.ts').toBe(
    true,
  );
}, 60_000);

it('its arc cosine is that of Math.acos in every bit between -1 and 1, and 0 elsewhere', () => {
  const random = seededRandom(5);
  const next = (x: number, steps: number) => {
    const bits = new BigInt64Array(Float64Array.of(x).buffer);
    bits[0]! += BigInt(steps);
    return new Float64Array(bits.buffer)[0]!;
  };
  const edges = [0, 1, 0.5, 2 ** -57, 2 ** -1022, 5e-324, Infinity, NaN, 2, 1e300].flatMap((x) =>
    [-2, -1, 0, 1, 2].map((steps) => next(x, x === 0 ? Math.abs(steps) : steps)),
  );
  const values = edges.flatMap((x) => [x, -x]);
  for (let i = 0; i < 200_000; i++) {
    const x = random() * 2 - 1;
    // Evenly, near the ends, and near 0.
    values.push(x, Math.sign(x) * (1 - x * x * x * x * 1e-3), x * 2 ** -(i % 60));
  }
  const kernel = new MeshKernel();
  const at = kernel.place(values.length * 8);
  const floats = new Float64Array(kernel.bytes(at, 0).buffer, at, values.length);
  floats.set(values);
  kernel.exports.probeAcos(at, values.length);
  const wrong = values.filter((x, i) => !Object.is(floats[i], x > -1 && x < 1 ? Math.acos(x) : 0));
  expect(wrong).toEqual([]);
});
