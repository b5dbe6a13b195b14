import { unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { detectFormat } from '#engine/formats/detect-format.ts';
import type { Importer } from '#engine/formats/imported-model.ts';
import { ResourceFiles } from '#engine/formats/resource-files.ts';
import { seededRandom } from '#engine/measure/random.ts';
import { processModel } from '#engine/process/process-model.ts';
import { checkImport, checkMutations, TEST_LIMITS } from '#test/check-import.ts';
import { importPly } from '../ply/import-ply.ts';
import { importKsplat } from './import-ksplat.ts';
import { importSog } from './import-sog.ts';
import { SH_C0 } from './splat-cloud.ts';
import { type TestSplat, writeCompressedPly, writeKsplat, writeSog } from './testing/write-splats.ts';

const next = seededRandom(11);
const between = (low: number, high: number): number => low + next() * (high - low);
const triple = (low: number, high: number): [number, number, number] => [
  between(low, high),
  between(low, high),
  between(low, high),
];

const SPLATS: TestSplat[] = Array.from({ length: 300 }, () => {
  const q = Array.from({ length: 4 }, () => between(-1, 1));
  const length = Math.hypot(...q);
  return {
    position: triple(-3.9, 3.9),
    scale: triple(0.01, 0.5),
    rotation: q.map((v) => v / length) as TestSplat['rotation'],
    color: triple(0, 1),
    opacity: between(0.1, 0.9),
    harmonics: [triple(-1, 1), triple(-1, 1), triple(-1, 1)],
  };
});

interface Case {
  name: string;
  importer: Importer;
  bytes: Uint8Array;
  /** How far positions, scales (relative), rotations, colours and harmonics may be off. */
  off: { position: number; scale: number; rotation: number; color: number; harmonic: number };
}

const CASES: Case[] = [
  ...([0, 1, 2] as const).map((level) => ({
    name: `level-${level}.ksplat`,
    importer: importKsplat,
    bytes: writeKsplat(SPLATS, level),
    off: {
      position: level === 0 ? 1e-6 : 1e-4,
      scale: 1e-3,
      rotation: 1e-3,
      color: 0.01,
      harmonic: [1e-6, 1e-3, 0.01][level]!,
    },
  })),
  ...(await Promise.all(
    ([1, 2] as const).map(async (version) => ({
      name: `version-${version}.sog`,
      importer: importSog,
      bytes: await writeSog(SPLATS, version),
      off: { position: 1e-3, scale: 0.02, rotation: 0.01, color: 0.02, harmonic: 0.01 },
    })),
  )),
  {
    name: 'scene.compressed.ply',
    importer: importPly,
    bytes: writeCompressedPly(SPLATS),
    off: { position: 0.005, scale: 0.005, rotation: 0.002, color: 0.01, harmonic: 0.035 },
  },
];

describe.each(CASES)('$name', ({ name, importer, bytes, off }) => {
  it('gives each splat as it was, half a turn about X', async () => {
    const { document, report } = await checkImport(importer, { name, bytes });
    expect(report.splats).toBe(300);
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    const read = (semantic: string) =>
      primitive.getAttribute(semantic === 'POSITION' ? semantic : `KHR_gaussian_splatting:${semantic}`)!.getArray()!;
    const [positions, scales, rotations, opacities, dc] = [
      'POSITION',
      'SCALE',
      'ROTATION',
      'OPACITY',
      'SH_DEGREE_0_COEF_0',
    ].map(read);
    const worst = { position: 0, scale: 0, rotation: 0, color: 0, harmonic: 0 };
    const note = (kind: keyof typeof worst, value: number): void => {
      worst[kind] = Math.max(worst[kind], value);
    };
    for (const [i, splat] of SPLATS.entries()) {
      const [w, x, y, z] = splat.rotation;
      // (1, 0, 0, 0) * q, as x, y, z, w.
      const turned = [w, -z, y, -x];
      note('rotation', 1 - Math.abs(turned.reduce((sum, v, k) => sum + v * rotations![i * 4 + k]!, 0)));
      note('color', Math.abs(opacities![i]! - splat.opacity));
      for (let k = 0; k < 3; k++) {
        note('position', Math.abs(positions![i * 3 + k]! - splat.position[k]! * (k === 0 ? 1 : -1)));
        note('scale', Math.abs(scales![i * 3 + k]! / splat.scale[k]! - 1));
        note('color', Math.abs(dc![i * 3 + k]! * SH_C0 + 0.5 - splat.color[k]!));
        // Degree 1 holds y, z and x: half a turn about X changes the sign of the first two.
        for (let c = 0; c < 3; c++) {
          const value = read(`SH_DEGREE_1_COEF_${c}`)[i * 3 + k]! * (c === 2 ? 1 : -1);
          note('harmonic', Math.abs(value - splat.harmonics[c]![k]!));
        }
      }
    }
    for (const kind of Object.keys(off) as (keyof typeof off)[]) expect(worst[kind], kind).toBeLessThan(off[kind]);
  });

  it('is known by its content', () => {
    expect(detectFormat(bytes, name)).toMatchObject({ kind: 'model', format: name.split('.').at(-1) });
  });

  it('cut off anywhere ends in an error that names the file and what to do', async () => {
    for (const share of [0.02, 0.3, 0.7, 0.999]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      const error: MaquetteError = await importer({ name, bytes: cut }, new ResourceFiles([]), TEST_LIMITS).then(
        () => expect.fail(`accepted at ${share}`),
        (thrown: MaquetteError) => thrown,
      );
      expect(error).toMatchObject({ code: 'model_malformed', remedy: expect.stringMatching(/again/) });
      expect(error.where).toContain(name);
    }
  });

  it('100 mutations end in a model or an error of the input', async () => {
    await checkMutations(importer, { name, bytes }, 100);
  });
});

describe('SOG', () => {
  const archive = CASES.find(({ name }) => name === 'version-2.sog')!.bytes;

  it('is read from files beside each other and from a plain archive with a folder', async () => {
    const files = Object.entries(unzipSync(archive));
    const beside = files.map(([name, bytes]) => ({ name, bytes }));
    expect((await processModel(beside, TEST_LIMITS)).report).toMatchObject({ format: 'sog', splats: 300 });
    const nested = zipSync(Object.fromEntries(files.map(([name, bytes]) => [`scan/${name}`, bytes])));
    expect((await processModel([{ name: 'scan.zip', bytes: nested }], TEST_LIMITS)).report.splats).toBe(300);
  });

  it('says which image is missing, and what of the description is wrong', async () => {
    const { 'quats.webp': _, ...rest } = unzipSync(archive);
    await expect(processModel([{ name: 'a.sog', bytes: zipSync(rest) }], TEST_LIMITS)).rejects.toMatchObject({
      code: 'model_resource_missing',
      message: expect.stringContaining('quats.webp'),
    });
    const meta = JSON.parse(new TextDecoder().decode(unzipSync(archive)['meta.json']));
    const changed = zipSync({
      ...unzipSync(archive),
      'meta.json': new TextEncoder().encode(JSON.stringify({ ...meta, count: 1e9 })),
    });
    await expect(processModel([{ name: 'a.sog', bytes: changed }], TEST_LIMITS)).rejects.toThrow(
      /has 18 × 18 pixels for 1,000,000,000 splats/,
    );
  });
});
