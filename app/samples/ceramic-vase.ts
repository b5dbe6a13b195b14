import { KHRMaterialsClearcoat } from '@gltf-transform/extensions';
import { type Color, fractalNoise, hex, mix, noise, paint, paintNormals, smoothstep } from './paint.ts';
import { SampleDocument } from './sample-document.ts';
import { lathe, type ProfileCorner } from './shapes.ts';

const SIZE = 512;

/** Outside from the foot upwards, over the lip, inside down to the bottom. In metres. */
const PROFILE: ProfileCorner[] = [
  [0, 0.012],
  [0.044, 0.012, 0.004],
  [0.046, 0.002, 0.002],
  [0.053, 0.002, 0.003],
  [0.056, 0.02, 0.02],
  [0.088, 0.085, 0.06],
  [0.09, 0.145, 0.07],
  [0.062, 0.205, 0.05],
  [0.034, 0.245, 0.05],
  [0.036, 0.29, 0.04],
  [0.05, 0.318, 0.006],
  [0.047, 0.322, 0.003],
  [0.03, 0.29, 0.04],
  [0.029, 0.245, 0.04],
  [0.056, 0.2, 0.05],
  [0.083, 0.145, 0.06],
  [0.08, 0.085, 0.05],
  [0.046, 0.024, 0.03],
  [0, 0.02],
];

/** A hand-thrown vase: reactive glaze with painted bands and dots, throwing marks, bare clay at the foot, on an oak disc. */
export async function makeCeramicVase(): Promise<Uint8Array> {
  const sample = new SampleDocument('Ceramic vase');
  const glaze = sample.material('Glazed stoneware', '#ffffff', 0, 1);
  glaze.setBaseColorTexture(sample.texture('vase-color', await paint(SIZE, glazeColor)));
  const roughness = await paint(256, (u, v) => [1, glazeRoughness(u, v), 0]);
  glaze.setMetallicRoughnessTexture(sample.texture('vase-orm', roughness));
  glaze.setNormalTexture(sample.texture('vase-normal', await paintNormals(SIZE, vaseHeight, 0.9)));
  const coat = sample.document.createExtension(KHRMaterialsClearcoat).createClearcoat();
  glaze.setExtension('KHR_materials_clearcoat', coat.setClearcoatFactor(0.4).setClearcoatRoughnessFactor(0.2));

  const wood = sample.material('Oak', '#ffffff', 0, 1);
  wood.setBaseColorTexture(sample.texture('oak-color', await paint(384, oakColor)));
  wood.setMetallicRoughnessTexture(
    sample.texture('oak-orm', await paint(256, (u, v) => [1, 0.55 + 0.2 * grain(u, v), 0])),
  );
  wood.setNormalTexture(sample.texture('oak-normal', await paintNormals(256, grain, 1.2)));

  const disc = lathe(
    [
      [0, 0],
      [0.11, 0, 0.004],
      [0.115, 0.009, 0.012],
      [0.11, 0.018, 0.005],
      [0, 0.018],
    ],
    72,
  );
  // Wood is cut from a plank: its grain runs straight through, whatever the shape.
  for (let i = 0; i < disc.positions.length / 3; i++) {
    disc.uvs[i * 2] = disc.positions[i * 3]! / 0.24 + 0.5;
    disc.uvs[i * 2 + 1] = disc.positions[i * 3 + 2]! / 0.24 + 0.5 + disc.positions[i * 3 + 1]! * 2;
    const ny = disc.normals[i * 3 + 1]!;
    const nx = disc.normals[i * 3]!;
    // Tangents along X, made perpendicular to the normal.
    const [tx, ty, tz] = [1 - nx * nx, -nx * ny, -nx * disc.normals[i * 3 + 2]!];
    const length = Math.hypot(tx, ty, tz);
    disc.tangents.splice(
      i * 4,
      4,
      ...(length > 1e-3 ? [tx / length, ty / length, tz / length] : [0, 0, 1]),
      ny < 0 ? -1 : 1,
    );
  }
  sample.node('Disc', sample.mesh('Disc', disc, wood));
  sample.node('Vase', sample.mesh('Vase', lathe(PROFILE, 96), glaze), [0, 0.016, 0]);
  return sample.write();
}

/** The outside takes the lower part of the texture: 1 is the foot, about 0.45 the lip, above that the inside. */
function glazeColor(u: number, v: number): Color {
  const height = 1 - v;
  const drift = (fractalNoise(u, v, 6, 6, 2, 11) - 0.5) * 0.05;
  const deep = hex('#1f4e5f');
  const pale = hex('#d9e2d5');
  const clay = hex('#b98a66');
  const speckle = noise(u, v, 170, 240, 5) > 0.9 ? 0.3 : 0;
  let color = mix(deep, hex('#3d7f86'), fractalNoise(u, v, 8, 10, 3, 3));
  // Cream above the shoulder, running down in tongues as glaze does.
  const tongue = 0.335 + drift * 1.6 + 0.02 * Math.sin(u * Math.PI * 2 * 9 + Math.sin(u * 40) * 0.6);
  color = mix(color, pale, smoothstep(tongue, tongue + 0.025, height));
  // A band of dots between two lines.
  const band = (at: number, width: number): number => 1 - smoothstep(width, width * 1.35, Math.abs(height - at));
  color = mix(color, hex('#e8c27a'), Math.max(band(0.17, 0.0035), band(0.255, 0.0035)) * 0.95);
  const du = ((u * 24) % 1) - 0.5;
  const dv = (height - 0.2125) / 0.03;
  color = mix(color, hex('#e8c27a'), (1 - smoothstep(0.26, 0.32, Math.hypot(du, dv))) * 0.95);
  color = mix(color, hex('#2b2a28'), speckle * smoothstep(0.08, 0.12, height));
  return mix(clay, color, smoothstep(0.085 + drift * 0.4, 0.092 + drift * 0.4, height));
}

function glazeRoughness(u: number, v: number): number {
  const height = 1 - v;
  const bare = 1 - smoothstep(0.085, 0.095, height);
  return 0.22 + 0.12 * fractalNoise(u, v, 12, 12, 3, 8) + bare * 0.55;
}

/** Throwing rings and the grain of the glaze. */
function vaseHeight(u: number, v: number): number {
  return (
    0.5 * Math.sin(v * Math.PI * 2 * 40 + Math.sin(u * Math.PI * 2) * 0.8) * 0.35 +
    0.35 * fractalNoise(u, v, 24, 24, 3, 21)
  );
}

function oakColor(u: number, v: number): Color {
  const rings = ring(u, v);
  const base = mix(hex('#8a5a33'), hex('#c8935c'), rings);
  return mix(base, hex('#4f3019'), grain(u, v) * 0.35);
}

/** Growth rings of a plank cut beside the heart. */
function ring(u: number, v: number): number {
  const bend = fractalNoise(u, v, 2, 3, 3, 31) * 0.9;
  const distance = Math.hypot((v - 0.5) * 1.6, (u - 1.4) * 0.35) * 22 + bend * 2.2;
  const phase = distance - Math.floor(distance);
  return smoothstep(0, 0.75, phase) * (1 - smoothstep(0.82, 1, phase));
}

/** Long fine pores along u. */
function grain(u: number, v: number): number {
  return smoothstep(0.55, 0.85, fractalNoise(u, v, 4, 96, 3, 41));
}
