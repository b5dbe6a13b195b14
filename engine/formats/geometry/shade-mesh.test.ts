import { describe, expect, it } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import { shadeInScript } from './shade-in-script.ts';
import { shadeMesh } from './shade-mesh.ts';
import type { ShadedMesh, ShadeOptions } from './shade-options.ts';
import { PositionWelder, weldPositions } from './weld-positions.ts';

const random = seededRandom(9);
const whole = (end: number) => Math.floor(random() * end);

/** A bumpy sheet of `2 · n²` triangles; some vertices are used by none, some triangles are anything. */
function sheet(n: number, odd: number): { positions: Float32Array; triangles: Uint32Array } {
  const side = n + 2;
  const positions = new Float32Array(side * side * 3);
  for (let i = 0; i < side * side; i++) {
    positions.set([i % side, Math.floor(i / side), whole(4) === 0 ? whole(2) : Math.sin(i)], i * 3);
  }
  const triangles = new Uint32Array(n * n * 6);
  for (let cell = 0; cell < n * n; cell++) {
    const a = Math.floor(cell / n) * side + (cell % n);
    triangles.set([a, a + 1, a + side, a + 1, a + side + 1, a + side], cell * 6);
  }
  for (let i = 0; i < triangles.length; i++) if (random() < odd) triangles[i] = whole(side * side);
  return { positions, triangles };
}

function bytesOf({ source, normals, indices, partition }: ShadedMesh): string[] {
  return [source, normals, indices, partition ?? new Uint32Array(0)].map((array) =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64'),
  );
}

describe('shadeMesh', () => {
  const perTriangle = (triangles: Uint32Array, value: () => number) =>
    Uint32Array.from({ length: triangles.length / 3 }, value);
  it.each<[string, (triangles: Uint32Array) => ShadeOptions]>([
    ['the default angle', () => ({})],
    ['no angle', () => ({ creaseAngle: 0 })],
    ['a wide angle', () => ({ creaseAngle: 2.5 })],
    ['any angle', () => ({ creaseAngle: Math.PI })],
    ['smoothing groups', (triangles) => ({ smoothing: perTriangle(triangles, () => whole(4)) })],
    ['parts', (triangles) => ({ partition: perTriangle(triangles, () => whole(3)) })],
    [
      'smoothing groups and parts',
      (triangles) => ({
        smoothing: perTriangle(triangles, () => 1 << whole(2)),
        partition: perTriangle(triangles, () => whole(2)),
      }),
    ],
  ])('gives the same in the kernel and without it: %s', (_, options) => {
    // Of the sizes some stay without the kernel, some take turns in one, and one has its own.
    for (const [n, odd] of [
      [3, 0],
      [11, 0],
      [30, 0.2],
      [40, 0],
      [40, 1],
      [130, 0.001],
    ] as const) {
      const { positions, triangles } = sheet(n, odd);
      const given = options(triangles);
      const before = [positions.slice(), triangles.slice()];
      const made = bytesOf(shadeMesh(positions, triangles, given));
      expect([positions, triangles]).toEqual(before);
      expect(made.map((part, i) => part === bytesOf(shadeInScript(positions, triangles, given))[i])).toEqual([
        true,
        true,
        true,
        true,
      ]);
    }
  });
});

it('a vertex that does not exist does not reach the kernel', () => {
  const { positions, triangles } = sheet(40, 0);
  triangles[1000] = 0xffffffff;
  triangles[2000] = positions.length / 3;
  expect(bytesOf(shadeMesh(positions, triangles))).toEqual(bytesOf(shadeInScript(positions, triangles, {})));
});

describe('weldPositions', () => {
  it.each([
    ['few different ones', () => whole(5) - 2],
    ['none equal', () => random()],
    ['minus zero, what is no number, infinite', () => [0, -0, NaN, Infinity, -Infinity, 1][whole(6)]!],
  ])('numbers positions in the kernel as without it: %s', (_, coordinate) => {
    for (const count of [0, 1, 900, 5000, 90_000]) {
      const corners = Float32Array.from({ length: count * 3 }, coordinate);
      const welder = new PositionWelder(count);
      const indices = Uint32Array.from({ length: count }, (_, i) =>
        welder.add(corners[i * 3]!, corners[i * 3 + 1]!, corners[i * 3 + 2]!),
      );
      const welded = weldPositions(corners);
      expect(Buffer.from(welded.indices.buffer, welded.indices.byteOffset, count * 4)).toEqual(
        Buffer.from(indices.buffer),
      );
      const { positions } = welded;
      expect(Buffer.from(positions.buffer, positions.byteOffset, positions.byteLength)).toEqual(
        Buffer.from(welder.positions().buffer),
      );
    }
  });
});
