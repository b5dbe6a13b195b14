import { describe, expect, it } from 'vitest';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { processModel } from '#engine/process/process-model.ts';
import { SAMPLES } from './samples.ts';

describe('sample models', () => {
  let total = 0;

  it.each(SAMPLES)('$name is valid without errors or warnings, and the same each time', async ({ fileName, make }) => {
    const bytes = await make();
    total += bytes.byteLength;
    const { report } = await processModel([{ name: fileName, bytes }], ModelLimits.parse({}));
    expect(report.validation).toMatchObject({ errors: 0, warnings: 0 });
    expect(report.corrections).toEqual([]);
    expect(report.triangles).toBeGreaterThan(5000);
    const size = report.bounds!.max.map((value, axis) => value - report.bounds!.min[axis]!);
    // Things for a table: between ten centimetres and a metre.
    expect(Math.max(...size)).toBeGreaterThan(0.1);
    expect(Math.max(...size)).toBeLessThan(1);
    expect(Buffer.compare(await make(), bytes)).toBe(0);
  });

  it('take less than 6 MB together', () => {
    expect(total).toBeGreaterThan(1e6);
    expect(total).toBeLessThan(6e6);
  });
});
