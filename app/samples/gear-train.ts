import type { Material, Mesh } from '@gltf-transform/core';
import { addTriangle, addVertex, emptyMesh, type MeshData } from './mesh-data.ts';
import { SampleDocument } from './sample-document.ts';
import { lathe, orientOutwards, roundedBox } from './shapes.ts';

/** Pitch diameter over number of teeth: gears mesh when theirs are equal. */
const MODULE = 0.006;
const SECONDS = 8;

interface Gear {
  name: string;
  teeth: number;
  at: [x: number, y: number];
  layer: number;
  thickness: number;
  spokes: number;
  material: Material;
  /** Turns in one loop; its sign is the direction. */
  turns: number;
  /** Radians at time 0, so that teeth meet gaps. */
  phase: number;
}

/** A brass gear train on a walnut base: four gears and a crank, turning in a loop of eight seconds. */
export async function makeGearTrain(): Promise<Uint8Array> {
  const sample = new SampleDocument('Gear train');
  const brass = sample.material('Brass', '#f4cd74', 1, 0.4);
  const steel = sample.material('Steel', '#d6d9dd', 1, 0.4);
  const bronze = sample.material('Bronze', '#d08d5e', 1, 0.4);
  const walnut = sample.material('Walnut', '#5b3a26', 0, 0.55);
  const enamel = sample.material('Cream enamel', '#e8e2d4', 0, 0.4);
  const red = sample.material('Red lacquer', '#a8322a', 0, 0.25);

  const pitch = (teeth: number): number => (teeth * MODULE) / 2;
  const [n1, n2, n3, n4] = [36, 18, 24, 12];
  const d12 = pitch(n1) + pitch(n2);
  const d23 = pitch(n2) + pitch(n3);
  const d34 = pitch(n3) + pitch(n4);
  const p1: [number, number] = [-0.075, 0.13];
  const a12 = -0.35;
  const p2: [number, number] = [p1[0] + d12 * Math.cos(a12), p1[1] + d12 * Math.sin(a12)];
  const a23 = 0.75;
  const p3: [number, number] = [p2[0] + d23 * Math.cos(a23), p2[1] + d23 * Math.sin(a23)];
  const a34 = 2.2;
  const p4: [number, number] = [p3[0] + d34 * Math.cos(a34), p3[1] + d34 * Math.sin(a34)];
  const gears: Gear[] = [
    {
      name: 'Great wheel',
      teeth: n1,
      at: p1,
      layer: 0,
      thickness: 0.014,
      spokes: 5,
      material: brass,
      turns: 1,
      phase: 0,
    },
    {
      name: 'Second wheel',
      teeth: n2,
      at: p2,
      layer: 0,
      thickness: 0.014,
      spokes: 0,
      material: steel,
      turns: -n1 / n2,
      phase: 0,
    },
    {
      name: 'Third wheel',
      teeth: n3,
      at: p3,
      layer: 0,
      thickness: 0.014,
      spokes: 5,
      material: bronze,
      turns: n1 / n3,
      phase: 0,
    },
    {
      name: 'Pinion',
      teeth: n4,
      at: p4,
      layer: 0,
      thickness: 0.02,
      spokes: 0,
      material: steel,
      turns: -n1 / n4,
      phase: 0,
    },
  ];
  // At each contact a tooth of one gear stands in a gap of the other.
  meshTeeth(gears[0]!, gears[1]!, a12);
  meshTeeth(gears[1]!, gears[2]!, a23);
  meshTeeth(gears[2]!, gears[3]!, a34);

  const plate = sample.mesh('Back plate', roundedBox([0.36, 0.27, 0.014], 0.006), enamel);
  sample.node('Back plate', plate, [0.02, 0.145, -0.022]);
  const base = sample.mesh('Base', roundedBox([0.42, 0.036, 0.15], 0.009), walnut);
  sample.node('Base', base, [0.02, 0.0, 0.012]);

  const screw = sample.mesh(
    'Screw',
    lathe(
      [
        [0, 0.0055],
        [0.0062, 0.0055, 0.0025],
        [0.007, 0, 0.001],
      ]
        .reverse()
        .map(([r, y]) => [r!, y!, 0.0018]),
      24,
    ),
    steel,
  );
  const corners: [number, number][] = [
    [-0.145, 0.265],
    [0.185, 0.265],
    [-0.145, 0.035],
    [0.185, 0.035],
  ];
  for (const [i, [x, y]] of corners.entries()) {
    sample.node(`Screw ${i + 1}`, screw, [x, y, -0.0155]).setRotation([Math.SQRT1_2, 0, 0, Math.SQRT1_2]);
  }

  const animation = sample.document.createAnimation('Turning');
  const meshes = new Map<Gear, Mesh>();
  for (const gear of gears) {
    const mesh = sample.mesh(gear.name, gearMesh(gear.teeth, gear.thickness, gear.spokes), gear.material);
    meshes.set(gear, mesh);
    const node = sample.node(gear.name, mesh, [gear.at[0], gear.at[1], gear.layer * 0.018]);
    const axle = sample.mesh(
      `${gear.name} axle`,
      lathe(
        [
          [0.0078, -0.04],
          [0.0078, 0.013, 0.0015],
          [0.0045, 0.0165, 0.002],
          [0, 0.0165],
        ],
        32,
      ),
      gear.material === steel ? brass : steel,
    );
    sample.node(`${gear.name} axle`, axle, [gear.at[0], gear.at[1], 0]).setRotation([Math.SQRT1_2, 0, 0, Math.SQRT1_2]);
    const steps = Math.max(8, Math.ceil(Math.abs(gear.turns) * 8));
    const times = Float32Array.from({ length: steps + 1 }, (_, i) => (i / steps) * SECONDS);
    const rotations = new Float32Array((steps + 1) * 4);
    for (let i = 0; i <= steps; i++) {
      const angle = gear.phase + (i / steps) * gear.turns * Math.PI * 2;
      rotations.set([0, 0, Math.sin(angle / 2), Math.cos(angle / 2)], i * 4);
    }
    node.setRotation([0, 0, Math.sin(gear.phase / 2), Math.cos(gear.phase / 2)]);
    const sampler = sample.document
      .createAnimationSampler()
      .setInput(sample.document.createAccessor().setType('SCALAR').setArray(times))
      .setOutput(sample.document.createAccessor().setType('VEC4').setArray(rotations));
    const channel = sample.document
      .createAnimationChannel()
      .setTargetNode(node)
      .setTargetPath('rotation')
      .setSampler(sampler);
    animation.addSampler(sampler).addChannel(channel);
    if (gear.name === 'Great wheel') addCrank(sample, node, steel, red);
  }
  return sample.write();
}

function addCrank(
  sample: SampleDocument,
  wheel: ReturnType<SampleDocument['node']>,
  steel: Material,
  red: Material,
): void {
  const arm = sample.mesh('Crank arm', roundedBox([0.075, 0.014, 0.007], 0.003), steel);
  sample.node('Crank arm', arm, [0.028, 0, 0.019], wheel);
  const knob = lathe(
    [
      [0, 0],
      [0.006, 0, 0.001],
      [0.0065, 0.006, 0.003],
      [0.011, 0.02, 0.01],
      [0.009, 0.036, 0.006],
      [0, 0.0385],
    ].map(([r, y, f]) => [r!, y!, f ?? 0]),
    32,
  );
  sample
    .node('Crank knob', sample.mesh('Crank knob', knob, red), [0.058, 0, 0.021], wheel)
    .setRotation([Math.SQRT1_2, 0, 0, Math.SQRT1_2]);
}

/** Turns `second` so that at the line of centres, at `angle` from `first`, its gap meets the tooth of `first`. */
function meshTeeth(first: Gear, second: Gear, angle: number): void {
  const step1 = (Math.PI * 2) / first.teeth;
  const step2 = (Math.PI * 2) / second.teeth;
  // How far, in teeth, the next tooth of the first gear is past the line.
  const past = ((angle - first.phase) / step1) % 1;
  // Seen from the second gear the line comes from the other side and the teeth run the other way.
  second.phase = angle + Math.PI + (past + 0.5) * step2;
}

/** The outline of a gear as angles and radii: trapezoid teeth with rounded tips and roots, near to an involute. */
function outline(teeth: number): { angle: number; r: number; nx: number; ny: number }[] {
  const pitch = (teeth * MODULE) / 2;
  const tip = pitch + MODULE * 0.95;
  const root = pitch - MODULE * 1.15;
  const step = (Math.PI * 2) / teeth;
  // Half a tooth, from the middle of the gap to the middle of the tooth: share of the step, radius.
  const half: [number, number][] = [
    [0, root],
    [0.11, root],
    [0.15, root + MODULE * 0.1],
    [0.185, root + MODULE * 0.35],
    [0.225, pitch - MODULE * 0.2],
    [0.262, pitch + MODULE * 0.2],
    [0.305, pitch + MODULE * 0.62],
    [0.335, tip - MODULE * 0.1],
    [0.365, tip - MODULE * 0.015],
    [0.4, tip],
    [0.5, tip],
  ];
  const points: { angle: number; r: number }[] = [];
  for (let tooth = 0; tooth < teeth; tooth++) {
    const start = (tooth - 0.5) * step;
    for (const [share, r] of half.slice(0, -1)) points.push({ angle: start + share * step, r });
    for (const [share, r] of half.slice(1).reverse()) points.push({ angle: start + (1 - share) * step, r });
  }
  return points.map(({ angle, r }, i) => {
    const before = points[(i + points.length - 1) % points.length]!;
    const after = points[(i + 1) % points.length]!;
    const dx = Math.cos(after.angle) * after.r - Math.cos(before.angle) * before.r;
    const dy = Math.sin(after.angle) * after.r - Math.sin(before.angle) * before.r;
    const length = Math.hypot(dx, dy);
    return { angle, r, nx: dy / length, ny: -dx / length };
  });
}

/** A gear around Z: rim with teeth, recessed web (with windows where it has spokes), hub and bore. */
function gearMesh(teeth: number, thickness: number, spokes: number): MeshData {
  const mesh = emptyMesh();
  const edge = outline(teeth);
  const pitch = (teeth * MODULE) / 2;
  const rim = pitch - MODULE * 2.1;
  const hub = Math.min(0.022, rim * 0.55);
  const bore = 0.0078;
  const top = thickness / 2;
  const web = thickness * 0.22;
  const bevel = 0.0011;
  /** Rings from the bore over the front to the rim: a radius, or how far the ring lies inside the outline. */
  type Ring = { r: number | null; inset: number; z: number; n: [radial: number, z: number] };
  const ring = (r: number, z: number, n: [number, number]): Ring => ({ r, inset: 0, z, n });
  const out = (inset: number, z: number, n: [number, number]): Ring => ({ r: null, inset, z, n });
  const front: Ring[][] = [
    [ring(bore, 0, [-1, 0]), ring(bore, top, [-1, 0])],
    [
      ring(bore, top, [0, 1]),
      ring(hub - bevel, top, [0, 1]),
      ring(hub - bevel * 0.3, top - bevel * 0.3, [0.7, 0.7]),
      ring(hub, top - bevel, [1, 0]),
      ring(hub, web + bevel, [1, 0]),
      ring(hub + bevel, web, [0, 1]),
    ],
    [ring(hub + bevel, web, [0, 1]), ring(rim - bevel, web, [0, 1])],
    [
      ring(rim - bevel, web, [0, 1]),
      ring(rim, web + bevel, [-1, 0]),
      ring(rim, top - bevel, [-1, 0]),
      ring(rim + bevel * 0.3, top - bevel * 0.3, [-0.7, 0.7]),
      ring(rim + bevel, top, [0, 1]),
      out(bevel, top, [0, 1]),
      out(bevel * 0.3, top - bevel * 0.3, [0.7, 0.7]),
      out(0, top - bevel, [1, 0]),
      out(0, 0, [1, 0]),
    ],
  ];
  const openAt = (angle: number): boolean => {
    if (spokes === 0) return false;
    const share = ((((angle / (Math.PI * 2)) * spokes) % 1) + 1) % 1;
    return share > 0.17 && share < 0.83;
  };
  for (const side of [1, -1]) {
    for (const [index, strip] of front.entries()) {
      const isWeb = index === 2;
      const rows = strip.map((item) =>
        edge.map(({ angle, r, nx, ny }) => {
          const c = Math.cos(angle);
          const s = Math.sin(angle);
          const radial: [number, number] = item.r === null ? [nx, ny] : [c, s];
          const x = item.r === null ? r * c - nx * item.inset : item.r * c;
          const y = item.r === null ? r * s - ny * item.inset : item.r * s;
          return addVertex(
            mesh,
            [x, y, item.z * side],
            [radial[0] * item.n[0], radial[1] * item.n[0], item.n[1] * side],
            [0, 0],
            [-s, c, 0],
          );
        }),
      );
      for (let j = 0; j + 1 < rows.length; j++) {
        for (let i = 0; i < edge.length; i++) {
          const k = (i + 1) % edge.length;
          if (isWeb && openAt((edge[i]!.angle + edge[i]!.angle) / 2)) continue;
          const [a, b, c, d] = [rows[j]![i]!, rows[j]![k]!, rows[j + 1]![k]!, rows[j + 1]![i]!];
          if (side > 0) {
            addTriangle(mesh, a, d, c);
            addTriangle(mesh, a, c, b);
          } else {
            addTriangle(mesh, a, c, d);
            addTriangle(mesh, a, b, c);
          }
        }
      }
    }
  }
  if (spokes > 0) addWindowWalls(mesh, edge, openAt, hub + bevel, rim - bevel, web);
  return mesh;
}

/** The walls around the windows between the spokes, through the thickness of the web. */
function addWindowWalls(
  mesh: MeshData,
  edge: { angle: number }[],
  openAt: (angle: number) => boolean,
  inner: number,
  outer: number,
  web: number,
): void {
  const wall = (from: [number, number], to: [number, number], n: [number, number]): void => {
    const v = [
      [from, web],
      [to, web],
      [to, -web],
      [from, -web],
    ].map(([p, z]) =>
      addVertex(
        mesh,
        [(p as [number, number])[0], (p as [number, number])[1], z as number],
        [n[0], n[1], 0],
        [0, 0],
        [0, 0, 1],
      ),
    );
    const one = emptyMesh();
    one.positions = mesh.positions;
    one.normals = mesh.normals;
    addTriangle(one, v[0]!, v[1]!, v[2]!);
    addTriangle(one, v[0]!, v[2]!, v[3]!);
    for (const i of orientOutwards(one).indices) mesh.indices.push(i);
  };
  const polar = (r: number, angle: number): [number, number] => [r * Math.cos(angle), r * Math.sin(angle)];
  for (let i = 0; i < edge.length; i++) {
    const a = edge[i]!.angle;
    const next = edge[(i + 1) % edge.length]!.angle + (i + 1 === edge.length ? Math.PI * 2 : 0);
    const before = edge[(i + edge.length - 1) % edge.length]!.angle;
    const open = openAt(a);
    if (open) {
      const middle = (a + next) / 2;
      wall(polar(inner, a), polar(inner, next), polar(1, middle));
      wall(polar(outer, a), polar(outer, next), polar(-1, middle));
    }
    if (open !== openAt(before)) {
      const sign = open ? 1 : -1;
      wall(polar(inner, a), polar(outer, a), [-Math.sin(a) * sign, Math.cos(a) * sign]);
    }
  }
}
