import type { ModelFile } from '#engine/formats/model-file.ts';
import { FUZZ_FORMATS, type FuzzFormat } from './formats.ts';
import { Random } from './random.ts';
import type { Seed } from './seeds/seed.ts';

/** One case: `gltf:17` is the seventeenth of glTF. With the run's seed it says all about its files. */
export interface CaseId {
  format: string;
  number: number;
}

/** The damaged files of a case, and of what model they were made. */
export interface FuzzCase {
  id: CaseId;
  source: string;
  files: ModelFile[];
}

const loaded = new Map<string, Promise<Seed[]>>();

/**
 * Makes the files of a case: the same bytes for the same seed, format and number, as long as seeds and mutators are
 * the same. Null for a format of which there is no model here.
 */
export async function makeCase(seed: number, id: CaseId): Promise<FuzzCase | null> {
  const format = findFormat(id.format);
  let seeds = loaded.get(id.format);
  if (!seeds) {
    seeds = format.seeds();
    loaded.set(id.format, seeds);
  }
  const models = await seeds;
  if (models.length === 0) return null;
  const random = new Random(hash(seed, id));
  const { name, files } = random.pick(models);
  return { id, source: name, files: random.weighted(format.mutators)(files, random) };
}

/**
 * Which cases a run of `count` has: each format by its share, and mixed, so that a process meets formats in turn as it
 * does on a server.
 *
 * @param only formats to be left alone with
 */
export function listCases(count: number, only: readonly string[] = []): CaseId[] {
  for (const name of only) findFormat(name);
  const formats = Object.entries(FUZZ_FORMATS).filter(([name]) => only.length === 0 || only.includes(name));
  const total = formats.reduce((sum, [, { share }]) => sum + share, 0);
  const cases: { id: CaseId; place: number }[] = [];
  let sum = 0;
  for (const [format, { share }] of formats) {
    const first = Math.round((sum / total) * count);
    sum += share;
    const many = Math.round((sum / total) * count) - first;
    for (let number = 1; number <= many; number++) cases.push({ id: { format, number }, place: (number - 0.5) / many });
  }
  return cases.sort((a, b) => a.place - b.place).map(({ id }) => id);
}

function findFormat(name: string): FuzzFormat {
  const format = FUZZ_FORMATS[name];
  if (!format) throw new Error(`There is no format "${name}"; there are ${Object.keys(FUZZ_FORMATS).join(', ')}.`);
  return format;
}

/** `gltf:17` */
export function writeCaseId({ format, number }: CaseId): string {
  return `${format}:${number}`;
}

/** Reads what `writeCaseId` writes. */
export function readCaseId(text: string): CaseId {
  const match = /^([\w-]+):(\d+)$/.exec(text);
  if (!match) throw new Error(`"${text}" is no case; write gltf:17.`);
  return { format: match[1]!, number: Number(match[2]) };
}

/** FNV-1a over what names the case. */
function hash(seed: number, id: CaseId): number {
  let value = 0x811c9dc5;
  for (const letter of `${seed}/${writeCaseId(id)}`) value = Math.imul(value ^ letter.charCodeAt(0), 0x01000193);
  return value;
}
