import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENGINE_VERSION } from '#contracts/jobs/derivative-key.ts';
import { keepResult } from '../../machine.ts';
import { environmentPanorama } from '../environment-panorama.ts';
import { colorDifference } from './ciede2000.ts';
import { contactSheet } from './contact-sheet.ts';
import { BOUNCES, CYCLES_SAMPLES, cyclesMissing, drawWithCycles } from './cycles.ts';
import { flip } from './flip.ts';
import { writeHdr } from './hdr-file.ts';
import { drawWithKhronos, type KhronosJob, khronosMissing } from './khronos-in-chromium.ts';
import { fidelityModels } from './models.ts';
import { ourPathTraced, ourPreview, type Preview } from './our-pictures.ts';
import { meanWithin, over, type Picture } from './picture.ts';
import { type Difference, fidelityPage, type Measured, unexplained } from './report.ts';
import { structuralSimilarity } from './ssim.ts';

/**
 * Compares our pictures with those of the Khronos glTF Sample Renderer and of Blender Cycles:
 *
 *   node bench/render/fidelity/compare.ts [MODEL …]
 *
 * With names of models only their figures are printed and their sheets written; without, the results and the page are
 * written too. Fails where a difference above the threshold has no explanation.
 */
const WIDTH = 320;
const HEIGHT = 240;
const BACKGROUND = [0.8, 0.8, 0.8] as const;
const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Pictures that take long are kept here (a folder that git ignores), named after all that they depend on. */
const KEPT = join(root, 'data/bench/fidelity');
const SHEETS = join(root, 'docs/images/fidelity');

const wanted = process.argv.slice(2);
const models = fidelityModels().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const panorama = environmentPanorama(await readFile(join(root, 'engine/render/environments/studio.bin')));
const environment = writeHdr(panorama, 512, 256);

interface Work {
  preview: Preview;
  job: KhronosJob;
}
const work = new Map<string, Work>();
for (const { name, read, request } of models) {
  const files = await read();
  const preview = await ourPreview(files, { width: WIDTH, height: HEIGHT, ...request });
  const { camera } = preview.image;
  const job = { name, files, camera, width: WIDTH, height: HEIGHT, variant: undefined, showEnvironment: false };
  work.set(name, { preview, job });
}

function keptPath(by: string, job: KhronosJob, more: string | Uint8Array = ''): string {
  const hash = createHash('sha256').update(environment);
  for (const { name, bytes } of job.files) hash.update(name).update(bytes);
  const { files: _, ...rest } = job;
  hash.update(JSON.stringify(rest)).update(more);
  return join(KEPT, `${by}-${job.name}-${hash.digest('hex').slice(0, 16)}.rgba`);
}
const kept = async (path: string) => (existsSync(path) ? new Uint8Array(await readFile(path)) : undefined);
const settings = `${CYCLES_SAMPLES} ${BOUNCES}`;

await mkdir(KEPT, { recursive: true });
const jobs = [...work.values()].map(({ job }) => job);
const noKhronos = khronosMissing();
if (noKhronos) console.log(`The Khronos renderer is left out: ${noKhronos}.`);
else {
  const missing = jobs.filter((job) => !existsSync(keptPath('khronos', job)));
  if (missing.length > 0)
    await drawWithKhronos(missing, environment, (job, rgba) => writeFile(keptPath('khronos', job), rgba));
}
const pathTraced = models.filter(({ cycles }) => cycles).map(({ name }) => work.get(name)!.job);
const noCycles = cyclesMissing();
if (noCycles) console.log(`Cycles is left out: ${noCycles}.`);
else {
  const missing = pathTraced.filter((job) => !existsSync(keptPath('cycles', job, settings)));
  const drawn = missing.length > 0 ? await drawWithCycles(missing, environment) : new Map<string, Uint8Array>();
  for (const job of missing) {
    const rgba = drawn.get(job.name);
    if (rgba) await writeFile(keptPath('cycles', job, settings), rgba);
  }
}
for (const { name, read, request } of models.filter(({ cycles }) => cycles)) {
  const path = keptPath('path', work.get(name)!.job, `${settings} ${ENGINE_VERSION}`);
  if (existsSync(path)) continue;
  const asked = { width: WIDTH, height: HEIGHT, ...request, bounces: BOUNCES };
  await writeFile(path, await ourPathTraced(await read(), asked, CYCLES_SAMPLES));
}

await mkdir(SHEETS, { recursive: true });
const measured: Measured[] = [];
for (const { name, shows, cycles } of models) {
  const { preview, job } = work.get(name)!;
  const picture = (rgba: Uint8Array) => over(rgba, WIDTH, HEIGHT, BACKGROUND);
  const compare = (reference: Uint8Array | undefined, test: Uint8Array | undefined): Difference | undefined => {
    if (!reference || !test) return undefined;
    const mask = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => reference[i * 4 + 3]! | test[i * 4 + 3]!);
    const [a, b] = [picture(reference), picture(test)];
    return {
      ssim: meanWithin(structuralSimilarity(a, b), mask),
      deltaE: meanWithin(colorDifference(a, b), mask),
      flip: meanWithin(flip(a, b), mask),
    };
  };
  const khronos = await kept(keptPath('khronos', job));
  const theirs = cycles ? await kept(keptPath('cycles', job, settings)) : undefined;
  const traced = cycles ? await kept(keptPath('path', job, `${settings} ${ENGINE_VERSION}`)) : undefined;
  const rounded = (d: Difference | undefined) =>
    d && { ssim: Number(d.ssim.toFixed(4)), deltaE: Number(d.deltaE.toFixed(3)), flip: Number(d.flip.toFixed(4)) };
  const found = Object.entries({
    khronos: rounded(compare(khronos, preview.image.data)),
    khronosWithoutOcclusion: rounded(compare(khronos, preview.withoutOcclusion)),
    path: rounded(compare(traced, preview.image.data)),
    cycles: rounded(compare(theirs, traced)),
  }).filter(([, d]) => d);
  measured.push({ model: name, shows, ...Object.fromEntries(found) });
  console.log(name.padEnd(24), ...found.map(([key, d]) => `${key} ${d!.ssim} ${d!.deltaE} ${d!.flip}  `));

  const parts: { title: string; picture: Picture }[] = [
    { title: `${name}: preview`, picture: picture(preview.image.data) },
  ];
  if (khronos) parts.push({ title: 'Khronos', picture: picture(khronos) });
  const reference = khronos ?? preview.image.data;
  const difference = flip(picture(reference), picture(preview.withoutOcclusion));
  const after: { title: string; picture: Picture }[] = [];
  if (traced) after.push({ title: 'path tracer', picture: picture(traced) });
  if (theirs) after.push({ title: 'Cycles', picture: picture(theirs) });
  await writeFile(join(SHEETS, `${name}.webp`), await contactSheet(parts, difference, after));
}

if (wanted.length === 0) {
  const peers = { khronos: noKhronos ?? '@khronosgroup/gltf-viewer 1.1', cycles: noCycles ?? 'Blender Cycles' };
  const what = 'SSIM, mean CIEDE2000 and mean FLIP over the pixels of the model, 320 × 240';
  await keepResult(join(root, 'bench/render/results/fidelity.json'), { what, peers, settings, measured });
  await writeFile(join(root, 'docs/fidelity.md'), fidelityPage(measured));
}
const open = unexplained(measured);
if (open.length > 0) {
  console.error(`Not explained: ${open.join(', ')}.`);
  process.exitCode = 1;
}
