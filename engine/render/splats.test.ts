import { Document, type Extension } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { ImageRequest, type PassName } from '#contracts/render/image-request.ts';
import { seededRandom } from '#engine/measure/random.ts';
import { addMesh, difference, draw, pixel, SQUARE, testHost } from '#test/render/scenes.ts';
import { PassThroughProperty, passThroughExtension } from '../formats/gltf/pass-through.ts';
import { openRenderSession } from './render-session.ts';
import type { RenderedImage } from './rendered-image.ts';

const NAME = 'KHR_gaussian_splatting';
const C0 = 0.28209479177387814;

interface Splat {
  at: [number, number, number];
  scale?: [number, number, number];
  rotation?: [number, number, number, number];
  opacity?: number;
  /** As displays show it, 0 to 1. */
  color: [number, number, number];
  /** Coefficients of the first degree: along −y, z and −x. */
  first?: [number, number, number][];
}

function addSplats(document: Document, splats: Splat[]) {
  const buffer = document.getRoot().listBuffers()[0] ?? document.createBuffer();
  const scene = document.getRoot().listScenes()[0] ?? document.createScene();
  const accessor = (type: 'SCALAR' | 'VEC3' | 'VEC4', values: number[]) =>
    document.createAccessor().setType(type).setArray(new Float32Array(values)).setBuffer(buffer);
  const primitive = document
    .createPrimitive()
    .setMode(0)
    .setAttribute(
      'POSITION',
      accessor(
        'VEC3',
        splats.flatMap(({ at }) => at),
      ),
    )
    .setAttribute(
      `${NAME}:ROTATION`,
      accessor(
        'VEC4',
        splats.flatMap(({ rotation = [0, 0, 0, 1] }) => rotation),
      ),
    )
    .setAttribute(
      `${NAME}:SCALE`,
      accessor(
        'VEC3',
        splats.flatMap(({ scale = [0.2, 0.2, 0.2] }) => scale),
      ),
    )
    .setAttribute(
      `${NAME}:OPACITY`,
      accessor(
        'SCALAR',
        splats.map(({ opacity = 1 }) => opacity),
      ),
    )
    .setAttribute(
      `${NAME}:SH_DEGREE_0_COEF_0`,
      accessor(
        'VEC3',
        splats.flatMap(({ color }) => color.map((c) => (c - 0.5) / C0)),
      ),
    );
  if (splats.some(({ first }) => first))
    for (let i = 0; i < 3; i++)
      primitive.setAttribute(
        `${NAME}:SH_DEGREE_1_COEF_${i}`,
        accessor(
          'VEC3',
          splats.flatMap(({ first }) => first?.[i] ?? [0, 0, 0]),
        ),
      );
  document.createExtension(passThroughExtension(NAME) as unknown as new (document: Document) => Extension);
  const kept = new PassThroughProperty(document.getGraph());
  kept.extensionName = NAME;
  primitive.setExtension(NAME, kept.setValue({ kernel: 'ellipse', colorSpace: 'srgb_rec709_display' }));
  const node = document.createNode().setMesh(document.createMesh().addPrimitive(primitive));
  scene.addChild(node);
  return node;
}
/** Seen from the front, one unit is 10 pixels. */
const shot = (fields: Partial<ImageRequest> = {}) => ({
  camera: { position: [0, 0, 10], target: [0, 0, 0], up: [0, 1, 0] } as const,
  projection: 'orthographic' as const,
  fieldOfView: (Math.atan(0.32) * 360) / Math.PI,
  width: 64,
  height: 64,
  ...fields,
});
const render = (document: Document, fields: Partial<ImageRequest> = {}) =>
  draw(document, shot(fields) as Partial<ImageRequest>);

test('a splat is a Gaussian of its size, opacity and colour', async () => {
  const document = new Document();
  addSplats(document, [{ at: [0, 0, 0], scale: [1, 0.5, 0.2], opacity: 0.8, color: [0.2, 0.6, 1] }]);
  const image = await render(document);
  // Pixel centres lie half a pixel beside the middle; the pixel's filter adds 0.3 pixels² and takes opacity for it.
  const [vx, vy] = [100.3, 25.3];
  const dim = Math.sqrt((100 * 25) / (vx * vy));
  for (const [x, y] of [
    [0, 0],
    [10, 0],
    [0, 5],
    [12, 7],
  ] as const) {
    const expected = 0.8 * dim * Math.exp(-0.5 * ((x + 0.5) ** 2 / vx + (y + 0.5) ** 2 / vy));
    const [r, g, b, a] = pixel(image, 32 + x, 32 + y);
    expect(a! / 255).toBeCloseTo(expected, 2);
    expect([r, g, b].map((c) => Math.round(c! / 2.55) / 100)).toEqual([0.2, 0.6, 1]);
  }
});

test('nearer splats lie over those behind them, in whatever order they are listed', async () => {
  const near: Splat = { at: [0, 0, 1], scale: [2, 2, 0.01], color: [1, 0, 0] };
  const far: Splat = { at: [0, 0, -1], scale: [2, 2, 0.01], color: [0, 0, 1] };
  for (const order of [
    [near, far],
    [far, near],
  ]) {
    const document = new Document();
    addSplats(document, order);
    const image = await render(document);
    expect(pixel(image, 32, 32)[0]).toBeGreaterThan(240);
    expect(pixel(image, 32, 32)[2]).toBeLessThan(15);
  }
});

test('surfaces hide what is behind them, and are seen through what is before them', async () => {
  const document = new Document();
  const white = document.createMaterial().setBaseColorFactor([1, 1, 1, 1]).setExtension('KHR_materials_unlit', null);
  addMesh(document, SQUARE, white);
  addSplats(document, [
    { at: [-0.5, 0, 1], scale: [0.2, 0.2, 0.01], opacity: 0.5, color: [1, 0, 0] },
    { at: [0.5, 0, -1], scale: [0.2, 0.2, 0.01], color: [0, 1, 0] },
    { at: [2, 0, -1], scale: [0.2, 0.2, 0.01], color: [0, 1, 0] },
  ]);
  const image = await render(document);
  const bare = new Document();
  addMesh(bare, SQUARE, bare.createMaterial().setBaseColorFactor([1, 1, 1, 1]));
  const alone = await render(bare);
  expect(pixel(image, 36, 32)).toEqual(pixel(alone, 36, 32));
  const [r, g] = pixel(image, 27, 32);
  expect(r).toBeGreaterThan(pixel(alone, 27, 32)[0]! - 5);
  expect(g).toBeLessThan(pixel(alone, 27, 32)[1]! * 0.62);
  expect(pixel(image, 52, 32)[1]).toBeGreaterThan(240);
});

test('colours change with the direction that splats are seen from', async () => {
  const document = new Document();
  // Red where it is looked at along −z, blue along +z.
  addSplats(document, [
    {
      at: [0, 0, 0],
      color: [0.5, 0.5, 0.5],
      first: [
        [0, 0, 0],
        [-1, 0, 1],
        [0, 0, 0],
      ],
    },
  ]);
  const [front, back] = [await draw(document, { view: 'front' }), await draw(document, { view: 'back' })];
  expect(pixel(front, 32, 32)[0]).toBeGreaterThan(pixel(front, 32, 32)[2]! + 100);
  expect(pixel(back, 32, 32)[2]).toBeGreaterThan(pixel(back, 32, 32)[0]! + 100);
});

test('a rotation turns a splat, and the transform of its node too', async () => {
  const tilted = [0, 0, Math.sin(Math.PI / 8), Math.cos(Math.PI / 8)] as [number, number, number, number];
  const splat: Splat = { at: [0, 0, 0], scale: [1, 0.1, 0.1], color: [1, 1, 1] };
  const own = new Document();
  addSplats(own, [{ ...splat, rotation: tilted }]);
  const ofNode = new Document();
  addSplats(ofNode, [splat]).setRotation(tilted);
  const [a, b] = [await render(own), await render(ofNode)];
  expect(difference(a, b).max).toBeLessThanOrEqual(1);
  expect(pixel(a, 40, 24)[3]).toBeGreaterThan(80);
  expect(pixel(a, 40, 40)[3]).toBeLessThan(10);
});

test('stray splats far outside neither shrink the picture nor move it', async () => {
  const random = seededRandom(9);
  const splats = Array.from(
    { length: 3_000 },
    (): Splat => ({
      at: [random() - 0.5, random() - 0.5, random() - 0.5],
      scale: [0.02, 0.02, 0.02],
      color: [random(), random(), random()],
    }),
  );
  const stray = splats.map((splat, i): Splat => (i < 4 ? { ...splat, at: [100 * (i - 2), 50, 0] } : splat));
  const document = new Document();
  addSplats(document, stray);
  const image = await draw(document, {});
  const covered = [...image.data].filter((value, i) => i % 4 === 3 && value > 128).length;
  expect(covered / 64 ** 2).toBeGreaterThan(0.5);
});

test('a session draws the same splats from all sides as single pictures do', async () => {
  const random = seededRandom(10);
  const document = new Document();
  addSplats(
    document,
    Array.from(
      { length: 500 },
      (): Splat => ({
        at: [random(), random(), random()],
        scale: [0.02, 0.05, 0.02],
        opacity: random(),
        color: [random(), random(), random()],
      }),
    ),
  );
  const session = openRenderSession(document, testHost());
  for (const view of ['front', 'isometric', 'left'] as const) {
    const request = { view, width: 96, height: 70 };
    const frame = await session.render(ImageRequest.parse(request));
    expect(difference(frame, await draw(document, request)).max).toBe(0);
  }
  session.close();
});

test('in Display P3 a splat has the same colour in other numbers', async () => {
  const document = new Document();
  addSplats(document, [{ at: [0, 0, 0], scale: [2, 2, 2], color: [1, 0, 0] }]);
  const [r, g, b] = pixel(await render(document, { colorSpace: 'display-p3' }), 32, 32);
  // sRGB red in Display P3: 0.9175, 0.2003, 0.1386.
  expect([r, g, b]).toEqual([234, 51, 35]);
});

test('render space takes in where a clip moves splats to', async () => {
  const document = new Document();
  const node = addSplats(document, [{ at: [0, 0, 0], color: [1, 0, 0] }]);
  addSplats(document, [{ at: [0, -1, 0], color: [0, 1, 0] }]);
  const buffer = document.getRoot().listBuffers()[0]!;
  const accessor = (type: 'SCALAR' | 'VEC3', values: number[]) =>
    document.createAccessor().setType(type).setArray(new Float32Array(values)).setBuffer(buffer);
  const sampler = document
    .createAnimationSampler()
    .setInput(accessor('SCALAR', [0, 1]))
    .setOutput(accessor('VEC3', [0, 0, 0, 20, 0, 0]));
  const channel = document
    .createAnimationChannel()
    .setSampler(sampler)
    .setTargetNode(node)
    .setTargetPath('translation');
  document.createAnimation('go').addSampler(sampler).addChannel(channel);
  const image = await draw(document, { time: 1, background: '#000000' });
  const red = Array.from({ length: 64 * 64 }, (_, i) => pixel(image, i % 64, i >> 6)).filter(([r]) => r! > 100);
  expect(red.length).toBeGreaterThan(0);
});

/** Numbers of a pass at a pixel. */
function passAt(image: RenderedImage, name: PassName, x: number, y: number): number[] {
  const pass = image.passes.find((each) => each.name === name);
  if (pass?.kind !== 'floats') throw new Error(`no pass ${name}`);
  const size = pass.channels.length;
  return [...pass.data.subarray((y * 64 + x) * size, (y * 64 + x + 1) * size)];
}

/** A splat before a grey wall that fills the lower half, and one that is half behind it. */
function splatsAndWall() {
  const document = new Document();
  addSplats(document, [{ at: [-1, -1, 1], scale: [0.5, 0.5, 0.01], color: [0.9, 0.4, 0.1] }]);
  addSplats(document, [{ at: [1, 0, -1], scale: [0.5, 0.5, 0.01], color: [0.1, 0.4, 0.9] }]);
  const grey = document.createMaterial().setBaseColorFactor([0.5, 0.5, 0.5, 1]).setMetallicFactor(0);
  addMesh(document, SQUARE, grey, [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, -1, 0, 1]);
  return document;
}

test('in EXR splats are the light of the colours that a display shows', async () => {
  for (const integrator of ['preview', 'path'] as const) {
    const request = { integrator, samples: 8, denoise: 'off', toneMapping: 'none' } as const;
    for (const background of ['transparent', '#304050'] as const) {
      const shown = await render(splatsAndWall(), { ...request, background });
      const linear = await render(splatsAndWall(), { ...request, background, format: 'exr' });
      expect(linear.stats.warnings).toEqual([]);
      // In the middle of the splat before the wall, on the wall before the other, and in its seen half where it is alone.
      for (const [x, y] of [
        [22, 42],
        [42, 38],
        [42, 29],
      ] as const) {
        const [r, g, b, a] = passAt(linear, 'beauty', x, y) as [number, number, number, number];
        const bytes = pixel(shown, x, y);
        const where = `${integrator} ${background} ${x} ${y}`;
        expect(Math.abs(a * 255 - bytes[3]!), where).toBeLessThan(1);
        // Over a background it mixes in light here, and as displays do there.
        if (y === 29 && background !== 'transparent') continue;
        const display = [r, g, b].map((c) => {
          const light = c / a;
          return 255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055);
        });
        // So does the little of the wall that is seen through the first: its dark blue, most of all.
        const near = y === 42 ? [4, 4, 12] : [1.5, 1.5, 1.5];
        for (let c = 0; c < 3; c++) expect(Math.abs(display[c]! - bytes[c]!), where).toBeLessThan(near[c]!);
      }
    }
  }
});

test('passes hold splats: coverage, depth of what stops half of the light, colour, and less of what they hide', async () => {
  const passes: PassName[] = ['alpha', 'depth', 'albedo', 'normal', 'uv', 'object'];
  const image = await render(splatsAndWall(), { passes, format: 'exr' });
  expect(image.data.length).toBe(0);
  const covered = (x: number, y: number) => {
    const pass = image.passes.find(({ name }) => name === 'object');
    return pass?.kind === 'ids' ? pass.coverage[(y * 64 + x) * pass.ranks] : undefined;
  };
  // Before the wall the splat is nearer, hides it, and has neither normal nor texture coordinates nor an id.
  expect(passAt(image, 'depth', 22, 42)[0]).toBeCloseTo(9, 4);
  expect(passAt(image, 'alpha', 22, 42)[0]).toBe(1);
  expect(passAt(image, 'uv', 22, 42)).toEqual([0, 0, 0]);
  expect(passAt(image, 'normal', 22, 42)[3]).toBeLessThan(0.05);
  expect(covered(22, 42)).toBeLessThan(0.05);
  const [r, g, b] = passAt(image, 'albedo', 22, 42) as [number, number, number, number];
  expect(Math.abs(r - 0.787)).toBeLessThan(0.02);
  expect(Math.abs(g - 0.133)).toBeLessThan(0.02);
  expect(Math.abs(b - 0.01)).toBeLessThan(0.02);
  // Behind the wall nothing changes.
  expect(passAt(image, 'depth', 42, 38)[0]).toBeCloseTo(10, 4);
  expect(passAt(image, 'albedo', 42, 38)[0]).toBeCloseTo(0.5, 5);
  expect([passAt(image, 'uv', 42, 38)[2], passAt(image, 'normal', 42, 38)[3], covered(42, 38)]).toEqual([1, 1, 1]);
  // Above it the other is seen, further away; its faint edge has no depth.
  expect(passAt(image, 'depth', 42, 30)[0]).toBeCloseTo(11, 4);
  expect(passAt(image, 'alpha', 42, 20)[0]).toBeGreaterThan(0.01);
  expect(passAt(image, 'depth', 42, 20)[0]).toBe(Infinity);
  const alone = await render(splatsAndWall(), { passes: ['beauty', 'alpha'] });
  for (const [x, y] of [
    [22, 42],
    [42, 26],
    [36, 22],
  ] as const)
    expect(Math.abs(passAt(alone, 'alpha', x, y)[0]! * 255 - pixel(alone, x, y)[3]!)).toBeLessThan(1);
});
