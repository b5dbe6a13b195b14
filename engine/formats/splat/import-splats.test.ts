import type { Document } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { createGltfIo } from '#engine/formats/gltf/gltf-io.ts';
import { checkCorpusImport, checkImport, checkMutations, corpusModel } from '#test/check-import.ts';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { importPly } from '../ply/import-ply.ts';
import { importSplat } from './import-splat.ts';
import { importSpz } from './import-spz.ts';
import { createSplatCloud, turnHalfAboutX } from './splat-cloud.ts';

const EXTENSION = 'KHR_gaussian_splatting';

function attribute(document: Document, semantic: string): Float32Array {
  return document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute(semantic)!.getArray() as Float32Array;
}

/** Real spherical harmonics of degrees 0 to 2 without their constant factors, in the usual order. */
function basis(x: number, y: number, z: number): number[] {
  return [1, y, z, x, x * y, y * z, 2 * z * z - x * x - y * y, x * z, x * x - y * y];
}

describe('turnHalfAboutX', () => {
  it('keeps the colour that harmonics give to a direction that turns along', () => {
    const cloud = createSplatCloud(1, 2);
    for (const [index, values] of cloud.harmonics.entries()) values.fill(index + 1);
    cloud.rotations[3] = 1;
    const before = cloud.harmonics.map((values) => values[0]!);
    turnHalfAboutX(cloud);
    const sum = (c: number[], b: number[]) => c.reduce((total, value, i) => total + value * b[i]!, 0);
    const after = cloud.harmonics.map((values) => values[0]!);
    expect(sum(after, basis(0.2, -0.5, -0.7))).toBeCloseTo(sum(before, basis(0.2, 0.5, 0.7)), 6);
    expect(Array.from(cloud.rotations)).toEqual([1, -0, 0, -0]);
  });
});

describe('importSplat', () => {
  it('refuses a file that ends inside a splat', async () => {
    await expect(checkImport(importSplat, { name: 'a.splat', bytes: new Uint8Array(40) })).rejects.toThrow(
      /ends inside splat 1/,
    );
  });
});

describe.skipIf(!hasCorpus)('splats of the corpus', () => {
  it('a trained PLY has the values of the GLB that another converter made of it, half a turn about Y apart', async () => {
    const { document, report, glb } = await checkCorpusImport(importPly, 'splat/sphere_3dgs.ply');
    expect(report.splats).toBe(8000);
    const reference = await createGltfIo([EXTENSION]).readBinary(
      new Uint8Array(await corpusFile('splat/sphere_3dgs.glb')),
    );
    const [a, b] = [document, reference].map((d) => attribute(d, 'POSITION'));
    // The other converter wrote the splats in the same order.
    for (let i = 0; i < 300; i++) {
      expect(a![i]).toBeCloseTo(i % 3 === 1 ? b![i]! : -b![i]!, 5);
    }
    for (const semantic of ['SCALE', 'OPACITY', 'SH_DEGREE_0_COEF_0']) {
      const [x, y] = [document, reference].map((d) => attribute(d, `${EXTENSION}:${semantic}`));
      for (let i = 0; i < 300; i++) expect(x![i]).toBeCloseTo(y![i]!, 5);
    }
    // The extension survives writing and reading.
    const again = await createGltfIo([EXTENSION]).readBinary(glb);
    expect(attribute(again, `${EXTENSION}:ROTATION`).length).toBe(32000);
  });

  it('SPZ of the same splats has the same axes: every splat has its neighbour in the PLY', async () => {
    const spz = await checkCorpusImport(importSpz, 'splat/sphere_3dgs.spz');
    const ply = await checkCorpusImport(importPly, 'splat/sphere_3dgs.ply');
    expect(spz.report.splats).toBe(8000);
    const [a, b] = [attribute(spz.document, 'POSITION'), attribute(ply.document, 'POSITION')];
    const [c, d] = [spz, ply].map(({ document }) => attribute(document, `${EXTENSION}:SH_DEGREE_0_COEF_0`));
    for (let i = 0; i < 200; i++) {
      let best = Infinity;
      let at = 0;
      for (let j = 0; j < 8000; j++) {
        const distance = Math.hypot(
          a[i * 3]! - b[j * 3]!,
          a[i * 3 + 1]! - b[j * 3 + 1]!,
          a[i * 3 + 2]! - b[j * 3 + 2]!,
        );
        if (distance < best) [best, at] = [distance, j];
      }
      expect(best).toBeLessThan(0.001);
      for (let k = 0; k < 3; k++) expect(Math.abs(c![i * 3 + k]! - d![at * 3 + k]!)).toBeLessThan(0.03);
    }
  });

  it.each([
    ['splat/minimal-v2.spz', 4],
    ['splat/minimal-v4.spz', 4],
  ])('%s has %d splats', async (path, splats) => {
    const { report, document } = await checkCorpusImport(importSpz, path);
    expect(report.splats).toBe(splats);
    for (const scale of attribute(document, `${EXTENSION}:SCALE`)) expect(scale).toBeCloseTo(0.1, 1);
  });

  it('minimal.splat has 4 splats', async () => {
    const { report, document } = await checkCorpusImport(importSplat, 'splat/minimal.splat');
    expect(report.splats).toBe(4);
    for (const opacity of attribute(document, `${EXTENSION}:OPACITY`)) expect(opacity).toBeCloseTo(0.902, 2);
  });

  it.each([
    ['corrupt/trunc/sphere_3dgs_flip.spz', /damaged/],
    ['corrupt/trunc/sphere_3dgs_t50.spz', /Stream 0 declares/],
  ])('%s is refused', async (path, message) => {
    await expect(checkCorpusImport(importSpz, path)).rejects.toThrow(message);
  });

  it.each(['splat/minimal-v2.spz', 'splat/minimal-v4.spz'])('150 mutations of %s', async (path) => {
    expect((await checkMutations(importSpz, await corpusModel(path), 150)).refused).toBeGreaterThan(50);
  });
});
