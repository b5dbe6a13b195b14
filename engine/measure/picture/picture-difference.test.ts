import { describe, expect, test } from 'vitest';
import { makeCeramicVase } from '#app/samples/ceramic-vase.ts';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import { LIMITS, optimizeFiles } from '../../operations/testing/run.ts';
import { readModel } from '../../process/read-model.ts';
import { measurePictures } from './picture-difference.ts';

const SETTINGS = { views: 4, size: 256 };
const vase = await makeCeramicVase();
const read = async () => (await readModel([{ name: 'vase.glb', bytes: vase }], LIMITS)).document;
const files = [{ name: 'vase.glb', bytes: vase }];

describe('pictures of two models', () => {
  test('are the same for the same model', async () => {
    const same = await measurePictures(await read(), await read(), SETTINGS, await nodeOperationHost.renderer());
    expect(same).toEqual({ ssim: { min: 1, mean: 1 }, ...SETTINGS });
  });

  test('are the less alike the fewer triangles are left', async () => {
    const values: number[] = [];
    for (const ratio of [0.5, 0.1, 0.01]) {
      const { report } = await optimizeFiles(files, { operations: [{ type: 'simplify', ratio }], picture: SETTINGS });
      expect(report.picture!.ssim.min).toBeLessThanOrEqual(report.picture!.ssim.mean);
      values.push(report.picture!.ssim.mean);
    }
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(values[0]).toBeGreaterThan(0.97);
    expect(values[2]).toBeLessThan(0.95);
  });

  test('differ by a colour alone', async () => {
    const other = await read();
    for (const material of other.getRoot().listMaterials()) material.setBaseColorFactor([0, 0, 0, 1]);
    const difference = await measurePictures(await read(), other, SETTINGS, await nodeOperationHost.renderer());
    expect(difference!.ssim.mean).toBeLessThan(0.9);
  });

  test('follow the source where the recipe moves it', async () => {
    const { report } = await optimizeFiles(files, {
      operations: [{ type: 'transform', scale: 10, rotate: [0, 30, 0], translate: [5, 0, 2] }],
      picture: SETTINGS,
    });
    expect(report.picture!.ssim.min).toBeGreaterThan(0.999);
  });

  test('fail a gate, with both figures', async () => {
    const recipe = { operations: [{ type: 'simplify' as const, ratio: 0.005 }], gates: { minSsim: 0.99 } };
    await expect(optimizeFiles(files, recipe)).rejects.toMatchObject({
      code: 'gate_failed',
      errors: [{ pointer: '/gates/minSsim', message: expect.stringMatching(/has 0\.\d+, the limit is 0\.99/) }],
    });
  });

  test('are not drawn where nobody asks', async () => {
    const { report } = await optimizeFiles(files, { operations: [{ type: 'dedupe' }] });
    expect(report.picture).toBeNull();
  });
});
