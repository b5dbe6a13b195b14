import { Document, type mat4, type Node } from '@gltf-transform/core';
import { KHRLightsPunctual, KHRMaterialsTransmission, KHRMaterialsVariants } from '@gltf-transform/extensions';
import { expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { addMesh, difference, draw, pixel, SQUARE, sphere, testHost } from '#test/render/scenes.ts';
import { PassThroughProperty } from '../formats/gltf/pass-through.ts';
import * as L from './kernel/layout.ts';
import { openRenderSession } from './render-session.ts';

const request = (fields: Partial<ImageRequest>) =>
  ImageRequest.parse({ width: 64, height: 64, view: 'front', ...fields });

/** Adds a clip with one track; `values` are those of all keys. */
function animate(
  document: Document,
  name: string,
  {
    node,
    path,
    pointer,
    size,
  }: { node?: Node; path?: 'translation' | 'rotation' | 'weights'; pointer?: string; size: number },
  times: number[],
  values: number[],
) {
  const buffer = document.getRoot().listBuffers()[0]!;
  const accessor = (type: 'SCALAR' | 'VEC3' | 'VEC4', array: number[]) =>
    document.createAccessor().setType(type).setArray(new Float32Array(array)).setBuffer(buffer);
  const type = size === 3 ? 'VEC3' : size === 4 ? 'VEC4' : 'SCALAR';
  const sampler = document
    .createAnimationSampler()
    .setInput(accessor('SCALAR', times))
    .setOutput(accessor(type, values))
    .setInterpolation('LINEAR');
  const channel = document.createAnimationChannel().setSampler(sampler);
  if (node) channel.setTargetNode(node).setTargetPath(path!);
  else {
    channel.setTargetPath('pointer' as 'weights');
    const kept = new PassThroughProperty(document.getGraph());
    kept.extensionName = 'KHR_animation_pointer';
    channel.setExtension('KHR_animation_pointer', kept.setValue({ pointer }));
  }
  const root = document.getRoot();
  const animation = root.listAnimations().find((each) => each.getName() === name) ?? document.createAnimation(name);
  animation.addSampler(sampler).addChannel(channel);
}

/** A square that stays, a sphere that moves, and a square whose morph target lifts one corner. */
function moving() {
  const document = new Document();
  const red = document
    .createMaterial('red')
    .setBaseColorFactor([1, 0, 0, 1])
    .setRoughnessFactor(1)
    .setMetallicFactor(0);
  addMesh(document, SQUARE, red, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, -3, 0, 0, 1]);
  const ball = addMesh(document, sphere(), null).node;
  const bent = addMesh(document, SQUARE, null);
  const target = document.createPrimitiveTarget().setAttribute(
    'POSITION',
    document
      .createAccessor()
      .setType('VEC3')
      .setArray(new Float32Array([0, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0]))
      .setBuffer(document.getRoot().listBuffers()[0]!),
  );
  bent.primitive.addTarget(target);
  bent.node.getMesh()!.setWeights([0]);
  bent.node.setTranslation([3, 0, 0]);
  animate(document, 'go', { node: ball, path: 'translation', size: 3 }, [0, 2], [0, 0, 0, 0, 4, 0]);
  animate(document, 'go', { node: bent.node, path: 'weights', size: 1 }, [0, 2], [0, 1]);
  animate(document, 'stay', { node: ball, path: 'translation', size: 3 }, [0], [0, 0, 0]);
  return { document, ball, bent };
}

test('a moment shows what the same model in that pose shows', async () => {
  const { document } = moving();
  const posed = moving();
  posed.ball.setTranslation([0, 2, 0]);
  posed.bent.node.getMesh()!.setWeights([0.5]);
  const at = await draw(document, { time: 1, animation: 'go' });
  const still = await draw(posed.document, {});
  // Another render space, another tree: only rounding differs.
  expect(difference(at, still).mean).toBeLessThan(0.6);
  expect(difference(at, await draw(document, {})).mean).toBeGreaterThan(5);
});

test('frames of a session are those of single pictures, decode nothing and keep what does not move', async () => {
  const { document } = moving();
  const session = openRenderSession(document, testHost());
  for (const time of [0, 1.3, 0.4, 5]) {
    const frame = await session.render(request({ time, animation: 'go' }));
    expect(difference(frame, await draw(document, { time, animation: 'go' })).max).toBe(0);
    if (time > 0) expect(Object.keys(frame.stats.secondsByStage)).toEqual(expect.arrayContaining(['move', 'rebuild']));
    expect(frame.stats.secondsByStage).not.toHaveProperty(time > 0 ? 'prepare' : 'move');
  }
  const [end, beyond] = [await draw(document, { time: 2 }), await draw(document, { time: 80 })];
  expect(difference(end, beyond).max).toBe(0);
  session.close();
});

test('trees of many triangles follow the moments of motion blur, and are built anew for every picture', async () => {
  const document = new Document();
  const ball = sphere();
  const { node, primitive } = addMesh(document, ball, null);
  const bulge = ball.positions.map((_, i) => (i % 3 === 0 ? ball.positions[i + 1]! * 0.7 : 0));
  const array = document.createAccessor().setType('VEC3').setArray(new Float32Array(bulge));
  array.setBuffer(document.getRoot().listBuffers()[0]!);
  primitive.addTarget(document.createPrimitiveTarget().setAttribute('POSITION', array));
  node.getMesh()!.setWeights([0]);
  animate(document, 'bulge', { node, path: 'weights', size: 1 }, [0, 2], [0, 1]);
  const host = testHost();
  let tasks: number[] = [];
  const threads = {
    count: 1,
    acquire: async (module: WebAssembly.Module, bytes: number) => {
      const lease = await host.threads.acquire(module, bytes);
      const run = (task: number) => {
        tasks.push(task);
        return lease.run(task);
      };
      return { ...lease, run };
    },
  };
  const session = openRenderSession(document, { ...host, threads });
  const [refit, rebuild] = [L.TASK_REFIT, L.TASK_REBUILD];
  const last = (1 / 24) * (11.5 / 12);
  for (const [fields, expected] of [
    [{ time: 1 }, []],
    [{ time: 0, shutter: 1 }, [rebuild, rebuild, ...Array(11).fill(refit)]],
    // The moment that the blurred picture ended with.
    [{ time: last }, [rebuild]],
    [{ time: last }, []],
    // Many rays make up for building.
    [{ time: 0, shutter: 1, width: 160, height: 160 }, Array(13).fill(rebuild)],
  ] as [Partial<ImageRequest>, number[]][]) {
    tasks = [];
    const frame = await session.render(request(fields));
    expect(tasks.filter((each) => each === refit || each === rebuild)).toEqual(expected);
    expect(difference(frame, await draw(document, fields)).max).toBe(0);
  }
  session.close();
});

test('the camera of one moment may be kept for others: render space stays', async () => {
  const { document } = moving();
  const session = openRenderSession(document, testHost());
  const camera = await session.frame(request({ time: 2 }));
  const early = await session.render(request({ time: 0 }), { camera });
  const late = await session.render(request({ time: 2 }), { camera });
  expect(early.camera).toEqual(late.camera);
  // The red square stays where it is.
  const red = (image: typeof early) =>
    [...Array(64 * 64).keys()].filter(
      (i) => image.data[i * 4]! > 120 && image.data[i * 4 + 1]! < 60 && image.data[i * 4 + 3] === 255,
    );
  expect(red(early).length).toBeGreaterThan(100);
  expect(red(early)).toEqual(red(late));
  session.close();
});

test('a camera over several moments frames what each of them shows', async () => {
  const { document } = moving();
  const session = openRenderSession(document, testHost());
  const camera = await session.frameMotion(request({ animation: 'go' }), [0, 1, 2]);
  for (const time of [0, 2]) {
    const frame = await session.render(request({ time, animation: 'go' }), { camera });
    // The margin of 6 % stays free.
    for (let i = 0; i < 64; i++)
      for (const edge of [0, 1, 62, 63])
        expect([pixel(frame, i, edge)[3], pixel(frame, edge, i)[3]], `${i} ${edge} at ${time}`).toEqual([0, 0]);
    const own = await session.render(request({ time, animation: 'go' }));
    expect(difference(own, await draw(document, { time, animation: 'go' })).max).toBe(0);
  }
  session.close();
});

test('an animation or a variant that is not there is refused with the names that are', async () => {
  const { document } = moving();
  await expect(draw(document, { animation: 'run' })).rejects.toMatchObject({
    code: 'invalid_request',
    message: 'The model has no animation called “run”. Its animations: “go”, “stay”.',
  });
  await expect(draw(document, { variant: 'blue' })).rejects.toThrow('The model has no variants');
  const still = new Document();
  addMesh(still, SQUARE);
  await expect(draw(still, { time: 1 })).rejects.toThrow('has no animations');
});

test('a variant changes materials, and a primitive outside of it keeps its own', async () => {
  const document = new Document();
  const color = (r: number, g: number, b: number) =>
    document.createMaterial().setBaseColorFactor([r, g, b, 1]).setMetallicFactor(0).setRoughnessFactor(1);
  const a = addMesh(document, SQUARE, color(1, 0, 0), [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, -1, 0, 0, 1]);
  addMesh(document, SQUARE, color(1, 0, 0), [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1]);
  const extension = document.createExtension(KHRMaterialsVariants);
  const blue = extension.createVariant('blue');
  const mapping = extension
    .createMapping()
    .setMaterial(color(0, 0, 1))
    .addVariant(blue);
  a.primitive.setExtension('KHR_materials_variants', extension.createMappingList().addMapping(mapping));
  const image = await draw(document, { variant: 'blue' });
  const [left, right] = [pixel(image, 16, 32), pixel(image, 48, 32)];
  expect(left[2]).toBeGreaterThan(left[0]! + 60);
  expect(right[0]).toBeGreaterThan(right[2]! + 60);
});

test('pointers move factors and lights for the picture alone; what is not known is said', async () => {
  const document = new Document();
  const material = document
    .createMaterial()
    .setBaseColorFactor([1, 0, 0, 1])
    .setMetallicFactor(0)
    .setRoughnessFactor(1);
  const square = addMesh(document, SQUARE, material);
  const lights = document.createExtension(KHRLightsPunctual);
  const light = lights.createLight().setType('directional').setIntensity(0);
  square.node.setExtension('KHR_lights_punctual', light);
  const pointer = (path: string) => ({ pointer: path, size: path.endsWith('Factor') ? 4 : 1 });
  animate(
    document,
    'a',
    pointer('/materials/0/pbrMetallicRoughness/baseColorFactor'),
    [0, 1],
    [1, 0, 0, 1, 0, 0, 1, 1],
  );
  animate(document, 'a', pointer('/extensions/KHR_lights_punctual/lights/0/intensity'), [0, 1], [0, 3]);
  animate(document, 'a', pointer('/materials/0/name'), [0, 1], [0, 3]);
  const session = openRenderSession(document, testHost());
  const [first, last] = [await session.render(request({ time: 0 })), await session.render(request({ time: 1 }))];
  session.close();
  expect(pixel(first, 32, 32)[0]).toBeGreaterThan(pixel(first, 32, 32)[2]! + 60);
  expect(pixel(last, 32, 32)[2]).toBeGreaterThan(pixel(last, 32, 32)[0]! + 60);
  expect(difference(last, await draw(document, { time: 1 })).max).toBe(0);
  expect(material.getBaseColorFactor()).toEqual([1, 0, 0, 1]);
  expect(light.getIntensity()).toBe(0);
  expect(last.stats.warnings.filter((warning) => warning.includes('/materials/0/name'))).toHaveLength(1);
});

test('what is 0 at rest shows when a clip raises it: glass, light of a surface, and alpha', async () => {
  const path = { integrator: 'path', samples: 16, denoise: 'off', view: { azimuth: 0, elevation: 30 } } as const;
  /** A ball of glass, a lamp and a veil over a floor; values as the clip has them at 1 s, or 0 and moved by it. */
  const scene = (moves: boolean) => {
    const document = new Document();
    const material = () => document.createMaterial().setMetallicFactor(0);
    const at = (x: number, y: number, z: number) => [0.8, 0, 0, 0, 0, 0.8, 0, 0, 0, 0, 0.8, 0, x, y, z, 1] as mat4;
    const kept = moves ? 0 : 1;
    const transmission = document.createExtension(KHRMaterialsTransmission);
    const glass = transmission.createTransmission().setTransmissionFactor(kept);
    addMesh(
      document,
      sphere(),
      material().setRoughnessFactor(0).setExtension('KHR_materials_transmission', glass),
      at(-2, 0, 0),
    );
    addMesh(document, sphere(), material().setEmissiveFactor([kept, 0, 0]), at(0, 0, 0));
    addMesh(document, sphere(), material().setAlphaMode('BLEND').setBaseColorFactor([0, 0, 1, kept]), at(2, 0, 0));
    addMesh(document, SQUARE, material(), [4, 0, 0, 0, 0, 0, -4, 0, 0, 4, 0, 0, 0, -0.8, 0, 1]);
    if (moves) {
      const factor = (name: string, size: number) => ({ pointer: `/materials/${name}`, size });
      animate(document, 'a', factor('0/extensions/KHR_materials_transmission/transmissionFactor', 1), [0, 1], [0, 1]);
      animate(document, 'a', factor('1/emissiveFactor', 3), [0, 1], [0, 0, 0, 1, 0, 0]);
      animate(document, 'a', factor('2/pbrMetallicRoughness/baseColorFactor', 4), [0, 1], [0, 0, 1, 0, 0, 0, 1, 1]);
    }
    return document;
  };
  for (const integrator of ['preview', 'path'] as const) {
    const shot = integrator === 'path' ? path : { view: path.view };
    const session = openRenderSession(scene(true), testHost());
    const [early, late] = [
      await session.render(request({ ...shot, time: 0 })),
      await session.render(request({ ...shot, time: 1 })),
    ];
    const back = await session.render(request({ ...shot, time: 0 }));
    session.close();
    expect(difference(late, await draw(scene(false), shot)).max, integrator).toBeLessThanOrEqual(1);
    expect(difference(late, await draw(scene(true), { ...shot, time: 1 })).max, integrator).toBe(0);
    expect(difference(late, early).mean, integrator).toBeGreaterThan(1.5);
    expect(difference(back, early).max, integrator).toBe(0);
  }
});

test('an open shutter shows the mean of what moves, and what stands still as it is', async () => {
  const { document } = moving();
  const shot = { animation: 'go', time: 0.5, width: 96, height: 96 } as const;
  const session = openRenderSession(document, testHost());
  const sharp = await session.render(request(shot));
  const blurred = await session.render(request({ ...shot, shutter: 1, framesPerSecond: 2 }));
  session.close();
  // The camera stays: the square that does not move is the same, the ball is smeared upwards.
  const at = (image: typeof sharp, x: number, y: number) => pixel(image, x, y);
  const partial = (image: typeof sharp) => [...image.data].filter((v, i) => i % 4 === 3 && v > 20 && v < 235).length;
  expect(partial(blurred)).toBeGreaterThan(partial(sharp) * 2);
  const red = [...Array(96 * 96).keys()].filter((i) => {
    const [r, g, b, a] = at(sharp, i % 96, Math.floor(i / 96));
    return a === 255 && r! > 3 * g! && r! > 3 * b!;
  });
  expect(red.length).toBeGreaterThan(50);
  for (const i of red) {
    const [a, b] = [at(sharp, i % 96, Math.floor(i / 96)), at(blurred, i % 96, Math.floor(i / 96))];
    for (let c = 0; c < 3; c++) expect(Math.abs(a[c]! - b[c]!)).toBeLessThanOrEqual(6);
  }
  // The same request gives the same bytes, in a session or alone.
  const alone = await draw(document, { ...shot, shutter: 1, framesPerSecond: 2 });
  expect(difference(alone, blurred).max).toBe(0);
});
