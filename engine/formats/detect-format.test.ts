import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CORPUS, corpusFile, hasCorpus } from '#test/corpus.ts';
import { detectFileFormat, detectFormat, requireFormat } from './detect-format.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What the description of each file of the corpus must mention, by its ending. */
const BY_ENDING: Record<string, RegExp> = {
  glb: /^(glb|.*glTF 1\.0.*)$/,
  gltf: /^gltf$/,
  obj: /^obj$/,
  zip: /^zip$/,
  fbx: /^fbx$/i,
  stl: /STL/i,
  ply: /PLY/i,
  '3mf': /3MF/i,
  dae: /COLLADA|^dae$/,
  '3ds': /3DS/i,
  usdz: /USDZ?/i,
  usda: /USDA?/i,
  usdc: /USDC?/i,
  step: /STEP/i,
  igs: /IGES/i,
  ifc: /IFC/i,
  blend: /Blender/,
  x3d: /X3D/i,
  wrl: /VRML|wrl/i,
  spz: /SPZ/i,
  splat: /SPLAT/i,
  las: /LAS/i,
  off: /OFF/i,
  ktx2: /image\/ktx2/,
  png: /image\/png/,
  jpg: /image\/jpeg/,
  jpeg: /image\/jpeg/,
  webp: /image\/webp/,
  gif: /image\/gif/,
  tga: /TGA/,
  hdr: /HDR/,
  exr: /OpenEXR/,
  mtl: /MTL/,
};

/** Files whose content is not what their ending says, or whose first bytes are destroyed. */
const EXCEPT = /fuzz_000[789]\.fbx|corrupt\/empty\.obj|no_header\.glb|\.(csv|bin)$/;

describe.skipIf(!hasCorpus)('detectFormat on the corpus', () => {
  const files = hasCorpus
    ? readdirSync(CORPUS, { recursive: true, encoding: 'utf8' }).filter(
        (name) => statSync(join(CORPUS, name)).isFile() && !EXCEPT.test(name),
      )
    : [];

  it.each(files)('%s', async (path) => {
    const bytes = await corpusFile(path);
    const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
    // Without the name: the content alone must do, but for three formats that have no signature at all.
    const name = ['tga', 'splat', 'spz'].includes(ending) ? path : '';
    const found = detectFormat(bytes, name);
    const text =
      found.kind === 'model' || found.kind === 'archive' ? found.format : 'label' in found ? found.label : found.kind;
    expect(BY_ENDING[ending], ending).toBeDefined();
    expect(text).toMatch(BY_ENDING[ending]!);
  });
});

describe('detectFormat', () => {
  it.each([
    ['a GLB named .obj', encode('glTF\x02\0\0\0'), 'x.obj', 'glb'],
    ['an FBX text file', encode('; FBX 7.3.0 project file\n'), '', 'fbx'],
    ['glTF with a byte order mark', encode('\ufeff{"asset":{"version":"2.0"}}'), '', 'gltf'],
    [
      'glTF whose "asset" comes behind long data',
      encode(`{"buffers":[{"uri":"data:,${'a'.repeat(200_000)}"}],"asset":{"version":"2.0"}}`),
      '',
      'gltf',
    ],
    ['OBJ that begins with a long comment', encode(`${'# hello\n'.repeat(500)}v 0 0 0\n`), '', 'obj'],
  ])('%s', (_, bytes, name, format) => {
    expect(requireFormat({ name, bytes })).toBe(format);
  });

  it.each([
    ['', /empty/],
    ['<!DOCTYPE html><html></html>', /HTML page/],
    ['{"metadata":{"type":"Object"}}', /three\.js/],
    ['{"hello":1}', /none of/],
    ['Dear all,\nhere is the model.\n', /none of the formats/],
    ['%PDF-1.7', /PDF/],
  ])('explains %j', (text, pattern) => {
    expect(() => requireFormat({ name: 'file', bytes: encode(text) })).toThrow(pattern);
  });
});

it('a binary STL file that is read in parts is known by its beginning and its size', () => {
  const head = new Uint8Array(84);
  new DataView(head.buffer).setUint32(80, 1_000_000, true);
  const file = (byteLength: number) => ({
    name: 'a',
    get bytes(): Uint8Array {
      throw new Error('All of it was asked for.');
    },
    parts: {
      byteLength,
      read: (into: Uint8Array) => {
        into.set(head);
        return into.byteLength;
      },
    },
  });
  expect(detectFileFormat(file(84 + 50_000_000))).toEqual({ kind: 'model', format: 'stl' });
  expect(() => detectFileFormat(file(84 + 50_000_001))).toThrow('All of it');
});
