import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { CORPUS, corpusFile, hasCorpus } from '#test/corpus.ts';
import { cpuTime } from '#test/cpu-time.ts';
import { processModel } from './process-model.ts';
import { validateModel } from './validate-model.ts';

const LIMITS = ModelLimits.parse({});
const SECONDS = 2;

/** Damaged files that can still be shown, and why. */
const SHOWN: Record<string, string> = {
  'corrupt/fuzz.glb': 'a seed for fuzzing: itself a valid textured box',
  'corrupt/index_oob.glb': 'one of two triangles has an index behind the last vertex',
  'corrupt/malformed.obj': 'two of six faces have indices that do not exist',
};

/** Errors that a test below asks for by name. */
const EXPECTED: Record<string, string> = {
  'corrupt/accessor_bomb.glb': 'model_too_large',
  'corrupt/path_traversal.gltf': 'model_resource_unsafe',
  'corrupt/empty.obj': 'model_malformed',
  'corrupt/trunc/knight_draco_t50.glb': 'model_malformed',
  'corrupt/trunc/knight_meshopt_t50.glb': 'model_malformed',
  'corrupt/gltf-invalid/empty_json_chunk.glb': 'model_malformed',
  'corrupt/gltf-invalid/unresolved_channel_sampler.gltf': 'model_invalid',
};

function listCorrupt(): string[] {
  if (!hasCorpus) return [];
  return readdirSync(join(CORPUS, 'corrupt'), { recursive: true, encoding: 'utf8' })
    .map((name) => `corrupt/${name.replaceAll('\\', '/')}`)
    .filter((path) => statSync(join(CORPUS, path)).isFile() && /\.(gltf|glb|obj)$/.test(path))
    .sort();
}

describe.skipIf(!hasCorpus)('hostile files of the corpus', () => {
  it.each(listCorrupt())('%s ends in a clear error or is shown for a reason', async (path) => {
    const bytes = await corpusFile(path);
    const before = process.memoryUsage().rss;
    const start = cpuTime();
    let outcome: unknown;
    try {
      outcome = (await processModel([{ name: basename(path), bytes }], LIMITS)).report.triangles;
    } catch (error) {
      outcome = error;
    }
    expect((cpuTime() - start) / 1000).toBeLessThan(SECONDS);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 ** 2);
    if (path in SHOWN) {
      expect(outcome).toBeGreaterThan(0);
      return;
    }
    expectClearError(outcome);
    if (EXPECTED[path]) expect((outcome as MaquetteError).code).toBe(EXPECTED[path]);
  });

  it('validateModel reports on damaged glTF instead of throwing', async () => {
    for (const path of listCorrupt()) {
      const bytes = await corpusFile(path);
      try {
        const { validation: report } = await validateModel([{ name: basename(path), bytes }], LIMITS);
        for (const issue of report.issues) expect(issue.remedy).not.toBe('');
        if (!(path in SHOWN)) expect(report.errors, path).toBeGreaterThan(0);
      } catch (error) {
        expectClearError(error);
        expect(['format_unknown', 'format_unsupported', 'model_too_large']).toContain((error as MaquetteError).code);
      }
    }
  });
});

/** An error that a client can act on: the input's fault, a place and a remedy. */
function expectClearError(outcome: unknown): void {
  expect(outcome).toBeInstanceOf(MaquetteError);
  const error = outcome as MaquetteError;
  expect(error.fault, error.message).toBe('input');
  expect(error.message.length).toBeGreaterThan(10);
  expect(error.remedy, error.message).toBeTruthy();
  expect(error.where, error.message).toBeTruthy();
}
