// Single materials and their lobes, asked of the kernel itself.
import { Document, type Material } from '@gltf-transform/core';
import {
  KHRMaterialsAnisotropy,
  KHRMaterialsClearcoat,
  KHRMaterialsDiffuseTransmission,
  KHRMaterialsIOR,
  KHRMaterialsIridescence,
  KHRMaterialsSheen,
  KHRMaterialsTransmission,
  KHRMaterialsVolume,
} from '@gltf-transform/extensions';
import * as L from '#engine/render/kernel/layout.ts';
import { MaterialTable } from '#engine/render/materials.ts';
import { testKernel } from './scenes.ts';

/** A direction in the frame of the surface, or a colour. */
export type Vector = [number, number, number];

interface Probes {
  run(task: number, thread: number): void;
  probeBsdf(index: number, front: number, x: number, y: number, z: number, minAlpha: number): void;
  probeBsdfEvaluate(x: number, y: number, z: number): void;
  probeBsdfPoint(x: number, y: number, z: number): void;
  probeBsdfSample(u: number, v: number, choice: number): number;
}

let kernel: WebAssembly.Instance;
let memory: WebAssembly.Memory;

/** Where the tests lay tables and one material. */
const TABLES = L.ARENA;
const MATERIAL = L.ARENA + L.PATH_TABLE_BYTES;

/** Starts a kernel with its tables of albedo. Before the first test that asks it for a lobe. */
export async function startProbes(): Promise<void> {
  memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true });
  kernel = new WebAssembly.Instance(await testKernel(), { env: { memory } });
  const view = new DataView(memory.buffer);
  view.setUint32(L.HEADER + L.H_PATH_TABLES, TABLES, true);
  view.setUint32(L.HEADER + L.H_MATERIALS, MATERIAL, true);
  probes().run(L.TASK_PATH_TABLES, 0);
  view.setUint32(L.HEADER + L.H_NEXT, 0, true);
  probes().run(L.TASK_GLASS_TABLE, 0);
}

/** What the kernel exports for tests of lobes. */
export const probes = () => kernel.exports as unknown as Probes;
/** Number `i` of what the last probe found. */
export const result = (i: number) => new DataView(memory.buffer).getFloat32(L.SCRATCH + i * 4, true);

/** What makes a material of a test another than plain white. */
export type Change = (material: Material, document: Document) => void;

/** Writes a white material with `changes` for the kernel. */
export function writeMaterial(roughness: number, ...changes: Change[]): void {
  const document = new Document();
  const material = document.createMaterial().setRoughnessFactor(roughness).setMetallicFactor(0);
  for (const change of changes) change(material, document);
  const table = new MaterialTable();
  table.indexOf(material, false, false);
  table.write(new DataView(memory.buffer), MATERIAL, []);
}

export const metal: Change = (m) => m.setMetallicFactor(1);
export const halfMetal: Change = (m) => m.setMetallicFactor(0.5);
export const coated =
  (roughness: number): Change =>
  (m, d) =>
    m.setExtension(
      'KHR_materials_clearcoat',
      d
        .createExtension(KHRMaterialsClearcoat)
        .createClearcoat()
        .setClearcoatFactor(1)
        .setClearcoatRoughnessFactor(roughness),
    );
export const sheen =
  (roughness: number): Change =>
  (m, d) =>
    m.setExtension(
      'KHR_materials_sheen',
      d
        .createExtension(KHRMaterialsSheen)
        .createSheen()
        .setSheenColorFactor([1, 1, 1])
        .setSheenRoughnessFactor(roughness),
    );
export const anisotropic =
  (strength: number): Change =>
  (m, d) =>
    m.setExtension(
      'KHR_materials_anisotropy',
      d.createExtension(KHRMaterialsAnisotropy).createAnisotropy().setAnisotropyStrength(strength),
    );
export const thin =
  (share: number): Change =>
  (m, d) =>
    m.setExtension(
      'KHR_materials_transmission',
      d.createExtension(KHRMaterialsTransmission).createTransmission().setTransmissionFactor(share),
    );
export const glass =
  (ior: number, share = 1): Change =>
  (m, d) => {
    thin(share)(m, d);
    m.setExtension('KHR_materials_volume', d.createExtension(KHRMaterialsVolume).createVolume().setThicknessFactor(1));
    m.setExtension('KHR_materials_ior', d.createExtension(KHRMaterialsIOR).createIOR().setIOR(ior));
  };
export const translucent: Change = (m, d) =>
  m.setExtension(
    'KHR_materials_diffuse_transmission',
    d.createExtension(KHRMaterialsDiffuseTransmission).createDiffuseTransmission().setDiffuseTransmissionFactor(0.6),
  );
export const filmed: Change = (m, d) =>
  m.setExtension(
    'KHR_materials_iridescence',
    d.createExtension(KHRMaterialsIridescence).createIridescence().setIridescenceFactor(1),
  );

/** Direction at a cosine and an azimuth. */
export function direction(cosine: number, azimuth = 0.6): Vector {
  const s = Math.sqrt(1 - cosine * cosine);
  return [s * Math.cos(azimuth), s * Math.sin(azimuth), cosine];
}

/** Loads the material as it is seen from a side at a cosine and an azimuth, roughened to `minAlpha` at least. */
export function look(cosine: number, front = true, azimuth = 0.6, minAlpha = 0): void {
  probes().probeBsdf(0, front ? 1 : 0, ...direction(cosine, azimuth), minAlpha);
}

/** Points of a Kronecker lattice in the unit cube (Roberts 2018). */
export function* lattice(count: number): Generator<Vector> {
  const g = 1.2207440846057596;
  for (let i = 0; i < count; i++) {
    yield [(0.5 + (i + 1) / g) % 1, (0.5 + (i + 1) / (g * g)) % 1, (0.5 + (i + 1) / (g * g * g)) % 1];
  }
}

/** Mean weight of samples, a channel each: what of a uniform light of 1 reaches the viewer. */
export function albedo(count = 4096): Vector {
  const sum: Vector = [0, 0, 0];
  for (const [u, v, w] of lattice(count)) {
    if (!probes().probeBsdfSample(u, v, w)) continue;
    for (let c = 0; c < 3; c++) sum[c]! += result(c) / count;
  }
  return sum;
}
