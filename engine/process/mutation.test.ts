import { describe, expect, it } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { seededRandom } from '#engine/measure/random.ts';
import { CORPUS, corpusFile, hasCorpus } from '#test/corpus.ts';
import { cpuTime } from '#test/cpu-time.ts';
import { processModel } from './process-model.ts';

const LIMITS = ModelLimits.parse({
  decodedBytes: 64 * 1024 ** 2,
  texturePixels: 4096 * 4096,
  fileBytes: 64 * 1024 ** 2,
});

/** Small files of each kind, so that some hundred runs stay quick. */
const SEEDS = [
  'gltf/BoxMeshopt.glb',
  'corrupt/index_oob.glb',
  'corrupt/fuzz.glb',
  'obj/cube_with_vertexcolors.obj',
  'obj/concave_polygon.obj',
  'gltf/03_all_animations/03_all_animations.gltf',
  'gltf/khr-meshopt/meshopt-no-fallback.gltf',
  'gltf/BoxDraco/BoxDraco.gltf',
];
const RUNS = 60;

/** Flips, overwrites, removes or repeats some bytes, or changes numbers in the JSON to awkward ones. */
function mutate(bytes: Uint8Array, next: () => number): Uint8Array {
  const out = Array.from(bytes);
  const edits = 1 + Math.floor(next() * 6);
  const awkward = ['-1', '0', '1e9', '4294967296', '99999', 'null', '"a"', '[]', '{}', '0.5', 'true'];
  for (let i = 0; i < edits; i++) {
    const at = Math.floor(next() * out.length);
    const kind = Math.floor(next() * 5);
    if (kind === 0) out[at] = out[at]! ^ (1 << Math.floor(next() * 8));
    else if (kind === 1) out[at] = Math.floor(next() * 256);
    else if (kind === 2) out.splice(at, 1 + Math.floor(next() * 8));
    else if (kind === 3) out.splice(at, 0, ...out.slice(at, at + Math.floor(next() * 32)));
    else {
      const digit = out.findIndex((byte, index) => index >= at && byte >= 0x30 && byte <= 0x39);
      const word = awkward[Math.floor(next() * awkward.length)]!;
      if (digit >= 0) out.splice(digit, 1, ...Array.from(word, (letter) => letter.charCodeAt(0)));
    }
  }
  return Uint8Array.from(out);
}

describe.skipIf(!hasCorpus)('mutated files', () => {
  it.each(SEEDS)(`%s: ${RUNS} mutations end in a model or an error of the input`, async (path) => {
    const original = await corpusFile(path);
    const folder = path.slice(0, path.lastIndexOf('/'));
    const companions = [];
    if (path.endsWith('.gltf')) {
      for (const buffer of JSON.parse(original.toString()).buffers) {
        if (buffer.uri) companions.push({ name: buffer.uri, bytes: await corpusFile(`${folder}/${buffer.uri}`) });
      }
    }
    for (let seed = 1; seed <= RUNS; seed++) {
      const next = seededRandom(seed * 7919 + path.length);
      const files = [{ name: path.slice(folder.length + 1), bytes: mutate(original, next) }];
      for (const file of companions)
        files.push({ name: file.name, bytes: next() < 0.3 ? mutate(file.bytes, next) : file.bytes });
      const start = cpuTime();
      try {
        const { report } = await processModel(files, LIMITS);
        if (report.bounds)
          for (const value of [...report.bounds.min, ...report.bounds.max]) expect(Number.isFinite(value)).toBe(true);
      } catch (error) {
        const known = MaquetteError.from(error);
        expect(known.fault, `${path} in ${CORPUS}, seed ${seed}: ${known.message}\n${(error as Error).stack}`).toBe(
          'input',
        );
      }
      expect(cpuTime() - start, `${path}, seed ${seed}`).toBeLessThan(2000);
    }
  });
});
