import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleAnew } from '../bundle-anew.ts';
import { keepResult } from '../machine.ts';
import { type Contender, measureInTurns, type Summary } from './measure-process.ts';
import { MILLION, makeModels } from './models/bench-models.ts';
import { installPeers } from './peers/install-peers.ts';

/**
 * Reading a million triangles, beside the programs that people use otherwise: `npm run bench:geometry [FORMAT…]`. With
 * formats, the kept results of the others stay.
 *
 * Every figure is of a process of its own, from its start to its end with the file read from the disk: three's loaders
 * up to their geometry, ours up to a normalised document (`read`), and whole conversions to GLB (`convert`).
 */
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const root = join(import.meta.dirname, '../..');
const data = join(root, 'data/bench');
const asked = process.argv.slice(2);

bundleAnew();
const peers = await installPeers(join(data, 'peers'));
const folder = await makeModels(data, MILLION);
const cli = join(root, 'cli/maquette.js');
const out = (name: string) => join(data, `out-${name}.glb`);
const convert = (file: string): Contender => ({
  name: 'maquette convert',
  args: [cli, 'convert', file, out('maquette')],
});
const read = (file: string): Contender => ({
  name: 'maquette read',
  args: [join(import.meta.dirname, 'read-once.ts'), file],
});
const three = (file: string, name = 'three', ...options: string[]): Contender => ({
  name,
  args: [join(import.meta.dirname, 'three-once.ts'), file, ...options],
});

const { obj2gltf, linkedom } = peers;
const cases: { file: string; contenders: (path: string) => Contender[]; missing?: string; rounds?: number }[] = [
  {
    file: 'ball.obj',
    contenders: (path) => [
      convert(path),
      ...(obj2gltf
        ? [{ name: 'obj2gltf', args: [join(obj2gltf.folder, 'bin/obj2gltf.js'), '-i', path, '-o', out('obj2gltf')] }]
        : []),
      read(path),
      three(path),
    ],
    ...(!obj2gltf && { missing: 'obj2gltf' }),
  },
  {
    file: 'ball-binary.stl',
    contenders: (path) => [
      read(path),
      three(path),
      three(path, 'three, corners shared and shaded', 'index'),
      convert(path),
    ],
  },
  { file: 'ball-text.stl', contenders: (path) => [read(path), three(path), convert(path)] },
  { file: 'ball-binary.ply', contenders: (path) => [read(path), three(path), convert(path)] },
  { file: 'ball-text.ply', contenders: (path) => [read(path), three(path), convert(path)] },
  {
    file: 'ball.3mf',
    contenders: (path) => [
      read(path),
      ...(linkedom ? [three(path, 'three with linkedom', '--dom', linkedom.folder)] : []),
      convert(path),
    ],
    // A minute each.
    rounds: 2,
    ...(!linkedom && { missing: 'linkedom, without which three has no DOM in Node' }),
  },
  { file: 'ball.fbx', contenders: (path) => [read(path), convert(path)] },
];

interface Result {
  file: string;
  bytes: number;
  /** Processes of each. */
  rounds: number;
  measured: Record<string, Summary | { failed: string }>;
  missing?: string;
}

const results: Result[] = [];
for (const { file, contenders, missing, rounds = ROUNDS } of cases) {
  if (asked.length > 0 && !asked.some((word) => file.includes(word))) continue;
  const path = join(folder, file);
  const measured = await measureInTurns(contenders(path), Math.min(rounds, ROUNDS), join(data, 'compile-cache'));
  const { size } = await stat(path);
  const result = { file, bytes: size, rounds: Math.min(rounds, ROUNDS), measured, ...(missing && { missing }) };
  print(result);
  results.push(result);
}
const kept = join(import.meta.dirname, 'results/readers.json');
const before: { results: Result[] } = JSON.parse(await readFile(kept, 'utf8'));
const all = cases.flatMap(({ file }) => [...results, ...before.results].find((result) => result.file === file) ?? []);
if (results.length > 0) {
  const versions = Object.fromEntries(Object.entries(peers).map(([name, peer]) => [name, peer?.version]));
  await keepResult(kept, {
    what: '1,000,000 triangles in each format; best (and median) of several processes each, in turns; peakMiB is the most of all',
    peers: versions,
    results: all,
  });
}

function print({ file, measured }: { file: string; measured: Record<string, Summary | { failed: string }> }): void {
  console.error(file);
  for (const [name, summary] of Object.entries(measured)) {
    const figures =
      'failed' in summary
        ? `failed: ${summary.failed.split('\n').find((line) => line.includes('Error')) ?? summary.failed.slice(0, 80)}`
        : `${summary.seconds} s (median ${summary.medianSeconds}), ${summary.cpuSeconds} s of processors, ${summary.peakMiB} MiB`;
    console.error(`  ${name.padEnd(34)} ${figures}`);
  }
}
