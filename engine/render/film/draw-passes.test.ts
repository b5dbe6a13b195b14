import { Document } from '@gltf-transform/core';
import { EXTMeshGPUInstancing } from '@gltf-transform/extensions';
import { FloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import { expect, test } from 'vitest';
import type { PassName } from '#contracts/render/image-request.ts';
import { addMesh, draw, rawImage, SQUARE, sphere } from '#test/render/scenes.ts';
import type { RenderedImage, RenderedPass } from '../rendered-image.ts';
import { cryptomatteAttributes, cryptomatteId, murmurHash3 } from './cryptomatte.ts';
import { encodeExr } from './encode-exr.ts';

const ALL: PassName[] = ['beauty', 'alpha', 'depth', 'normal', 'albedo', 'object', 'material', 'uv'];

/** A square of 2 × 2 metres at z = 0, and one of a quarter of its area one metre before it, with an edge in its middle. */
function model(): Document {
  const document = new Document();
  const red = document.createMaterial('red').setBaseColorFactor([0.5, 0.1, 0.1, 1]).setMetallicFactor(0);
  const wall = addMesh(document, SQUARE, red);
  wall.node.setName('wall');
  const patch = addMesh(document, SQUARE, null, [0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 0.5, 0.5, 1, 1]);
  patch.node.setName('patch');
  return document;
}

function floats(image: RenderedImage, name: PassName): Float32Array {
  const pass = image.passes.find((each) => each.name === name);
  if (pass?.kind !== 'floats') throw new Error(`no pass ${name}`);
  return pass.data;
}

function ids(image: RenderedImage, name: 'object' | 'material'): Extract<RenderedPass, { kind: 'ids' }> {
  const pass = image.passes.find((each) => each.name === name);
  if (pass?.kind !== 'ids') throw new Error(`no pass ${name}`);
  return pass;
}

/** Names and coverage of a pixel. */
function seenAt(pass: Extract<RenderedPass, { kind: 'ids' }>, pixel: number): Record<string, number> {
  const seen: Record<string, number> = {};
  for (let rank = pixel * pass.ranks; rank < (pixel + 1) * pass.ranks; rank++) {
    if (pass.coverage[rank]! > 0) seen[pass.names.get(pass.ids[rank]!) ?? '?'] = pass.coverage[rank]!;
  }
  return seen;
}

const index = (x: number, y: number, width = 64) => y * width + x;

test('depth is the distance along the view axis in the units of the model, not along the ray', async () => {
  const image = await draw(model(), { passes: ALL, fieldOfView: 60 });
  const depth = floats(image, 'depth');
  const camera = image.camera.position[2]!;
  // Everywhere on the wall, middle and corner alike.
  for (const [x, y] of [
    [20, 40],
    [12, 54],
    [45, 50],
  ] as const)
    expect(Math.abs(depth[index(x, y)]! - camera)).toBeLessThan(1e-4);
  expect(Math.abs(depth[index(44, 20)]! - (camera - 1))).toBeLessThan(1e-4);
  expect(depth[0]).toBe(Infinity);
});

test('normals point along the world, alpha and albedo are averages over the pixel', async () => {
  const document = new Document();
  addMesh(document, SQUARE, document.createMaterial().setBaseColorFactor([0.5, 0.25, 0.125, 1]).setMetallicFactor(0));
  const image = await draw(document, { passes: ALL, view: 'three-quarter', width: 100, height: 100 });
  const [alpha, albedo, normal] = [floats(image, 'alpha'), floats(image, 'albedo'), floats(image, 'normal')];
  let edges = 0;
  for (let i = 0; i < alpha.length; i++) {
    const a = alpha[i]!;
    if (a > 0.1 && a < 0.9) edges++;
    if (a === 0) continue;
    expect([...normal.subarray(i * 4, i * 4 + 3)].map((value) => Math.round(value * 1e4) / 1e4 + 0)).toEqual([0, 0, 1]);
    // Premultiplied.
    for (const [c, value] of [0.5, 0.25, 0.125].entries()) expect(albedo[i * 4 + c]).toBeCloseTo(value * a, 5);
  }
  expect(edges).toBeGreaterThan(100);
});

test('a normal map bends normals, and they face the viewer', async () => {
  const document = new Document();
  const texture = document
    .createTexture()
    .setImage(rawImage(2, 2, () => [218, 128, 218, 255]))
    .setMimeType('image/x-raw');
  addMesh(document, SQUARE, document.createMaterial().setNormalTexture(texture).setDoubleSided(true));
  const at = index(32, 32) * 4;
  const front = floats(await draw(document, { passes: ['normal'] }), 'normal').subarray(at, at + 3);
  expect(front[0]).toBeCloseTo(Math.SQRT1_2, 1);
  expect(front[2]).toBeCloseTo(Math.SQRT1_2, 1);
  const back = floats(await draw(document, { passes: ['normal'], view: 'back' }), 'normal').subarray(at, at + 3);
  expect(back[2]).toBeLessThan(-0.6);
});

test('texture coordinates are those of the surface', async () => {
  const image = await draw(model(), { passes: ['uv'], margin: 0.1 });
  const uv = floats(image, 'uv');
  const [a, b] = [uv.subarray(index(15, 48) * 3), uv.subarray(index(31, 48) * 3)];
  expect(b[0]! - a[0]!).toBeGreaterThan(0.2);
  expect(Math.abs(b[1]! - a[1]!)).toBeLessThan(1e-5);
  expect([...uv.subarray(0, 3)]).toEqual([0, 0, 0]);
  expect(a[2]).toBe(1);
});

test('objects and materials are told apart with what they cover of each pixel', async () => {
  const image = await draw(model(), { passes: ALL, projection: 'orthographic', width: 101, height: 101 });
  const objects = ids(image, 'object');
  const materials = ids(image, 'material');
  expect([...objects.names.values()]).toEqual(['patch', 'wall']);
  expect([...materials.names.values()]).toEqual(['default material', 'red']);
  expect(seenAt(objects, index(20, 80, 101))).toEqual({ wall: 1 });
  expect(seenAt(materials, index(80, 20, 101))).toEqual({ 'default material': 1 });
  // The middle row and column of an odd number of pixels: an edge of the patch goes through their middle.
  const edge = seenAt(objects, index(50, 20, 101));
  expect(Object.keys(edge).sort()).toEqual(['patch', 'wall']);
  expect(edge.patch).toBeCloseTo(0.5, 1);
  expect(edge.patch! + edge.wall!).toBeCloseTo(1, 5);
  const alpha = floats(image, 'alpha');
  for (let i = 0; i < alpha.length; i++) {
    const sum = Object.values(seenAt(objects, i)).reduce((total, share) => total + share, 0);
    expect(sum).toBeCloseTo(alpha[i]!, 5);
  }
});

test('ids depend on names alone: not on the view, and each copy has its own', async () => {
  const document = new Document();
  const { node } = addMesh(document, sphere());
  node.setName('ball');
  const shift = document
    .createAccessor()
    .setType('VEC3')
    .setArray(new Float32Array([0, 0, 0, 3, 0, 0, 6, 0, 0]))
    .setBuffer(document.getRoot().listBuffers()[0]!);
  node.setExtension(
    'EXT_mesh_gpu_instancing',
    document.createExtension(EXTMeshGPUInstancing).createInstancedMesh().setAttribute('TRANSLATION', shift),
  );
  addMesh(document, SQUARE, null, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 3, 3, 0, 1]).node.setName('ball');
  const expected = ['ball#2', 'ball[0]', 'ball[1]', 'ball[2]'];
  for (const view of ['front', 'three-quarter'] as const) {
    const { names } = ids(await draw(document, { passes: ['object'], view }), 'object');
    expect([...names.values()]).toEqual(expected);
    expect([...names.keys()]).toEqual(expected.map(cryptomatteId));
  }
});

test('glass counts as an object and blended surfaces by their alpha', async () => {
  const document = new Document();
  const veil = document.createMaterial('veil').setAlphaMode('BLEND').setBaseColorFactor([1, 1, 1, 0.25]);
  addMesh(document, SQUARE, veil, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1]).node.setName('veil');
  addMesh(document, SQUARE).node.setName('wall');
  const image = await draw(document, { passes: ['object', 'depth', 'alpha'] });
  const seen = seenAt(ids(image, 'object'), index(32, 32));
  expect(seen.veil).toBeCloseTo(0.25, 5);
  expect(seen.wall).toBeCloseTo(0.75, 5);
  expect(floats(image, 'alpha')[index(32, 32)]).toBeCloseTo(1, 5);
  // Depth is that of what stops at least half of the light.
  expect(floats(image, 'depth')[index(32, 32)]).toBeCloseTo(image.camera.position[2]!, 4);
});

test('without the picture nothing is shaded, and the picture does not depend on the passes', async () => {
  const alone = await draw(model(), { passes: ['depth'] });
  expect(alone.data.length).toBe(0);
  expect(alone.passes.map(({ name }) => name)).toEqual(['depth']);
  const with_ = await draw(model(), { passes: ALL });
  expect(with_.data.some((value) => value > 100)).toBe(true);
  expect(with_.data).toEqual((await draw(model())).data);
});

test('EXR: linear light, layers, and ids as Cryptomatte has them', async () => {
  const image = await draw(model(), { passes: ALL, format: 'exr', exposure: 3, background: '#ffffff' });
  const light = floats(image, 'beauty');
  const middle = index(20, 40) * 4;
  const plain = floats(await draw(model(), { format: 'exr', background: '#ffffff' }), 'beauty');
  expect(light[middle]! / plain[middle]!).toBeCloseTo(8, 4);
  expect(Math.max(...light)).toBeGreaterThan(1);
  expect([...light.subarray(0, 4)]).toEqual([1, 1, 1, 1]);
  const file = encodeExr(image, 'half');
  const read = new EXRLoader().setDataType(FloatType).parse(file.slice().buffer as ArrayBuffer);
  const data = read.data as Float32Array;
  const flipped = index(20, 63 - 40) * 4;
  for (let c = 0; c < 3; c++) expect(data[flipped + c]).toBeCloseTo(light[middle + c]!, 2);
  expect(encodeExr(image, 'half')).toEqual(file);
  const text = new TextDecoder('latin1').decode(file);
  for (const name of ['CryptoObject02.A', 'CryptoMaterial00.R', 'depth.Z', 'normal.X', 'albedo.B', 'alpha.A', 'uv.V']) {
    expect(text).toContain(name);
  }
});

test('hashes are MurmurHash3_32, and ids are ordinary floats', () => {
  const known: [string, number][] = [
    ['', 0],
    ['test', 0xba6bd213],
    ['Hello, world!', 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
  ];
  for (const [text, hash] of known) expect(murmurHash3(text).toString(16)).toBe(hash.toString(16));
  const view = new DataView(new ArrayBuffer(4));
  for (let i = 0; i < 5000; i++) {
    view.setUint32(0, cryptomatteId(`object ${i}`));
    const exponent = (view.getUint32(0) >>> 23) & 255;
    expect(exponent > 0 && exponent < 255).toBe(true);
  }
  const attributes = cryptomatteAttributes('CryptoObject', new Map([[cryptomatteId('wall'), 'wall']]));
  expect(attributes['cryptomatte/3ae39a5/name']).toBe('CryptoObject');
  expect(JSON.parse(attributes['cryptomatte/3ae39a5/manifest']!)).toEqual({
    wall: cryptomatteId('wall').toString(16).padStart(8, '0'),
  });
});
