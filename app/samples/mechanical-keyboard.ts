import type { Mesh } from '@gltf-transform/core';
import { deform, type MeshData, type Vector } from './mesh-data.ts';
import { SampleDocument } from './sample-document.ts';
import { lathe, roundedBox, tube } from './shapes.ts';

/** The distance between keys, in metres (19.05 mm, as on every keyboard since the seventies). */
const UNIT = 0.01905;

/** Widths of the keys of each row in units, from the top; a negative width is a gap. Letters name the colour. */
const ROWS: [width: number, color: 'light' | 'dark' | 'accent'][][] = [
  [[1, 'accent'], ...keys(12, 'light'), [2, 'dark']],
  [[1.5, 'dark'], ...keys(12, 'light'), [1.5, 'dark']],
  [[1.75, 'dark'], ...keys(11, 'light'), [2.25, 'accent']],
  [[2.25, 'dark'], ...keys(10, 'light'), [1.75, 'dark'], [1, 'dark']],
  [
    [1.25, 'dark'],
    [1.25, 'dark'],
    [1.25, 'dark'],
    [6.25, 'light'],
    [1.25, 'dark'],
    [1.25, 'dark'],
    [1.25, 'dark'],
    [1.25, 'dark'],
  ],
];

/** Height of the caps and their tilt in degrees by row: the sculpted profile that fingers know. */
const SCULPT: [height: number, tilt: number][] = [
  [0.0112, -7],
  [0.0096, -3],
  [0.0088, 2],
  [0.0092, 7],
  [0.0094, 8],
];

function keys(count: number, color: 'light' | 'dark'): [number, 'light' | 'dark'][] {
  return Array.from({ length: count }, () => [1, color]);
}

/** A 60 % keyboard of 63 sculpted keys over switches, in an aluminium case with screws, feet and a coiled cable. */
export async function makeMechanicalKeyboard(): Promise<Uint8Array> {
  const sample = new SampleDocument('Mechanical keyboard');
  const caps = {
    light: sample.material('Keycap cream', '#eee6d6', 0, 0.55),
    dark: sample.material('Keycap slate', '#5c6b73', 0, 0.55),
    accent: sample.material('Keycap coral', '#e2725b', 0, 0.5),
  };
  const aluminium = sample.material('Anodised aluminium', '#b4c0c4', 1, 0.4);
  const plate = sample.material('Switch plate', '#22282b', 1, 0.5);
  const housing = sample.material('Switch housing', '#2d2f33', 0, 0.45);
  const stem = sample.material('Switch stem', '#c0504d', 0, 0.4);
  const steel = sample.material('Screws', '#c6cacd', 1, 0.3);
  const rubber = sample.material('Rubber', '#1b1c1e', 0, 0.9);
  const cord = sample.material('Woven cable', '#d0654f', 0, 0.8);

  const width = UNIT * 15;
  const depth = UNIT * 5;
  const board = sample.node('Keyboard', null);
  board.setRotation([Math.sin(0.05), 0, 0, Math.cos(0.05)]).setTranslation([0, 0.014, 0]);

  sample.node('Case', sample.mesh('Case', caseMesh(width, depth), aluminium), [0, 0, 0], board);
  sample.node(
    'Plate',
    sample.mesh('Plate', roundedBox([width + 0.002, 0.0016, depth + 0.002], 0.0006, 2), plate),
    [0, 0.0105, 0],
    board,
  );

  const housingMesh = sample.mesh(
    'Switch housing',
    deform(roundedBox([0.0145, 0.0062, 0.0145], 0.0009, 2), (p) => taper(p, 0.0062, 0.14)),
    housing,
  );
  const stemMesh = sample.mesh('Switch stem', roundedBox([0.0062, 0.005, 0.0062], 0.0005, 1), stem);
  const capMeshes = new Map<string, Mesh>();
  for (const [r, row] of ROWS.entries()) {
    let x = -width / 2;
    const z = (r - 2) * UNIT;
    const [height, tilt] = SCULPT[r]!;
    for (const [i, [units, color]] of row.entries()) {
      const key = `Row ${r + 1}, ${units} units, ${color}`;
      let cap = capMeshes.get(key);
      if (!cap) {
        cap = sample.mesh(`Keycap ${key}`, keycap(units, height, tilt, units > 5), caps[color]);
        capMeshes.set(key, cap);
      }
      const center = x + (units * UNIT) / 2;
      const node = sample.node(`Key ${r + 1}-${i + 1}`, null, [center, 0.0113, z], board);
      sample.node(`Switch ${r + 1}-${i + 1}`, housingMesh, [0, 0.0031, 0], node);
      sample.node(`Stem ${r + 1}-${i + 1}`, stemMesh, [0, 0.0068, 0], node);
      sample.node(`Cap ${r + 1}-${i + 1}`, cap, [0, 0.0058, 0], node);
      x += units * UNIT;
    }
  }

  const screw = sample.mesh(
    'Screw',
    lathe(
      [
        [0.0026, 0],
        [0.0026, 0.0012, 0.0006],
        [0.0012, 0.0014, 0.0002],
        [0.0011, 0.0006, 0.0001],
        [0, 0.0006],
      ],
      24,
    ),
    steel,
  );
  for (const [i, [sx, sz]] of [
    [-1, -1],
    [1, -1],
    [-1, 1],
    [1, 1],
  ].entries()) {
    sample.node(`Screw ${i + 1}`, screw, [sx! * (width / 2 + 0.0055), 0.0129, sz! * (depth / 2 + 0.0055)], board);
  }
  const foot = sample.mesh(
    'Foot',
    lathe(
      [
        [0, 0],
        [0.006, 0, 0.001],
        [0.0065, 0.003, 0.0005],
        [0, 0.003],
      ],
      24,
    ),
    rubber,
  );
  for (const [i, [sx, sz]] of [
    [-1, -1],
    [1, -1],
    [-1, 1],
    [1, 1],
  ].entries()) {
    sample.node(`Foot ${i + 1}`, foot, [sx! * width * 0.42, -0.0118, sz! * depth * 0.36], board);
  }
  addCable(sample, depth, cord, steel);
  return sample.write();
}

function taper(p: Vector, height: number, amount: number): Vector {
  const scale = 1 - amount * (p[1] / height + 0.5);
  return [p[0] * scale, p[1], p[2] * scale];
}

/** Wider below than above, tilted on top, hollowed like a cylinder so that a finger finds the middle. */
function keycap(units: number, height: number, tilt: number, isSpace: boolean): MeshData {
  const width = units * UNIT - 0.0009;
  const depth = UNIT - 0.0009;
  const lean = Math.tan((tilt * Math.PI) / 180);
  const box = roundedBox([width, height, depth], 0.0016, 4);
  return deform(box, ([x, y, z]) => {
    const up = y / height + 0.5;
    const inset = 0.0029 * up ** 1.25;
    const px = x * (1 - (inset * 2) / width);
    const pz = z * (1 - (inset * 2) / depth) - 0.0008 * up;
    const half = (width - 0.0058) / 2;
    // A cylinder along Z hollows the top; the space bar bulges instead.
    const across = Math.min(1, Math.abs(px) / half);
    const dish = isSpace
      ? 0.0007 * Math.cos((pz / depth) * Math.PI)
      : -0.0009 * (1 - across * across) * Math.min(1, 0.012 / width + 0.35);
    return [px, y + height / 2 + up ** 3 * (dish + pz * lean), pz];
  });
}

/** A tray: rounded outside, a well for the keys with walls 11 mm thick. */
function caseMesh(width: number, depth: number): MeshData {
  const outer = roundedBox([width + 0.022, 0.026, depth + 0.022], 0.005, 5);
  // The middle of the top is pressed down into a well; its rim keeps the rounding of the box.
  return deformTop(outer, width + 0.0035, depth + 0.0035);
}

function deformTop(box: MeshData, wellWidth: number, wellDepth: number): MeshData {
  const parts: MeshData = {
    positions: box.positions.slice(),
    normals: box.normals.slice(),
    uvs: box.uvs.slice(),
    tangents: box.tangents.slice(),
    indices: [],
  };
  const top = 0.013;
  for (let i = 0; i < box.indices.length; i += 3) {
    const corners = box.indices.slice(i, i + 3);
    // The flat of the top is left out and rebuilt as frame, walls and floor.
    if (!corners.every((k) => Math.abs(box.positions[k * 3 + 1]! - top) < 1e-6 && box.normals[k * 3 + 1]! > 0.999))
      parts.indices.push(...corners);
  }
  const flat = { x: 0, z: 0 };
  for (let k = 0; k < box.positions.length / 3; k++) {
    if (Math.abs(box.positions[k * 3 + 1]! - top) > 1e-6) continue;
    flat.x = Math.max(flat.x, box.positions[k * 3]!);
    flat.z = Math.max(flat.z, box.positions[k * 3 + 2]!);
  }
  const quad = (a: Vector, b: Vector, c: Vector, d: Vector, n: Vector): void => {
    const base = parts.positions.length / 3;
    for (const p of [a, b, c, d]) {
      parts.positions.push(...p);
      parts.normals.push(...n);
      parts.uvs.push(0, 0);
      parts.tangents.push(...(Math.abs(n[0]) > 0.5 ? [0, 0, 1] : [1, 0, 0]), 1);
    }
    parts.indices.push(base, base + 1, base + 2, base, base + 2, base + 3);
  };
  const [x, z, floor] = [wellWidth / 2, wellDepth / 2, 0.009];
  const [fx, fz] = [flat.x, flat.z];
  quad([-fx, top, -fz], [-x, top, -z], [x, top, -z], [fx, top, -fz], [0, 1, 0]);
  quad([fx, top, -fz], [x, top, -z], [x, top, z], [fx, top, fz], [0, 1, 0]);
  quad([fx, top, fz], [x, top, z], [-x, top, z], [-fx, top, fz], [0, 1, 0]);
  quad([-fx, top, fz], [-x, top, z], [-x, top, -z], [-fx, top, -fz], [0, 1, 0]);
  quad([-x, top, -z], [-x, floor, -z], [x, floor, -z], [x, top, -z], [0, 0, 1]);
  quad([x, top, z], [x, floor, z], [-x, floor, z], [-x, top, z], [0, 0, -1]);
  quad([-x, top, z], [-x, floor, z], [-x, floor, -z], [-x, top, -z], [1, 0, 0]);
  quad([x, top, -z], [x, floor, -z], [x, floor, z], [x, top, z], [-1, 0, 0]);
  quad([-x, floor, z], [x, floor, z], [x, floor, -z], [-x, floor, -z], [0, 1, 0]);
  return parts;
}

/** From 0 to 1 at an even pace, which is taken up and given up over the share `ease` at both ends. */
function gently(t: number, ease: number): number {
  const way = t < ease ? t ** 2 / (2 * ease) : t > 1 - ease ? 1 - ease - (1 - t) ** 2 / (2 * ease) : t - ease / 2;
  return way / (1 - ease);
}

/** A coiled cable that leaves the back of the case; its coils are wider than it is thick everywhere, or it would cut itself. */
function addCable(
  sample: SampleDocument,
  depth: number,
  cord: Parameters<SampleDocument['mesh']>[2],
  steel: Parameters<SampleDocument['mesh']>[2],
): void {
  const back = -depth / 2 - 0.012;
  const curve = (t: number): Vector => {
    const away = 0.02 + t * 0.085;
    const coil = Math.min(1, Math.max(0, (t - 0.22) / 0.56));
    const isCoil = t > 0.22 && t < 0.78;
    const angle = gently(coil, 0.3) * Math.PI * 2 * 11;
    const ease = Math.min(1, Math.min(t - 0.17, 0.83 - t) * 18);
    const r = isCoil || ease > 0 ? 0.0062 * Math.max(0, ease) : 0;
    return [-0.085 + t * 0.03 + Math.sin(angle) * r, 0.012 + (Math.cos(angle) - 1) * r * 0.8 + 0.001, back - away];
  };
  sample.node(
    'Cable',
    sample.mesh(
      'Cable',
      tube(curve, () => 0.0013, 10, 320),
      cord,
    ),
  );
  const plug = lathe(
    [
      [0, 0],
      [0.0038, 0, 0.0008],
      [0.0038, 0.022, 0.0012],
      [0.0024, 0.024, 0.0006],
      [0, 0.024],
    ],
    28,
  );
  sample
    .node('Plug', sample.mesh('Plug', plug, steel), [-0.0845, 0.0125, back + 0.002])
    .setRotation([-Math.SQRT1_2, 0, 0, Math.SQRT1_2]);
}
