import { expect, it } from 'vitest';
import { requireLibav } from './libav.ts';

it('a platform without FFmpeg is known before anything is drawn, with the package that is missing', () => {
  expect(() => requireLibav()).not.toThrow();
  expect(() => requireLibav('sunos', 'sparc')).toThrow(
    expect.objectContaining({
      code: 'unavailable',
      message: expect.stringContaining('@seydx/node-av-sunos-sparc'),
      remedy: expect.stringMatching(/npm install .* zip of PNG files/),
    }),
  );
});
