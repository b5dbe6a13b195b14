import type { mat4 } from '@gltf-transform/core';

/** One step of a transform: COLLADA's elements, which other formats have as well. Angles in degrees. */
export type StepKind = 'matrix' | 'translate' | 'rotate' | 'scale' | 'lookat' | 'skew';

/** The product of the steps, in columns. */
export function composeSteps(steps: readonly { kind: StepKind; values: ArrayLike<number> }[]): mat4 {
  let out = IDENTITY;
  for (const step of steps) out = multiply(out, stepMatrix(step.kind, step.values));
  return out;
}

export const IDENTITY: mat4 = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** COLLADA writes matrices in rows. */
export function fromRows(m: ArrayLike<number>, at = 0): mat4 {
  return Array.from({ length: 16 }, (_, i) => m[at + (i % 4) * 4 + Math.floor(i / 4)]!) as mat4;
}

export function multiply(a: mat4, b: mat4): mat4 {
  const out: number[] = [];
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[k * 4 + row]! * b[column * 4 + k]!;
      out.push(sum);
    }
  }
  return out as mat4;
}

function stepMatrix(kind: StepKind, v: ArrayLike<number>): mat4 {
  switch (kind) {
    case 'matrix':
      return fromRows(v);
    case 'translate':
      return [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, v[0]!, v[1]!, v[2]!, 1];
    case 'scale':
      return [v[0]!, 0, 0, 0, 0, v[1]!, 0, 0, 0, 0, v[2]!, 0, 0, 0, 0, 1];
    case 'rotate':
      return rotation(v[0]!, v[1]!, v[2]!, (v[3]! * Math.PI) / 180);
    case 'lookat':
      return lookAt(v);
    case 'skew':
      return IDENTITY;
  }
}

function rotation(ax: number, ay: number, az: number, angle: number): mat4 {
  const length = Math.hypot(ax, ay, az);
  if (!(length > 0)) return IDENTITY;
  const x = ax / length;
  const y = ay / length;
  const z = az / length;
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const t = 1 - c;
  return [
    t * x * x + c,
    t * x * y + s * z,
    t * x * z - s * y,
    0,
    t * x * y - s * z,
    t * y * y + c,
    t * y * z + s * x,
    0,
    t * x * z + s * y,
    t * y * z - s * x,
    t * z * z + c,
    0,
    0,
    0,
    0,
    1,
  ];
}

function lookAt(v: ArrayLike<number>): mat4 {
  const unit = (a: number[]): number[] => {
    const length = Math.hypot(...a) || 1;
    return a.map((value) => value / length);
  };
  const cross = (a: number[], b: number[]): number[] => [
    a[1]! * b[2]! - a[2]! * b[1]!,
    a[2]! * b[0]! - a[0]! * b[2]!,
    a[0]! * b[1]! - a[1]! * b[0]!,
  ];
  const z = unit([v[0]! - v[3]!, v[1]! - v[4]!, v[2]! - v[5]!]);
  const x = unit(cross([v[6]!, v[7]!, v[8]!], z));
  const y = cross(z, x);
  return [x[0]!, x[1]!, x[2]!, 0, y[0]!, y[1]!, y[2]!, 0, z[0]!, z[1]!, z[2]!, 0, v[0]!, v[1]!, v[2]!, 1];
}
