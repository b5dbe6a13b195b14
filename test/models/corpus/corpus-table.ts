import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import type { ModelFile } from '#engine/formats/model-file.ts';
import { processModel } from '#engine/process/process-model.ts';
import { CORPUS, corpusFile } from '../../corpus.ts';

/** What came of a file: what was counted in it, or the code of the error that it ended in. */
const CorpusCounts = z.object({
  outcome: z.string(),
  triangles: z.int().optional(),
  materials: z.int().optional(),
  textures: z.int().optional(),
  joints: z.int().optional(),
  clips: z.int().optional(),
  /** Points, lines or splats, where there are no triangles. */
  others: z.string().optional(),
});

/** A file with what it is expected to come to. */
const CorpusExpectation = CorpusCounts.extend({
  file: z.string(),
  /** Why a second importer counts otherwise. */
  note: z.string().optional(),
});

/** Triangles that other programs' importers count: see `count-in-others.py`. */
const SecondCounts = z.record(z.string(), z.object({ program: z.string(), triangles: z.int() }));

export type CorpusCounts = z.infer<typeof CorpusCounts>;
export type CorpusExpectation = z.infer<typeof CorpusExpectation>;

const HERE = join(process.cwd(), 'test/models/corpus');
export const EXPECTATIONS_FILE = join(HERE, 'expectations.json');

export function readExpectations(): CorpusExpectation[] {
  return z.array(CorpusExpectation).parse(JSON.parse(readFileSync(EXPECTATIONS_FILE, 'utf8')));
}

export function readSecondCounts(): z.infer<typeof SecondCounts> {
  return SecondCounts.parse(JSON.parse(readFileSync(join(HERE, 'second-importer.json'), 'utf8')));
}

/** What stands beside models, and is no model itself. */
const BESIDE = /\.(bin|png|jpe?g|webp|tga|mtl|hdr|exr|ktx2)$/i;
/** Formats that refer to other files. */
const REFERRING = new Set(['.gltf', '.obj', '.dae', '.3ds']);
/** Of those that seldom do, the ones that do. */
const COMPANIONS: Record<string, string[]> = { 'gltf/character.glb': ['Textures/colormap.png'] };

/** Every model of the corpus, sound or hostile, by its path. */
export function listCorpusModels(): string[] {
  const [, ...lines] = readFileSync(join(CORPUS, 'index.csv'), 'utf8').trim().split('\n');
  return lines
    .map((line) => line.slice(0, line.indexOf(',')))
    .filter((file) => file.startsWith('corrupt/') || !BESIDE.test(file))
    .sort();
}

/** The model with what is beside it, as a client would upload it. */
async function filesOf(path: string): Promise<ModelFile[]> {
  const folder = dirname(path);
  const beside = REFERRING.has(extname(path).toLowerCase())
    ? readdirSync(join(CORPUS, folder)).filter((name) => BESIDE.test(name))
    : (COMPANIONS[path] ?? []);
  const names = [basename(path), ...beside.filter((name) => name !== basename(path)).sort()];
  return Promise.all(names.map(async (name) => ({ name, bytes: await corpusFile(join(folder, name)) })));
}

/** Imports a file of the corpus as an upload, with the default limits, and counts what came out. */
export async function countCorpusModel(path: string): Promise<CorpusCounts> {
  try {
    const { report } = await processModel(await filesOf(path), ModelLimits.parse({}));
    const others = (['points', 'lines', 'splats'] as const)
      .filter((name) => report[name] > 0)
      .map((name) => `${report[name].toLocaleString('en-GB')} ${name}`);
    return {
      outcome: 'read',
      triangles: report.triangles,
      materials: report.materials.length,
      textures: report.textures.length,
      joints: report.skins.reduce((sum, skin) => sum + skin.joints, 0),
      clips: report.animations.length,
      ...(others.length > 0 && { others: others.join(', ') }),
    };
  } catch (thrown) {
    return { outcome: MaquetteError.from(thrown).code };
  }
}

/** The table for the documentation. */
export function corpusTable(expectations: readonly CorpusExpectation[]): string {
  const seconds = readSecondCounts();
  const number = (value: number | undefined) => (value ? value.toLocaleString('en-GB') : '–');
  const rows = expectations.map(({ file, note, ...counts }) => {
    const second = seconds[file];
    const { triangles, materials, textures, joints, clips, others, outcome } = counts;
    const words =
      outcome === 'read' ? [others, note].filter(Boolean).join('. ') : `\`${outcome}\`${note ? `. ${note}` : ''}`;
    return `| \`${file}\` | ${number(triangles)} | ${second ? `${number(second.triangles)} (${second.program.split(' ')[0]})` : '–'} | ${number(materials)} | ${number(textures)} | ${number(joints)} | ${number(clips)} | ${words} |`;
  });
  return `| File | Triangles | Second importer | Materials | Textures | Joints | Clips | |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}
