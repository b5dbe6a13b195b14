import type { Mesh } from '@gltf-transform/core';
import type { MeshData, Vector } from './mesh-data.ts';
import { linear } from './paint.ts';
import { SampleDocument } from './sample-document.ts';
import { lathe, surface, tube } from './shapes.ts';

const SECONDS = 6;

interface Ring {
  count: number;
  length: number;
  width: number;
  /** How far the open petal leans outwards, in radians from the vertical. */
  lean: number;
  height: number;
  twist: number;
}

const RINGS: Ring[] = [
  { count: 5, length: 0.05, width: 0.034, lean: 0.34, height: 0.004, twist: 0 },
  { count: 7, length: 0.066, width: 0.044, lean: 0.82, height: 0.002, twist: 0.4 },
  { count: 9, length: 0.08, width: 0.05, lean: 1.22, height: 0, twist: 0.15 },
];

/** A lotus in a bowl that opens and closes: each ring of petals morphs from bud to bloom. */
export async function makeBloomingFlower(): Promise<Uint8Array> {
  const sample = new SampleDocument('Blooming lotus');
  // A little light of its own stands for the light that petals let through.
  const petal = sample.material('Petal', '#ffffff', 0, 0.55).setDoubleSided(true).setEmissiveFactor([0.11, 0.03, 0.05]);
  const leaf = sample.material('Leaf', '#3f7a4c', 0, 0.6).setDoubleSided(true);
  const pistil = sample.material('Pistil', '#e9c04a', 0, 0.6);
  const stem = sample.material('Stem', '#4c8a56', 0, 0.6);
  const bowl = sample.material('Bowl', '#6f8f98', 0, 0.3);
  const soil = sample.material('Pebbles', '#8c857b', 0, 0.9);

  sample.node(
    'Bowl',
    sample.mesh(
      'Bowl',
      lathe(
        [
          [0, 0],
          [0.05, 0, 0.004],
          [0.088, 0.03, 0.03],
          [0.098, 0.07, 0.003],
          [0.094, 0.0715, 0.002],
          [0.083, 0.034, 0.026],
          [0, 0.03],
        ],
        80,
      ),
      bowl,
    ),
  );
  sample.node(
    'Pebbles',
    sample.mesh(
      'Pebbles',
      surface((u, v) => pebbles(u, v), 72, 14),
      soil,
    ),
  );
  sample.node(
    'Stem',
    sample.mesh(
      'Stem',
      tube(
        (t) => [Math.sin(t * 2.4) * 0.006, 0.045 + t * 0.06, 0],
        (t) => 0.0042 - 0.001 * t,
        14,
        16,
      ),
      stem,
    ),
  );
  const flower = sample.node('Flower', null, [Math.sin(2.4) * 0.006, 0.103, 0]);
  sample.node(
    'Pistil',
    sample.mesh(
      'Pistil',
      lathe(
        [
          [0, -0.004],
          [0.006, 0, 0.004],
          [0.0125, 0.016, 0.003],
          [0.011, 0.0185, 0.002],
          [0, 0.017],
        ],
        32,
      ),
      pistil,
    ),
    [0, 0, 0],
    flower,
  );

  const animation = sample.document.createAnimation('Bloom');
  for (const [r, ring] of RINGS.entries()) {
    const mesh = petalMesh(sample, `Petal ring ${r + 1}`, ring, petal);
    for (let i = 0; i < ring.count; i++) {
      const angle = ((i + (r % 2) / 2) / ring.count) * Math.PI * 2 + ring.twist;
      const node = sample.node(`Petal ${r + 1}-${i + 1}`, mesh, [0, ring.height, 0], flower);
      node.setRotation([0, Math.sin(angle / 2), 0, Math.cos(angle / 2)]);
      const open = (t: number): number => 0.5 + 0.5 * Math.cos((t / SECONDS) * Math.PI * 2);
      const times = Float32Array.from({ length: 25 }, (_, k) => (k / 24) * SECONDS);
      // The outer petals lead, the inner follow; closed is weight 1.
      const closed = times.map((t) => Math.min(1, Math.max(0, (1 - open(t)) * (1.05 + 0.25 * (r - 2)))));
      const sampler = sample.document
        .createAnimationSampler()
        .setInput(sample.document.createAccessor().setType('SCALAR').setArray(times))
        .setOutput(sample.document.createAccessor().setType('SCALAR').setArray(closed));
      animation
        .addSampler(sampler)
        .addChannel(
          sample.document.createAnimationChannel().setTargetNode(node).setTargetPath('weights').setSampler(sampler),
        );
    }
  }
  const leafMesh = sample.mesh(
    'Leaf',
    surface((u, v) => leafPoint(u, v), 36, 12),
    leaf,
  );
  for (const [i, [angle, scale]] of (
    [
      [0.6, 1],
      [2.9, 0.8],
      [4.6, 0.92],
    ] as [number, number][]
  ).entries()) {
    const node = sample.node(`Leaf ${i + 1}`, leafMesh, [
      Math.sin(angle) * 0.055,
      0.066 + i * 0.004,
      Math.cos(angle) * 0.055,
    ]);
    node.setRotation([0, Math.sin(angle / 2), 0, Math.cos(angle / 2)]).setScale([scale, scale, scale]);
  }
  return sample.write();
}

/** A petal around its base: u across, v from base to tip. `lean` bends it outwards (towards +Z). */
function petalPoint(u: number, v: number, ring: Ring, lean: number): Vector {
  const across = (u - 0.5) * 2;
  const half =
    (ring.width / 2) * Math.sin(Math.PI * (0.1 + 0.9 * v ** 0.9)) ** 0.8 * (v < 0.999 ? 1 : 0) + 0.0025 * (1 - v);
  const cup = 0.34 + 0.2 * (1 - lean / 1.3);
  const side = across * half;
  const depth = -cup * half * across * across;
  // The petal is an arc: it rises and leans more towards its tip.
  const bend = lean * (0.35 + 0.75 * v);
  const along = ring.length * v;
  const outward = 0.008 + along * Math.sin(bend * 0.85) - depth * 0.2;
  return [
    side,
    along * Math.cos(bend * 0.85) - Math.abs(across) ** 2 * half * 0.12,
    outward + depth * Math.cos(bend) * -1 * -1,
  ];
}

function petalMesh(
  sample: SampleDocument,
  name: string,
  ring: Ring,
  material: Parameters<SampleDocument['mesh']>[2],
): Mesh {
  const [columns, rows] = [14, 18];
  const open = surface((u, v) => petalPoint(u, v, ring, ring.lean), columns, rows);
  const closed = surface((u, v) => petalPoint(u, v, ring, 0.12 - 0.06 * ring.lean), columns, rows);
  const mesh = sample.mesh(name, open, material);
  const primitive = mesh.listPrimitives()[0]!;
  const { document } = sample;
  primitive.setAttribute('COLOR_0', document.createAccessor().setType('VEC3').setArray(petalColors(open)));
  const difference = (a: number[], b: number[]): Float32Array<ArrayBuffer> =>
    Float32Array.from(b, (value, i) => value - a[i]!);
  const target = document
    .createPrimitiveTarget('closed')
    .setAttribute(
      'POSITION',
      document.createAccessor().setType('VEC3').setArray(difference(open.positions, closed.positions)),
    )
    .setAttribute(
      'NORMAL',
      document.createAccessor().setType('VEC3').setArray(difference(open.normals, closed.normals)),
    );
  primitive.addTarget(target);
  return mesh.setWeights([0]).setExtras({ targetNames: ['closed'] });
}

/** Cream at the base, rose towards the tip. */
function petalColors(mesh: MeshData): Float32Array<ArrayBuffer> {
  const base = linear('#fff1d6');
  const tip = linear('#e0608a');
  const out = new Float32Array(mesh.positions.length);
  for (let i = 0; i < mesh.positions.length / 3; i++) {
    const v = 1 - mesh.uvs[i * 2 + 1]!;
    const t = Math.min(1, Math.max(0, v * 1.25 - 0.15)) ** 1.3;
    for (let k = 0; k < 3; k++) out[i * 3 + k] = base[k]! + (tip[k]! - base[k]!) * t;
  }
  return out;
}

/** A round leaf with a slit, slightly dished and waved at the rim. */
function leafPoint(u: number, v: number): Vector {
  const angle = 0.12 + u * (Math.PI * 2 - 0.24);
  const r = 0.046 * v;
  return [Math.sin(-angle) * r, 0.006 * v * v + 0.0016 * v * Math.sin(angle * 7), Math.cos(angle) * r];
}

/** A disc with bumps. */
function pebbles(u: number, v: number): Vector {
  const angle = u * Math.PI * 2;
  const r = 0.0875 * v;
  const bump = 0.0018 * (Math.sin(angle * 9 + v * 20) + Math.sin(angle * 14 - v * 31)) * v;
  return [Math.cos(angle) * r, 0.05 + bump, Math.sin(angle) * r];
}
