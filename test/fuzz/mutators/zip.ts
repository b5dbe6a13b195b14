import { unzipSync, type Zippable, zipSync } from 'fflate';
import type { Random } from '../random.ts';
import { AWKWARD_INTEGERS } from './awkward-values.ts';
import { mutateBytes } from './bytes.ts';
import type { BytesMutator } from './mutator.ts';

/** The same case is the same bytes on any day. */
export const PACKED_AT = '2000-01-01T00:00:00';

const NAMES = [
  ...[
    '../escape.obj',
    '/etc/passwd',
    'C:\\model.obj',
    '..\\..\\a.obj',
    'a\0.obj',
    'con',
    '',
    '/',
    '.',
    '..',
    'a//b.obj',
  ],
  ...[
    'a/'.repeat(2000),
    'n'.repeat(60_000),
    '__MACOSX/._model.obj',
    'MODEL.OBJ',
    '\u202e.obj',
    '%2e%2e/a.obj',
    '__proto__',
  ],
];

/** Damages the structure of a zip archive: names, sizes, methods, flags, offsets, checksums, counts, nesting, bombs. */
export function mutateZip(bytes: Uint8Array, random: Random): Uint8Array {
  const structure = random.weighted<BytesMutator>([
    [5, editHeaders],
    [3, editEntries],
    [1, mutateBytes],
  ]);
  const out = structure(bytes, random);
  return random.chance(0.2) ? editHeaders(out, random) : out;
}

/** Damages a file inside a zip archive and packs it again, so that the damage gets through to the format inside. */
export function insideZip(mutate: BytesMutator, chosen: (name: string) => boolean = () => true): BytesMutator {
  return (bytes, random) => {
    const entries = unzipSync(bytes);
    const names = Object.keys(entries).filter(chosen);
    if (names.length === 0) return mutateZip(bytes, random);
    const name = random.pick(names);
    entries[name] = Uint8Array.from(mutate(entries[name]!, random));
    const packed: Zippable = {};
    // USDZ wants its files stored; other packages are read either way.
    for (const [path, body] of Object.entries(entries)) packed[path] = [body, { level: random.chance(0.5) ? 0 : 1 }];
    return zipSync(packed, { mtime: PACKED_AT });
  };
}

/** Fields of the central directory, of local headers and of the end record, with their sizes. */
const CENTRAL = [
  [4, 2],
  [6, 2],
  [8, 2],
  [10, 2],
  [16, 4],
  [20, 4],
  [24, 4],
  [28, 2],
  [30, 2],
  [32, 2],
  [42, 4],
] as const;
const LOCAL = [
  [4, 2],
  [6, 2],
  [8, 2],
  [14, 4],
  [18, 4],
  [22, 4],
  [26, 2],
  [28, 2],
] as const;
const END = [
  [4, 2],
  [6, 2],
  [8, 2],
  [10, 2],
  [12, 4],
  [16, 4],
  [20, 2],
] as const;

function editHeaders(bytes: Uint8Array, random: Random): Uint8Array {
  const out = Uint8Array.from(bytes);
  const view = new DataView(out.buffer);
  const places = [
    ...signatures(out, 0x02014b50).flatMap((at) => CENTRAL.map(([offset, size]) => [at + offset, size] as const)),
    ...signatures(out, 0x04034b50).flatMap((at) => LOCAL.map(([offset, size]) => [at + offset, size] as const)),
    ...signatures(out, 0x06054b50).flatMap((at) => END.map(([offset, size]) => [at + offset, size] as const)),
  ].filter(([at, size]) => at + size <= out.length);
  if (places.length === 0) return mutateBytes(out, random);
  for (let edits = 1 + random.below(4); edits > 0; edits--) {
    const [at, size] = random.pick(places);
    // What stands in a field of the same kind elsewhere makes entries overlap or exchange their sizes.
    const other = random.pick(places)[0];
    if (size === 2) {
      const value = random.pick([0, 1, 8, 9, 12, 0x0801, 0xffff, view.getUint16(at, true) + 1]);
      view.setUint16(at, value, true);
    } else {
      const elsewhere = other + 4 <= out.length ? view.getUint32(other, true) : 0;
      const old = view.getUint32(at, true);
      view.setUint32(at, random.pick([random.pick(AWKWARD_INTEGERS), elsewhere, old + 1, old - 1, 0xffffffff]), true);
    }
  }
  return out;
}

function signatures(bytes: Uint8Array, signature: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at++) if (view.getUint32(at, true) === signature) found.push(at);
  return found;
}

function editEntries(bytes: Uint8Array, random: Random): Uint8Array {
  const entries: Zippable = { ...unzipSync(bytes) };
  const names = Object.keys(entries);
  if (names.length === 0) return mutateBytes(bytes, random);
  const name = random.pick(names);
  const body = entries[name] as Uint8Array;
  switch (random.below(6)) {
    case 0:
      entries[random.pick(NAMES)] = body;
      if (random.chance(0.5)) delete entries[name];
      break;
    case 1:
      return zipSync({ 'inner.zip': bytes, ...(random.chance(0.5) ? entries : {}) }, { mtime: PACKED_AT });
    case 2:
      entries['zeros.bin'] = [new Uint8Array(random.pick([1e6, 1e7])), { level: 1 }];
      break;
    case 3:
      for (let i = random.pick([100, 3000]); i > 0; i--) entries[`many/${i}.txt`] = new Uint8Array(0);
      break;
    case 4:
      delete entries[name];
      break;
    default:
      entries[name] = mutateBytes(body, random);
  }
  const comment = 'c'.repeat(random.pick([0, 10, 1000]));
  return zipSync(entries, { level: random.pick([0, 6]), comment, mtime: PACKED_AT });
}
