import type { BallMesh } from './terrain-ball.ts';
import { TextFile } from './text-file.ts';

/** Binary STL: no shared corners, a normal for each triangle, 50 bytes each. */
export function writeBinaryStl({ positions, indices }: BallMesh): Uint8Array {
  const triangles = indices.length / 3;
  const bytes = new Uint8Array(84 + triangles * 50);
  const view = new DataView(bytes.buffer);
  view.setUint32(80, triangles, true);
  for (let triangle = 0; triangle < triangles; triangle++) {
    const at = 84 + triangle * 50;
    for (const [k, value] of faceNormal(positions, indices, triangle).entries())
      view.setFloat32(at + k * 4, value, true);
    for (let corner = 0; corner < 3; corner++) {
      const from = indices[triangle * 3 + corner]! * 3;
      for (let k = 0; k < 3; k++) view.setFloat32(at + 12 + corner * 12 + k * 4, positions[from + k]!, true);
    }
  }
  return bytes;
}

/** Text STL with six digits behind the first, as most programs write it. */
export function writeTextStl({ positions, indices }: BallMesh): Uint8Array {
  const text = new TextFile();
  const numbers = (values: ArrayLike<number>, from: number) =>
    `${values[from]!.toExponential(6)} ${values[from + 1]!.toExponential(6)} ${values[from + 2]!.toExponential(6)}`;
  text.line('solid ball');
  for (let triangle = 0; triangle < indices.length / 3; triangle++) {
    text.line(`  facet normal ${numbers(faceNormal(positions, indices, triangle), 0)}`);
    text.line('    outer loop');
    for (let corner = 0; corner < 3; corner++) {
      text.line(`      vertex ${numbers(positions, indices[triangle * 3 + corner]! * 3)}`);
    }
    text.line('    endloop');
    text.line('  endfacet');
  }
  text.line('endsolid ball');
  return text.bytes();
}

function faceNormal(p: Float32Array, indices: Uint32Array, triangle: number): [number, number, number] {
  const [a, b, c] = [0, 1, 2].map((corner) => indices[triangle * 3 + corner]! * 3) as [number, number, number];
  const u = [0, 1, 2].map((k) => p[b + k]! - p[a + k]!) as [number, number, number];
  const v = [0, 1, 2].map((k) => p[c + k]! - p[a + k]!) as [number, number, number];
  const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]] as const;
  const length = Math.hypot(...n) || 1;
  return [n[0] / length, n[1] / length, n[2] / length];
}
