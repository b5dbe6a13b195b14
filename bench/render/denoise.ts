import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { NodeIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { SAMPLES as MODELS } from '#app/samples/samples.ts';
import { Denoise, ImageRequest } from '#contracts/render/image-request.ts';
import { openRenderSession } from '#engine/render/render-session.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import { keepResult } from '../machine.ts';

/**
 * What the denoisers leave of the noise: the sample models by path tracing, each in another light, with few samples as
 * they are and denoised, against a picture of many. The error is the root mean square of the difference of display
 * values, 0 to 255, before white. Writes the table of docs/rendering.md, too.
 *
 *   node bench/render/denoise.ts [REFERENCE_SAMPLES] [WIDTH] [HEIGHT]
 */
const [referenceSamples = 4096, width = 200, height = 150] = process.argv.slice(2).map(Number);
const SAMPLES = [8, 32, 128];
const KINDS = Denoise.options;
const ENVIRONMENTS = ['studio', 'warehouse', 'sunset', 'night', 'forest'] as const;
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function rootMeanSquare(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (i % 4 !== 3) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum / ((a.length / 4) * 3));
}

/** Of a model: the error by number of samples and denoiser. */
type Errors = Record<string, Record<string, number>>;

async function measure(index: number): Promise<Errors> {
  const host = createNodeRenderHost({ threads: availableParallelism() });
  const document = await new NodeIO().registerExtensions(ALL_EXTENSIONS).readBinary(await MODELS[index]!.make());
  const session = openRenderSession(document, host);
  const draw = async (samples: number, denoise: Denoise, seed: number) => {
    const fields = { integrator: 'path', background: '#ffffff', ground: 'shadow', noiseThreshold: 0 };
    const request = { ...fields, width, height, environment: ENVIRONMENTS[index], samples, denoise, seed };
    return (await session.render(ImageRequest.parse(request))).data;
  };
  const reference = await draw(referenceSamples, 'off', 1);
  const errors: Errors = {};
  for (const samples of SAMPLES) {
    errors[samples] = {};
    for (const kind of KINDS)
      errors[samples]![kind] = Number(rootMeanSquare(await draw(samples, kind, 0), reference).toFixed(2));
  }
  session.close();
  await host.close();
  return errors;
}

/** The table of the documentation: a row a model, a column a denoiser and number of samples. */
function tableOf(results: Record<string, Errors>): string {
  const columns = SAMPLES.flatMap((samples) => KINDS.map((kind) => ({ samples, kind })));
  const rows = Object.entries(results).map(([name, errors]) => {
    const cells = columns.map(({ samples, kind }) => errors[samples]![kind]!.toFixed(1));
    return `| ${[name, ...cells].join(' | ')} |`;
  });
  const heads = columns.map(({ samples, kind }) => `${samples}, \`${kind}\``);
  return [`| Samples | ${heads.join(' | ')} |`, `| --- |${' --: |'.repeat(columns.length)}`, ...rows].join('\n');
}

const results: Record<string, Errors> = {};
for (const [index, { name }] of MODELS.entries()) {
  const place = `${name}, \`${ENVIRONMENTS[index]}\``;
  results[place] = await measure(index);
  console.error(place, JSON.stringify(results[place]));
}
await keepResult(here('results/denoise.json'), {
  what: `root mean square error of display values, 0 to 255, against ${referenceSamples} samples, ${width} × ${height}, ground with a shadow, before white`,
  errors: results,
});
const page = here('../../docs/rendering.md');
const text = await readFile(page, 'utf8');
const marked = /(<!-- bench\/render\/denoise.ts -->\n)[\s\S]*?(\n<!-- \/ -->)/;
if (!marked.test(text)) throw new Error(`${page} has no place for the table`);
await writeFile(
  page,
  text.replace(marked, (_, before, after) => `${before}${tableOf(results)}${after}`),
);
