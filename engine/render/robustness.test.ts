import { Document, type Node } from '@gltf-transform/core';
import { KHRMaterialsIridescence } from '@gltf-transform/extensions';
import { expect, test } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import { addMesh, draw, pixel, rawImage, SQUARE, sphere } from '#test/render/scenes.ts';
import type { RenderedImage } from './rendered-image.ts';

const BAD = [Number.NaN, Infinity, -Infinity, 3e38, 1e-40];

/** Share of the picture that shows something opaque. */
function covered({ data }: RenderedImage): number {
  let count = 0;
  for (let i = 3; i < data.length; i += 4) if (data[i] === 255) count++;
  return count / (data.length / 4);
}

/** Of the pixels that `whole` covers, the share that looks the same in `image`. */
function alike(image: RenderedImage, whole: RenderedImage): number {
  let [count, same] = [0, 0];
  for (let i = 0; i < whole.data.length; i += 4) {
    if (whole.data[i + 3] !== 255) continue;
    count++;
    if ([0, 1, 2, 3].every((c) => Math.abs(image.data[i + c]! - whole.data[i + c]!) <= 4)) same++;
  }
  return same / count;
}

test('values that are no numbers, anywhere, spoil no more than their own triangles', async () => {
  const random = seededRandom(11);
  for (const attribute of ['positions', 'normals', 'uvs', 'colors'] as const) {
    const document = new Document();
    const ball = { ...sphere(24, 12), colors: [] as number[] };
    ball.colors = Array.from({ length: (ball.positions.length / 3) * 4 }, () => 1);
    const values = [...ball[attribute]!];
    for (let i = 0; i < 20; i++) values[Math.floor(random() * values.length)] = BAD[i % BAD.length]!;
    addMesh(document, { ...ball, [attribute]: values }, document.createMaterial());
    const image = await draw(document, {});
    const clean = new Document();
    addMesh(clean, ball, clean.createMaterial());
    expect(alike(image, await draw(clean, {})), attribute).toBeGreaterThan(0.7);
  }
});

test('triangles without area, with corners twice or that do not exist, are left out', async () => {
  const document = new Document();
  const indices = [...SQUARE.indices!, 0, 0, 0, 1, 1, 2, 0, 1, 99, 4_000_000_000, 2, 3, 0, 2, 0];
  addMesh(document, { ...SQUARE, indices });
  const plain = new Document();
  addMesh(plain, SQUARE);
  const whole = await draw(plain, {});
  expect(covered(whole)).toBeGreaterThan(0.5);
  expect((await draw(document, {})).data).toEqual(whole.data);
  const nothing = new Document();
  addMesh(nothing, { ...SQUARE, indices: [0, 0, 0, 1, 1, 1] });
  await expect(draw(nothing, {})).rejects.toMatchObject({ code: 'model_empty' });
});

test('a texture that cannot be decoded is left out, and said so', async () => {
  const document = new Document();
  const texture = document
    .createTexture('torn')
    .setImage(new Uint8Array([1, 2, 3]))
    .setMimeType('image/x-raw');
  addMesh(document, SQUARE, document.createMaterial().setBaseColorTexture(texture).setNormalTexture(texture));
  const image = await draw(document, {});
  expect(covered(image)).toBeGreaterThan(0.5);
  expect(image.stats.warnings.join()).toContain('torn');
});

test('a texture 16,384 pixels long is drawn; one that memory does not hold is refused with the figures', async () => {
  const document = new Document();
  const texture = document
    .createTexture()
    .setImage(rawImage(16_384, 2, (x) => (x < 8192 ? [255, 0, 0, 255] : [0, 0, 255, 255])))
    .setMimeType('image/x-raw');
  const material = document.createMaterial().setBaseColorTexture(texture).setMetallicFactor(0).setRoughnessFactor(1);
  addMesh(document, SQUARE, material);
  const image = await draw(document, {});
  expect(pixel(image, 16, 32)[0]).toBeGreaterThan(pixel(image, 16, 32)[2]!);
  expect(pixel(image, 48, 32)[2]).toBeGreaterThan(pixel(image, 48, 32)[0]!);
  await expect(draw(document, {}, undefined, { memoryLimit: 2 ** 20 })).rejects.toMatchObject({
    code: 'render_too_large',
    message: expect.stringContaining('MiB'),
  });
});

test('ten thousand nodes, beside and below one another', async () => {
  const document = new Document();
  const wide = addMesh(document, { positions: [0, 0, 0, 0.4, 0, 0, 0, 0.4, 0], indices: [0, 1, 2] });
  const mesh = wide.node.getMesh()!;
  const scene = document.getRoot().listScenes()[0]!;
  let last: Node = wide.node;
  for (let i = 0; i < 10_000; i++) {
    scene.addChild(
      document
        .createNode()
        .setMesh(mesh)
        .setTranslation([i % 100, Math.floor(i / 100), 0]),
    );
    const below = document.createNode();
    last.addChild(below);
    last = below;
  }
  last.setMesh(mesh).setTranslation([50, 50, 1]);
  const image = await draw(document, {});
  expect(image.stats.triangles).toBe(10_002);
  // Each is smaller than a pixel.
  expect(image.data.filter((v, i) => i % 4 === 3 && v > 0).length).toBeGreaterThan(1000);
}, 30_000);

test('nodes that refer to one another in a circle are drawn once', async () => {
  const document = new Document();
  const a = addMesh(document, SQUARE).node;
  const b = addMesh(document, SQUARE, null, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 3, 0, 0, 1]).node;
  a.addChild(b);
  b.addChild(a);
  const scene = document.getRoot().listScenes()[0]!;
  scene.addChild(a);
  const image = await draw(document, {});
  expect(image.stats.triangles).toBe(4);
  expect(covered(image)).toBeGreaterThan(0.2);
});

test('what is empty is refused, and says what is missing', async () => {
  const none = new Document();
  none.createScene();
  const noPrimitive = new Document();
  noPrimitive.createScene().addChild(noPrimitive.createNode().setMesh(noPrimitive.createMesh()));
  const noVertex = new Document();
  addMesh(noVertex, { positions: [] });
  const nowhere = new Document();
  addMesh(nowhere, { positions: [Number.NaN, 0, 0, 1, Number.NaN, 0, 0, 1, Number.NaN] });
  for (const document of [new Document(), none, noPrimitive, noVertex, nowhere])
    await expect(draw(document, {})).rejects.toMatchObject({ code: 'model_empty' });
});

test('transforms that flatten, explode or are no numbers leave the rest as it is', async () => {
  for (const value of [0, 1e30, Number.NaN, -1]) {
    const document = new Document();
    addMesh(document, SQUARE);
    const other = addMesh(document, sphere(12, 6));
    other.node.setScale([value, value, 1]);
    if (value !== -1) other.node.setTranslation([value, 0, 0]);
    expect(covered(await draw(document, {})), String(value)).toBeGreaterThan(0.5);
  }
});

test('clips with odd keys and skins without sense give a picture', async () => {
  const document = new Document();
  const { node, primitive } = addMesh(document, SQUARE);
  const buffer = document.getRoot().listBuffers()[0]!;
  const joint = document.createNode('joint');
  document.getRoot().listScenes()[0]!.addChild(joint);
  const accessor = (
    type: 'SCALAR' | 'VEC3' | 'VEC4' | 'MAT4',
    array: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>,
  ) => document.createAccessor().setType(type).setArray(array).setBuffer(buffer);
  primitive
    .setAttribute('JOINTS_0', accessor('VEC4', new Uint16Array([0, 9, 0, 0, 0, 0, 0, 0, 7, 7, 7, 7, 0, 0, 0, 0])))
    .setAttribute(
      'WEIGHTS_0',
      accessor('VEC4', new Float32Array([0.5, 0.5, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, Number.NaN, 1, 0, 0])),
    );
  node.setSkin(document.createSkin().addJoint(joint));
  const clip = (name: string, times: number[], values: number[]) => {
    const sampler = document
      .createAnimationSampler()
      .setInput(accessor('SCALAR', new Float32Array(times)))
      .setOutput(accessor('VEC3', new Float32Array(values)));
    const channel = document
      .createAnimationChannel()
      .setSampler(sampler)
      .setTargetNode(joint)
      .setTargetPath('translation');
    document.createAnimation(name).addSampler(sampler).addChannel(channel);
  };
  clip('still', [0], [0.1, 0, 0]);
  clip('twice', [0, 0, 0], [0, 0, 0, 0.1, 0, 0, 0.2, 0, 0]);
  clip('short', [0, 1, 2], [0, 0, 0]);
  clip('none', [], []);
  for (const animation of ['still', 'twice', 'short', 'none'])
    for (const time of [0, 0.5, 100])
      expect(covered(await draw(document, { animation, time })), animation).toBeGreaterThan(0.1);
});

test('samples of `path` that are no numbers spoil neither their neighbours nor the judgement of noise', async () => {
  const two = (thickness: number) => {
    const document = new Document();
    const film = document.createExtension(KHRMaterialsIridescence).createIridescence();
    film.setIridescenceFactor(1).setIridescenceThicknessMaximum(thickness);
    const broken = document.createMaterial().setExtension('KHR_materials_iridescence', film);
    addMesh(document, SQUARE, broken, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, -1, 0, 0, 1]);
    addMesh(
      document,
      SQUARE,
      document.createMaterial().setRoughnessFactor(1),
      [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1],
    );
    return document;
  };
  const request = { integrator: 'path', samples: 16, denoise: 'fast' } as const;
  const [broken, whole] = [await draw(two(1e38), request), await draw(two(400), request)];
  expect(pixel(broken, 20, 32)[3]).toBe(0);
  expect(pixel(whole, 20, 32)[3]).toBe(255);
  for (let x = 34; x < 56; x++) {
    for (let c = 0; c < 4; c++) expect(Math.abs(pixel(broken, x, 32)[c]! - pixel(whole, x, 32)[c]!)).toBeLessThan(6);
  }
  const judged = { ...request, samples: 128, noiseThreshold: 0.5 };
  const [some, most] = [await draw(two(1e38), judged), await draw(two(400), judged)];
  expect(some.stats.rays).toBeLessThan(most.stats.rays * 1.1);
});
