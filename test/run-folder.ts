import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The variable that names the folder of one run of the tests: what several files share, made by the first that needs it. */
export const RUN_FOLDER = 'MAQUETTE_TEST_FOLDER';

/** Vitest calls it before a run and what it returns after it; the workers inherit the environment. */
export default async function setUp(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'maquette-tests-'));
  process.env[RUN_FOLDER] = folder;
  return () => rm(folder, { recursive: true, force: true });
}
