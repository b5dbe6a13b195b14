import type { BallMesh } from './terrain-ball.ts';
import { TextFile } from './text-file.ts';

/** Bands of the ball that have a material each. */
export const OBJ_MATERIALS = 4;

/** OBJ as modelling programs write it: six digits, one group of faces a material, corners `v/vt/vn`. */
export function writeObj({ positions, normals, texcoords, indices }: BallMesh, library: string): Uint8Array {
  const text = new TextFile();
  text.line('# ball with hills');
  text.line(`mtllib ${library}`);
  text.line('o ball');
  const rows = (word: string, values: Float32Array, width: number, at: (i: number, k: number) => number): void => {
    for (let i = 0; i < values.length / width; i++) {
      let line = word;
      for (let k = 0; k < width; k++) line += ` ${at(i, k).toFixed(6)}`;
      text.line(line);
    }
  };
  rows('v', positions, 3, (i, k) => positions[i * 3 + k]!);
  // In OBJ v points up.
  rows('vt', texcoords, 2, (i, k) => (k === 0 ? texcoords[i * 2]! : 1 - texcoords[i * 2 + 1]!));
  rows('vn', normals, 3, (i, k) => normals[i * 3 + k]!);
  const triangles = indices.length / 3;
  for (let triangle = 0, material = -1; triangle < triangles; triangle++) {
    const now = Math.floor((triangle / triangles) * OBJ_MATERIALS);
    if (now !== material) text.line(`usemtl band${now}`);
    material = now;
    let line = 'f';
    for (let k = 0; k < 3; k++) {
      const corner = indices[triangle * 3 + k]! + 1;
      line += ` ${corner}/${corner}/${corner}`;
    }
    text.line(line);
  }
  return text.bytes();
}

/** The material library of {@link writeObj}. */
export function writeMtl(): Uint8Array {
  const text = new TextFile();
  for (let i = 0; i < OBJ_MATERIALS; i++) {
    text.line(`newmtl band${i}`);
    text.line(`Kd ${(0.2 + 0.2 * i).toFixed(2)} 0.60 ${(0.9 - 0.2 * i).toFixed(2)}`);
    text.line('Ks 0.1 0.1 0.1');
    text.line('Ns 60');
  }
  return text.bytes();
}
