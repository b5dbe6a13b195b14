import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentPanorama } from '../environment-panorama.ts';
import { colorDifference } from './ciede2000.ts';
import { contactSheet } from './contact-sheet.ts';
import { flip } from './flip.ts';
import { writeHdr } from './hdr-file.ts';
import { drawWithKhronos, type KhronosJob, khronosMissing } from './khronos-in-chromium.ts';
import { fidelityModels } from './models.ts';
import { type OurPictures, ourPictures } from './our-pictures.ts';
import { meanWithin, over } from './picture.ts';
import { structuralSimilarity } from './ssim.ts';

const WIDTH = 320;
const HEIGHT = 240;
const BACKGROUND = [0.8, 0.8, 0.8] as const;
const root = fileURLToPath(new URL('../../../', import.meta.url));
const CACHE = join(root, 'data/bench/fidelity');
const SHEETS = process.env.SHEETS ?? join(root, 'docs/images/fidelity');

const wanted = process.argv.slice(2);
const models = fidelityModels().filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const panorama = environmentPanorama(await readFile(join(root, 'engine/render/environments/studio.bin')));
const environment = writeHdr(panorama, 512, 256);

const ours = new Map<string, OurPictures>();
const jobs: KhronosJob[] = [];
for (const { name, read, request } of models) {
  const files = await read();
  const pictures = await ourPictures(files, { width: WIDTH, height: HEIGHT, ...request });
  ours.set(name, pictures);
  jobs.push({
    name,
    files,
    camera: pictures.image.camera,
    width: WIDTH,
    height: HEIGHT,
    variant: undefined,
    showEnvironment: false,
  });
}

/** Pictures of the peer are kept: they change only with what is asked for. */
function cachePath(job: KhronosJob): string {
  const hash = createHash('sha256').update(environment);
  for (const { name, bytes } of job.files) hash.update(name).update(bytes);
  const { files: _, ...rest } = job;
  return join(CACHE, `khronos-${job.name}-${hash.update(JSON.stringify(rest)).digest('hex').slice(0, 16)}.rgba`);
}
await mkdir(CACHE, { recursive: true });
const missing = jobs.filter((job) => !existsSync(cachePath(job)));
const reason = khronosMissing();
if (reason) console.log(`The Khronos renderer is left out: ${reason}.`);
else if (missing.length > 0)
  await drawWithKhronos(missing, environment, async (job, rgba) => writeFile(cachePath(job), rgba));

await mkdir(SHEETS, { recursive: true });
for (const job of jobs) {
  if (!existsSync(cachePath(job))) continue;
  const { image, withoutOcclusion } = ours.get(job.name)!;
  const theirs = new Uint8Array(await readFile(cachePath(job)));
  const mask = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => image.data[i * 4 + 3]! | theirs[i * 4 + 3]!);
  const picture = (rgba: Uint8Array) => over(rgba, WIDTH, HEIGHT, BACKGROUND);
  const reference = picture(theirs);
  const measure = (rgba: Uint8Array) => {
    const test = picture(rgba);
    return [
      meanWithin(structuralSimilarity(reference, test), mask).toFixed(3),
      meanWithin(colorDifference(reference, test), mask).toFixed(2),
      meanWithin(flip(reference, test), mask).toFixed(3),
    ];
  };
  console.log(job.name.padEnd(24), ...measure(image.data), '  without occlusion', ...measure(withoutOcclusion));
  const sheet = await contactSheet(
    [
      { title: `${job.name}: Maquette preview`, picture: picture(image.data) },
      { title: 'Khronos sample renderer', picture: reference },
    ],
    flip(reference, picture(withoutOcclusion)),
  );
  await writeFile(join(SHEETS, `${job.name}.webp`), sheet);
}
