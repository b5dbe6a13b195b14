import { KHRMaterialsIOR, KHRMaterialsTransmission, KHRMaterialsVolume } from '@gltf-transform/extensions';
import { linear } from './paint.ts';
import { SampleDocument } from './sample-document.ts';
import { lathe, roundedBox } from './shapes.ts';

/** A glass carafe of amber tea with a cork, two tumblers and a tray of smoked acrylic: transmission, volume and blending. */
export async function makeGlassCarafe(): Promise<Uint8Array> {
  const sample = new SampleDocument('Glass carafe');
  const { document } = sample;
  const transmission = document.createExtension(KHRMaterialsTransmission);
  const volume = document.createExtension(KHRMaterialsVolume);
  const ior = document.createExtension(KHRMaterialsIOR);

  const glass = sample.material('Glass', '#f6fbfa', 0, 0.03);
  glass.setExtension('KHR_materials_transmission', transmission.createTransmission().setTransmissionFactor(1));
  glass.setExtension('KHR_materials_ior', ior.createIOR().setIOR(1.5));
  glass.setExtension(
    'KHR_materials_volume',
    volume.createVolume().setThicknessFactor(0.004).setAttenuationColor(linear('#d7f0ea')).setAttenuationDistance(0.08),
  );

  const tea = sample.material('Tea', '#b5581a', 0, 0.05);
  const [tr, tg, tb] = linear('#b5581a');
  tea.setBaseColorFactor([tr, tg, tb, 0.86]).setAlphaMode('BLEND');

  const cork = sample.material('Cork', '#b98d5e', 0, 0.85);
  const gold = sample.material('Brass ring', '#e2b765', 1, 0.25);
  const acrylic = sample.material('Smoked acrylic', '#24323a', 0, 0.12);
  const [r, g, b] = linear('#24323a');
  acrylic.setBaseColorFactor([r, g, b, 0.82]).setAlphaMode('BLEND');
  const label = sample.material('Paper label', '#f2ead8', 0, 0.8).setDoubleSided(true);

  // Outside upwards, over the lip, inside down: one closed wall of three millimetres.
  const carafe = lathe([
    [0, 0], [0.052, 0, 0.008], [0.06, 0.03, 0.03], [0.06, 0.11, 0.05], [0.022, 0.18, 0.03], [0.022, 0.235, 0.02], [0.028, 0.25, 0.002],
    [0.0255, 0.2515, 0.001], [0.0195, 0.235, 0.02], [0.0195, 0.181, 0.03], [0.057, 0.111, 0.047], [0.057, 0.031, 0.027], [0.05, 0.005, 0.006], [0, 0.005],
  ], 72); // biome-ignore format: the run of a profile
  const carafeTea = lathe(
    [
      [0, 0.0052],
      [0.0498, 0.0052, 0.006],
      [0.0568, 0.031, 0.027],
      [0.0568, 0.095, 0.002],
      [0, 0.095],
    ],
    72,
  );
  const stopper = lathe(
    [
      [0, 0.226],
      [0.0178, 0.226, 0.002],
      [0.0192, 0.25, 0.001],
      [0.021, 0.268, 0.004],
      [0, 0.268],
    ],
    48,
  );
  const ring = lathe(
    [
      [0.0222, 0.186],
      [0.0262, 0.186, 0.0015],
      [0.0262, 0.194, 0.0015],
      [0.0222, 0.194],
    ],
    64,
  );
  const tumbler = lathe([
    [0, 0], [0.026, 0, 0.004], [0.032, 0.075, 0.002], [0.0305, 0.0765, 0.001], [0.0292, 0.0755, 0.001], [0.0238, 0.009, 0.004], [0, 0.008],
  ], 56); // biome-ignore format: the run of a profile
  const tumblerTea = lathe(
    [
      [0, 0.0083],
      [0.0236, 0.0093, 0.004],
      [0.0267, 0.046, 0.001],
      [0, 0.046],
    ],
    56,
  );
  const tray = roundedBox([0.34, 0.012, 0.2], 0.005, 5);
  const rail = lathe(
    [
      [0, 0],
      [0.0045, 0, 0.0015],
      [0.0045, 0.2, 0.0015],
      [0, 0.2],
    ],
    24,
  );
  const band = lathe(
    [
      [0.0603, 0.052],
      [0.0603, 0.098],
    ],
    72,
  );

  const trayNode = sample.node('Tray', sample.mesh('Tray', tray, acrylic), [0, 0.006, 0]);
  const railMesh = sample.mesh('Rail', rail, gold);
  for (const [i, x] of [-0.155, 0.155].entries()) {
    sample.node(`Rail ${i + 1}`, railMesh, [x, 0.0105, -0.1], trayNode).setRotation([Math.SQRT1_2, 0, 0, Math.SQRT1_2]);
  }
  const group = sample.node('Carafe', sample.mesh('Carafe', carafe, glass), [-0.06, 0.0125, -0.015]);
  sample.node('Tea', sample.mesh('Tea', carafeTea, tea), [0, 0, 0], group);
  sample.node('Stopper', sample.mesh('Stopper', stopper, cork), [0, 0, 0], group);
  sample.node('Ring', sample.mesh('Ring', ring, gold), [0, 0, 0], group);
  sample.node('Label', sample.mesh('Label', frontHalf(band), label), [0, 0, 0], group);
  const tumblerMesh = sample.mesh('Tumbler', tumbler, glass);
  const tumblerTeaMesh = sample.mesh('Tumbler tea', tumblerTea, tea);
  for (const [i, at] of (
    [
      [0.06, 0.0125, 0.025],
      [0.115, 0.0125, -0.035],
    ] as [number, number, number][]
  ).entries()) {
    const node = sample.node(`Tumbler ${i + 1}`, tumblerMesh, at);
    if (i === 0) sample.node('Tumbler tea', tumblerTeaMesh, [0, 0, 0], node);
  }
  return sample.write();
}

/** The part of a surface of revolution that faces +Z. */
function frontHalf(mesh: ReturnType<typeof lathe>): ReturnType<typeof lathe> {
  const indices: number[] = [];
  for (let i = 0; i < mesh.indices.length; i += 3) {
    const corners = mesh.indices.slice(i, i + 3);
    if (corners.every((k) => mesh.positions[k * 3 + 2]! > 0.025)) indices.push(...corners);
  }
  // Only the vertices that are left.
  const numbers = new Map<number, number>();
  const out: ReturnType<typeof lathe> = { positions: [], normals: [], uvs: [], tangents: [], indices: [] };
  for (const k of indices) {
    let n = numbers.get(k);
    if (n === undefined) {
      n = numbers.size;
      numbers.set(k, n);
      out.positions.push(...mesh.positions.slice(k * 3, k * 3 + 3));
      out.normals.push(...mesh.normals.slice(k * 3, k * 3 + 3));
      out.uvs.push(...mesh.uvs.slice(k * 2, k * 2 + 2));
      out.tangents.push(...mesh.tangents.slice(k * 4, k * 4 + 4));
    }
    out.indices.push(n);
  }
  return out;
}
