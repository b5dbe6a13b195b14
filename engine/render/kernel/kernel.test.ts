import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { compileKernel } from '../../../scripts/build-kernel.ts';

test('the committed kernel is what its sources compile to', async () => {
  const committed = await readFile(new URL('kernel.wasm', import.meta.url));
  const compiled = await compileKernel();
  expect(Buffer.from(compiled).equals(committed), 'run `node scripts/build-kernel.ts` and commit kernel.wasm').toBe(
    true,
  );
}, 300_000);
