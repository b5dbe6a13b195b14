import { expect, test } from 'vitest';
import { iccProfile } from './icc-profile.ts';

/** Colorants adapted to D50 as published: Lindbloom's table for sRGB, Apple's profile for Display P3. */
test.each([
  ['srgb', 'rXYZ', [0.4360747, 0.2225045, 0.0139322]],
  ['srgb', 'gXYZ', [0.3850649, 0.7168786, 0.0971045]],
  ['srgb', 'bXYZ', [0.1430804, 0.0606169, 0.7141733]],
  ['display-p3', 'rXYZ', [0.51512, 0.2412, -0.00105]],
  ['display-p3', 'gXYZ', [0.29198, 0.69225, 0.04189]],
  ['display-p3', 'bXYZ', [0.1571, 0.06657, 0.78407]],
] as const)('%s: %s', (space, tag, expected) => {
  const profile = iccProfile(space);
  const view = new DataView(profile.buffer);
  expect(view.getUint32(0)).toBe(profile.length);
  for (let i = 0; i < view.getUint32(128); i++) {
    if (new TextDecoder().decode(profile.subarray(132 + i * 12, 136 + i * 12)) !== tag) continue;
    const at = view.getUint32(136 + i * 12) + 8;
    expected.forEach((value, c) => {
      expect(Math.abs(view.getInt32(at + c * 4) / 65536 - value)).toBeLessThan(3e-4);
    });
    return;
  }
  expect.fail(`no ${tag}`);
});
