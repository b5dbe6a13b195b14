import type { Document } from '@gltf-transform/core';
import { expect } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import type { ModelReport } from '#contracts/model/model-report.ts';
import { measure } from '#engine/describe/measure.ts';
import { writeGlb } from '#engine/formats/gltf/write-glb.ts';
import type { ImportedModel, Importer } from '#engine/formats/imported-model.ts';
import { baseName, type ModelFile } from '#engine/formats/model-file.ts';
import { normalise } from '#engine/formats/normalise.ts';
import { ResourceFiles } from '#engine/formats/resource-files.ts';
import { seededRandom } from '#engine/measure/random.ts';
import { validateGltfBytes } from '#engine/validate/validate-gltf.ts';
import { corpusFile } from './corpus.ts';
import { cpuTime } from './cpu-time.ts';

/** Small enough that a bomb is noticed at once. */
export const TEST_LIMITS: ModelLimits = ModelLimits.parse({
  decodedBytes: 256 * 1024 ** 2,
  fileBytes: 256 * 1024 ** 2,
});

/** An import with what came of it. */
export interface CheckedImport extends ImportedModel {
  document: Document;
  report: ModelReport;
  glb: Uint8Array;
}

/** Imports a file, normalises and writes it, and expects the Khronos validator to find no error. */
export async function checkImport(
  importer: Importer,
  main: ModelFile,
  others: readonly ModelFile[] = [],
  limits: ModelLimits = TEST_LIMITS,
): Promise<CheckedImport> {
  const imported = await importer(main, new ResourceFiles(others), limits);
  normalise(imported.document, main.name);
  const glb = await writeGlb(imported.document);
  const validation = await validateGltfBytes(glb, 'glb', main.name);
  const errors = validation.issues.filter((issue) => issue.severity === 'error');
  expect(errors).toEqual([]);
  const report = measure(imported.document, {
    format: 'test',
    generator: imported.generator,
    extensionsUsed: [],
    fileBytes: main.bytes.byteLength,
    glbBytes: glb.byteLength,
    corrections: imported.corrections,
    validation,
  });
  return { ...imported, report, glb };
}

/** The same for a file of the corpus and its companions. */
export async function checkCorpusImport(
  importer: Importer,
  path: string,
  others: string[] = [],
): Promise<CheckedImport> {
  const companions = others.map(async (other) => ({ name: baseName(other), bytes: await corpusFile(other) }));
  return checkImport(importer, await corpusModel(path), await Promise.all(companions));
}

/** A file of the corpus as a model file. */
export async function corpusModel(path: string): Promise<ModelFile> {
  return { name: baseName(path), bytes: new Uint8Array(await corpusFile(path)) };
}

/** Flips, overwrites, cuts out, repeats or cuts off some bytes. */
export function mutateBytes(bytes: Uint8Array, next: () => number): Uint8Array {
  let out = bytes.slice();
  const edits = 1 + Math.floor(next() * 5);
  for (let i = 0; i < edits && out.length > 0; i++) {
    // Half of the edits go to the head, where formats keep their counts.
    const at = Math.floor(next() * (next() < 0.5 ? Math.min(512, out.length) : out.length));
    const length = 1 + Math.floor(next() * 16);
    const kind = Math.floor(next() * 6);
    if (kind <= 1) out[at] = out[at]! ^ (1 << Math.floor(next() * 8));
    else if (kind === 2) out.fill(next() < 0.5 ? 255 : 0, at, at + 4);
    else if (kind === 3) out[at] = Math.floor(next() * 256);
    else if (kind === 4) out = Uint8Array.from([...out.subarray(0, at), ...out.subarray(at + length)]);
    else out = Uint8Array.from([...out.subarray(0, at + length), ...out.subarray(at)]);
  }
  return next() < 0.1 ? out.slice(0, Math.floor(next() * out.length)) : out;
}

/**
 * Imports seeded mutations of a file. Each must end in a model that the validator accepts or in an error of the input
 * that says something, within five seconds of processor time.
 */
export async function checkMutations(
  importer: Importer,
  main: ModelFile,
  runs: number,
): Promise<{ read: number; refused: number }> {
  const tally = { read: 0, refused: 0 };
  for (let seed = 1; seed <= runs; seed++) {
    const bytes = mutateBytes(main.bytes, seededRandom(seed * 7919 + main.bytes.length));
    const start = cpuTime();
    try {
      await checkImport(importer, { name: main.name, bytes });
      tally.read++;
    } catch (error) {
      const where = `${main.name}, seed ${seed}: ${(error as Error).stack}`;
      expect(error, where).toBeInstanceOf(MaquetteError);
      expect((error as MaquetteError).fault, where).toBe('input');
      expect((error as MaquetteError).message.length, where).toBeGreaterThan(10);
      tally.refused++;
    }
    expect(cpuTime() - start, `${main.name}, seed ${seed}`).toBeLessThan(5000);
  }
  return tally;
}
