import { deflateSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { cpuTime } from '#test/cpu-time.ts';
import { processModel } from '../../process/process-model.ts';
import { crc32 } from './crc32.ts';
import { unpackZip } from './unpack-zip.ts';

const LIMITS = ModelLimits.parse({});
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const TRIANGLE = encode('v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n');

interface RawEntry {
  name: string;
  data: Uint8Array;
  method?: number;
  flags?: number;
  /** What the directory says, where that is a lie. */
  size?: number;
  crc?: number;
  packed?: Uint8Array;
}

/** Writes an archive byte by byte, so that it can lie. */
function rawZip(entries: RawEntry[]): Uint8Array {
  const parts: number[] = [];
  const directory: number[] = [];
  const u16 = (n: number) => [n & 255, (n >> 8) & 255];
  const u32 = (n: number) => [...u16(n & 0xffff), ...u16((n >>> 16) & 0xffff)];
  for (const entry of entries) {
    const name = encode(entry.name);
    const packed = entry.packed ?? (entry.method === 0 ? entry.data : deflateSync(entry.data));
    const fields = [
      ...u16(entry.flags ?? 0),
      ...u16(entry.method ?? 8),
      ...u32(0),
      ...u32(entry.crc ?? crc32(entry.data)),
      ...u32(packed.length),
      ...u32(entry.size ?? entry.data.length),
    ];
    directory.push(
      ...u32(0x02014b50),
      ...u16(20),
      ...u16(20),
      ...fields,
      ...u16(name.length),
      ...u16(0),
      ...u16(0),
      ...u16(0),
      ...u16(0),
      ...u32(0),
      ...u32(parts.length),
      ...name,
    );
    parts.push(...u32(0x04034b50), ...u16(20), ...fields, ...u16(name.length), ...u16(0), ...name);
    for (const byte of packed) parts.push(byte);
  }
  const end = [
    ...u32(0x06054b50),
    ...u16(0),
    ...u16(0),
    ...u16(entries.length),
    ...u16(entries.length),
    ...u32(directory.length),
    ...u32(parts.length),
    ...u16(0),
  ];
  return Uint8Array.from([...parts, ...directory, ...end]);
}

function unpack(bytes: Uint8Array, limits = LIMITS) {
  return unpackZip({ name: 'a.zip', bytes }, limits);
}

function failure(bytes: Uint8Array, limits = LIMITS): MaquetteError {
  try {
    unpack(bytes, limits);
  } catch (error) {
    expect(error).toBeInstanceOf(MaquetteError);
    return error as MaquetteError;
  }
  throw new Error('The archive was unpacked.');
}

describe('unpackZip', () => {
  it('gives the files with their paths, without folders and clutter', () => {
    const bytes = zipSync({
      'a/model.obj': TRIANGLE,
      'a/b/t.png': encode('x'),
      'empty/': new Uint8Array(0),
      '__MACOSX/a/._model.obj': encode('y'),
      '.DS_Store': encode('z'),
    });
    const files = unpack(bytes);
    expect(files.map((file) => file.name)).toEqual(['a/model.obj', 'a/b/t.png']);
    expect(files[0]!.bytes).toEqual(TRIANGLE);
  });

  it('reads stored entries, backslashes in names, and data in front of the archive', () => {
    const bytes = rawZip([{ name: 'a\\model.obj', data: TRIANGLE, method: 0 }]);
    const shifted = new Uint8Array(bytes.length + 100);
    shifted.set(bytes, 100);
    for (const archive of [bytes, shifted]) {
      expect(unpack(archive)).toEqual([{ name: 'a/model.obj', bytes: TRIANGLE }]);
    }
  });

  it.each(['../evil.obj', 'a/../../evil.obj', '/etc/passwd', 'C:\\evil.obj', '..\\evil.obj', 'a\0b'])(
    'refuses the name %j',
    (name) => {
      expect(failure(rawZip([{ name, data: TRIANGLE }]))).toMatchObject({ code: 'archive_unsafe' });
    },
  );

  it('refuses encrypted entries, two of one name, and other methods', () => {
    expect(failure(rawZip([{ name: 'a.obj', data: TRIANGLE, flags: 1 }])).message).toContain('encrypted');
    expect(
      failure(
        rawZip([
          { name: 'a.obj', data: TRIANGLE },
          { name: 'a.obj', data: TRIANGLE },
        ]),
      ).code,
    ).toBe('archive_unsafe');
    const lzma = failure(rawZip([{ name: 'a.obj', data: TRIANGLE, method: 14, packed: TRIANGLE }]));
    expect(lzma).toMatchObject({ code: 'format_unsupported' });
    expect(lzma.message).toContain('LZMA');
  });

  it('refuses a bomb by its directory, before unpacking', () => {
    const bomb = rawZip([{ name: 'a.obj', data: new Uint8Array(24 * 1024 ** 2) }]);
    const start = cpuTime();
    expect(failure(bomb)).toMatchObject({ code: 'archive_unsafe' });
    expect(cpuTime() - start).toBeLessThan(1000);
  });

  it('stops an entry that holds more than it declares', () => {
    const lie = rawZip([{ name: 'a.obj', data: new Uint8Array(32 * 1024 ** 2), size: 1000 }]);
    const start = cpuTime();
    expect(failure(lie).message).toContain('more than the 1.0 kB');
    expect(cpuTime() - start).toBeLessThan(1000);
  });

  it('refuses entries that share their bytes', () => {
    const bytes = rawZip([
      { name: 'a.obj', data: TRIANGLE },
      { name: 'b.obj', data: TRIANGLE },
    ]);
    const view = new DataView(bytes.buffer);
    // The second entry of the directory points at the first one's data.
    const directory = view.getUint32(bytes.length - 6, true);
    view.setUint32(directory + 46 + 5 + 42, 0, true);
    expect(failure(bytes).message).toContain('overlaps');
  });

  it('keeps to the limits of entries and bytes', () => {
    const many = rawZip(Array.from({ length: 20 }, (_, i) => ({ name: `${i}.obj`, data: TRIANGLE })));
    expect(failure(many, ModelLimits.parse({ archiveEntries: 19 }))).toMatchObject({
      code: 'model_too_large',
      // No setting of an operator.
      remedy: 'Pack only the model and the files that it uses.',
    });
    expect(failure(many, ModelLimits.parse({ fileBytes: 100 }))).toMatchObject({ code: 'model_too_large' });
    expect(unpack(many, ModelLimits.parse({ archiveEntries: 20 }))).toHaveLength(20);
  });

  it('finds damage: a wrong checksum, a cut, noise', () => {
    expect(failure(rawZip([{ name: 'a.obj', data: TRIANGLE, crc: 1 }])).message).toContain('checksum');
    const good = rawZip([{ name: 'a.obj', data: TRIANGLE }]);
    expect(failure(good.subarray(0, good.length - 30)).code).toBe('model_malformed');
    expect(failure(rawZip([{ name: 'a.obj', data: TRIANGLE, packed: encode('no deflate at all') }])).code).toBe(
      'model_malformed',
    );
  });
});

describe('archives as models', () => {
  const run = (files: Record<string, Uint8Array>) => processModel([{ name: 'a.zip', bytes: zipSync(files) }], LIMITS);

  it('take the richest format, then the one nearest to the root, and say so', async () => {
    const { report } = await run({ 'deep/er/b.obj': TRIANGLE, 'z.obj': TRIANGLE, 'readme.txt': encode('hello') });
    expect(report.corrections[0]).toMatchObject({ code: 'main_model_chosen' });
    expect(report.corrections[0]!.message).toContain('"z.obj" was taken');
  });

  it('look textures up relative to the model in the archive', async () => {
    const { report } = await run({
      'x/models/a.obj': encode(`mtllib ../mtl/a.mtl\n${new TextDecoder().decode(TRIANGLE)}`),
      'x/mtl/a.mtl': encode('newmtl a\n'),
    });
    expect(report.corrections.map((correction) => correction.code)).not.toContain('missing_material_library');
  });

  it('hold archives: these are unpacked where there is no model beside them, three levels deep', async () => {
    const inner = zipSync({ 'm/a.obj': TRIANGLE });
    expect((await run({ 'readme.txt': encode('x'), 'set/inner.zip': inner })).report.triangles).toBe(1);
    expect((await run({ 'b.zip': zipSync({ 'c.zip': inner }) })).report.triangles).toBe(1);
    await expect(run({ 'a.zip': zipSync({ 'b.zip': zipSync({ 'c.zip': inner }) }) })).rejects.toMatchObject({
      code: 'format_unsupported',
      message: expect.stringContaining('archive'),
    });
    const limits = { ...LIMITS, archiveEntries: 10 };
    const many = Object.fromEntries(
      Array.from({ length: 5 }, (_, i) => [
        `${i}.zip`,
        zipSync({ 'a.txt': encode('a'), 'b.txt': encode('b'), 'c.txt': encode('c') }),
      ]),
    );
    await expect(processModel([{ name: 'a.zip', bytes: zipSync(many) }], limits)).rejects.toMatchObject({
      code: 'model_too_large',
    });
  });

  it('have names in any encoding, which references may be in another of', async () => {
    const obj = encode(`mtllib Küche.mtl\n${new TextDecoder().decode(TRIANGLE)}`);
    const codes = (result: Awaited<ReturnType<typeof run>>) => result.report.corrections.map(({ code }) => code);
    const mtl = encode('newmtl a\n');
    const stored = (name: Uint8Array) => {
      const bytes = zipSync({ 'a.obj': obj, 'K?che.mtl': mtl });
      const text = new TextDecoder('latin1').decode(bytes);
      for (let at = text.indexOf('K?che'); at >= 0; at = text.indexOf('K?che', at + 1)) bytes.set(name, at);
      return processModel([{ name: 'a.zip', bytes }], LIMITS);
    };
    // Code page 437, Windows-1252, and UTF-8 with the accent apart, as macOS writes it.
    for (const letter of [0x81, 0xfc]) {
      const name = Uint8Array.from([0x4b, letter, 0x63, 0x68, 0x65]);
      expect(codes(await stored(name)), `${letter}`).not.toContain('missing_material_library');
    }
    expect(codes(await run({ 'a.obj': obj, 'Ku\u0308che.mtl': mtl }))).not.toContain('missing_material_library');
    expect(codes(await run({ 'a.obj': obj, 'Flur.mtl': mtl }))).toContain('missing_material_library');
  });

  it('without a model say what they hold instead', async () => {
    await expect(run({ 'a.dwg': encode('AC1027 drawing'), 'b.txt': encode('b') })).rejects.toMatchObject({
      code: 'format_unsupported',
      message: expect.stringMatching(/^None of the 2 files is a model\. "a\.dwg": .*DWG/),
    });
    await expect(run({})).rejects.toMatchObject({ code: 'model_empty', remedy: expect.stringContaining('Pack') });
    await expect(run({ 'a.obj': encode('\n'.repeat(70_000)) })).rejects.toMatchObject({
      message: 'The file begins with 65.5 kB of blanks.',
    });
  });
});
