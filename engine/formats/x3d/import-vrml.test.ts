import { gzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { processModel } from '#engine/process/process-model.ts';
import { TEST_LIMITS } from '#test/check-import.ts';

const WORLDS = {
  'VRML 1.0': '#VRML V1.0 ascii\nSeparator { Cube { } }',
  VRML97: '#VRML V2.0 utf8\nShape { geometry Box { } }',
};
const packed = (text: string, name: string) => [{ name, bytes: gzipSync(new TextEncoder().encode(text)) }];

describe('VRML that is packed with gzip', () => {
  it.each(Object.entries(WORLDS))('is read as %s', async (_, text) => {
    for (const name of ['cube.wrl', 'CUBE.WRZ']) {
      const { report } = await processModel(packed(text, name), TEST_LIMITS);
      expect(report).toMatchObject({ format: 'vrml', triangles: 12, watertight: true });
    }
  });

  it('is refused where it is damaged, holds something else, or more than may be', async () => {
    const [file] = packed(WORLDS['VRML 1.0'], 'cube.wrl');
    const cut = processModel([{ ...file!, bytes: file!.bytes.subarray(0, -6) }], TEST_LIMITS);
    await expect(cut).rejects.toMatchObject({ code: 'model_malformed', where: 'cube.wrl' });
    const other = processModel(packed('o cube\nv 0 0 0\n', 'cube.wrl'), TEST_LIMITS);
    await expect(other).rejects.toMatchObject({ code: 'format_unsupported' });
    const bomb = packed(`#VRML V1.0 ascii\n${' '.repeat(2 ** 22)}`, 'cube.wrl');
    const limits = ModelLimits.parse({ ...TEST_LIMITS, fileBytes: 2 ** 20 });
    await expect(processModel(bomb, limits)).rejects.toMatchObject({ code: 'model_too_large' });
    // Nothing but the name tells what is packed.
    const nameless = processModel(packed(WORLDS.VRML97, 'cube'), TEST_LIMITS);
    await expect(nameless).rejects.toMatchObject({ code: 'format_unsupported' });
  });
});
