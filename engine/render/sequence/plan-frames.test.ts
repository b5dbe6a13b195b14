import { Document } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import {
  AnimationRequest,
  CameraPathRequest,
  DatasetRequest,
  type SequenceRequest,
  TurntableRequest,
} from '#contracts/render/sequence-request.ts';
import { completeForModel, completeSequence } from '#contracts/render/sequence-rules.ts';
import { addMesh, difference, SQUARE, sphere, testHost } from '#test/render/scenes.ts';
import { openRenderSession } from '../render-session.ts';
import type { RenderedImage } from '../rendered-image.ts';
import { drawFrames } from './draw-frames.ts';
import { planFrames } from './plan-frames.ts';
import { describeViews } from './transforms.ts';

const SIZE = { width: 64, height: 48, samples: 2, background: 'transparent', format: 'zip' } as const;
const turntable = (options: object = {}) =>
  completeSequence(TurntableRequest.parse({ kind: 'turntable', ...SIZE, frames: 12, ...options }));

/** A long board far from the origin, and a small sphere at its end: nothing is symmetric. */
function board(): Document {
  const document = new Document();
  const white = document.createMaterial().setMetallicFactor(0);
  addMesh(document, SQUARE, white, [3, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 1, 0, 20, 5, -7, 1]);
  addMesh(document, sphere(24, 12), white, [0.4, 0, 0, 0, 0, 0.4, 0, 0, 0, 0, 0.4, 0, 23, 6, -7, 1]);
  return document;
}

async function drawAll(document: Document, request: SequenceRequest, first = 0, count?: number) {
  const images: RenderedImage[] = [];
  const session = openRenderSession(document, testHost());
  const plan = await planFrames(session, request);
  session.close();
  await drawFrames(document, request, testHost(), { first, count: count ?? plan.count }, async (_, image) => {
    images.push(image);
  });
  return images;
}

/** Bounds of what is not transparent, as shares of the picture from its borders. */
function borders({ width, height, data }: RenderedImage) {
  let [left, right, top, bottom] = [width, width, height, height];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * 4 + 3]! < 8) continue;
      left = Math.min(left, x);
      right = Math.min(right, width - 1 - x);
      top = Math.min(top, y);
      bottom = Math.min(bottom, height - 1 - y);
    }
  }
  return { left: left / width, right: right / width, top: top / height, bottom: bottom / height };
}

const length = (v: readonly number[]) => Math.hypot(v[0]!, v[1]!, v[2]!);
const minus = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value - b[i]!);

describe('a turntable', () => {
  it.each([
    ['level', { elevation: 0 }],
    ['from above', { elevation: 60 }],
    ['from below', { elevation: -35 }],
    ['near, with a wide lens', { fieldOfView: 90, elevation: 20 }],
    ['orthographic', { projection: 'orthographic', elevation: 25 }],
    ['on ground', { ground: 'shadow', elevation: 15 }],
  ])('%s: all of the model is within the margin in every frame, and touches it in one', async (_, options) => {
    const frames = await drawAll(board(), turntable({ margin: 0.1, ...options }));
    const all = frames.map(borders);
    const nearest = Math.min(...all.flatMap((each) => Object.values(each)));
    // A pixel is 1/64 or 1/48 of the picture.
    if (!('ground' in options)) expect(nearest).toBeGreaterThan(0.1 - 0.025);
    expect(nearest).toBeLessThan(0.1 + 0.03);
  });

  it('keeps the distance and the height of its camera', async () => {
    const frames = await drawAll(board(), turntable({ elevation: 20 }));
    const center = [20.2, 5.45, -7];
    const distances = frames.map(({ camera }) => {
      const [x, , z] = minus(camera.position, center) as [number, number, number];
      return Math.hypot(x, z);
    });
    const heights = frames.map(({ camera }) => camera.position[1]);
    for (const distance of distances) expect(distance / distances[0]!).toBeCloseTo(1, 2);
    for (const height of heights) expect(height).toBeCloseTo(heights[0]!, 5);
  });

  it('closes its circle: the step from the last frame to the first is one like all others', async () => {
    const frames = await drawAll(board(), turntable({ frames: 9, degrees: 720 }));
    const positions = frames.map(({ camera }) => camera.position);
    const steps = positions.map((position, index) => length(minus(positions[(index + 1) % 9]!, position)));
    for (const step of steps) expect(step / steps[0]!).toBeCloseTo(1, 5);
  });

  it('of half a turn ends there', async () => {
    const frames = await drawAll(board(), turntable({ frames: 5, degrees: 180, azimuth: 10 }));
    const [first, last] = [frames[0]!.camera.forward, frames[4]!.camera.forward];
    expect(first[0]).toBeCloseTo(-last[0], 6);
    expect(first[2]).toBeCloseTo(-last[2], 6);
  });

  it('turns the other way when it is told to', async () => {
    const [one, other] = [
      await drawAll(board(), turntable({ frames: 4 })),
      await drawAll(board(), turntable({ frames: 4, direction: 'clockwise' })),
    ];
    expect(difference(one[1]!, other[3]!).max).toBe(0);
    expect(difference(one[1]!, other[1]!).max).toBeGreaterThan(50);
    // Counterclockwise from above, what faces us goes to our right: the camera goes to our left.
    expect(one[1]!.camera.position[0]).toBeLessThan(one[0]!.camera.position[0]);
  });

  it('of the model leaves the light where it is', async () => {
    const document = new Document();
    addMesh(document, sphere(96, 48), document.createMaterial().setMetallicFactor(1).setRoughnessFactor(0.15));
    const options = { frames: 6, width: 48, environment: 'park', samples: 4 };
    const [still, orbiting] = [
      await drawAll(document, turntable({ ...options, turn: 'model' })),
      await drawAll(document, turntable({ ...options, turn: 'camera' })),
    ];
    // A ball has no marks: what moves in it is the environment.
    for (const frame of still) expect(difference(frame, still[0]!).mean).toBeLessThan(1.5);
    expect(difference(orbiting[2]!, orbiting[0]!).mean).toBeGreaterThan(6);
  });

  it('has the same frames when they are drawn in parts', async () => {
    const all = await drawAll(board(), turntable());
    const part = await drawAll(board(), turntable(), 7, 3);
    for (const [index, image] of part.entries()) expect(difference(image, all[7 + index]!).max).toBe(0);
  });
});

describe('a camera path', () => {
  const path = (keyframes: object[], options: object = {}) =>
    completeSequence(CameraPathRequest.parse({ kind: 'camera-path', ...SIZE, fps: 4, keyframes, ...options }));

  it('stands at its keyframes and looks at their targets', async () => {
    const keyframes = [
      { time: 0, position: [20, 6, 3], target: [20, 5, -7] },
      { time: 0.5, position: [26, 9, 1], target: [21, 5, -7], fieldOfView: 50 },
      { time: 1.5, position: [12, 5, -2], target: [20, 5.5, -7], up: [0.2, 1, 0] },
    ];
    const frames = await drawAll(board(), path(keyframes));
    expect(frames).toHaveLength(7);
    for (const { time, position, target, fieldOfView = 35 } of keyframes) {
      const { camera } = frames[time * 4]!;
      for (const axis of [0, 1, 2] as const) {
        expect(camera.position[axis]).toBeCloseTo(position[axis]!, 4);
        const direction = minus(target, position);
        expect(camera.forward[axis]).toBeCloseTo(direction[axis]! / length(direction), 5);
      }
      expect(camera.fieldOfView).toBeCloseTo(fieldOfView, 4);
    }
    const tilted = frames[6]!.camera;
    expect(tilted.right[1]).not.toBeCloseTo(0, 2);
    for (const { camera } of frames) {
      const product = camera.right.reduce((sum, value, i) => sum + value * camera.up[i]!, 0);
      expect(product).toBeCloseTo(0, 9);
      expect(length(camera.up)).toBeCloseTo(1, 9);
    }
    // Something is seen all along.
    for (const { data } of frames) expect(data.some((value, i) => i % 4 === 3 && value > 200)).toBe(true);
  });

  it('round the model sees all of it at distance 1, and comes nearer', async () => {
    const orbit = (distance: number) => [
      { time: 0, azimuth: 0, elevation: 10, distance: 1 },
      { time: 1, azimuth: 90, elevation: 40, distance },
    ];
    const whole = await drawAll(board(), path(orbit(1), { margin: 0.05 }));
    for (const image of whole) expect(Math.min(...Object.values(borders(image)))).toBeGreaterThan(0.02);
    const nearer = await drawAll(board(), path(orbit(0.5), { margin: 0.05 }));
    const center = [20.2, 5.45, -7];
    const distance = (image: RenderedImage) => length(minus(image.camera.position, center));
    expect(distance(nearer.at(-1)!) / distance(nearer[0]!)).toBeCloseTo(0.5, 2);
    expect(distance(whole.at(-1)!) / distance(whole[0]!)).toBeCloseTo(1, 2);
  });

  it('orthographic shows less of the model instead of coming nearer', async () => {
    const keyframes = [
      { time: 0, azimuth: 0, elevation: 0, distance: 1 },
      { time: 1, azimuth: 0, elevation: 0, distance: 0.5 },
    ];
    const frames = await drawAll(board(), path(keyframes, { projection: 'orthographic' }));
    expect(frames.at(-1)!.camera.viewHeight / frames[0]!.camera.viewHeight).toBeCloseTo(0.5, 5);
  });
});

describe('an animation', () => {
  /** A ball that flies 6 m to the right and back, in a clip of 2 s. */
  function flying(): Document {
    const document = new Document();
    const { node } = addMesh(document, sphere(24, 12), document.createMaterial().setMetallicFactor(0));
    const buffer = document.getRoot().listBuffers()[0]!;
    const accessor = (type: 'SCALAR' | 'VEC3', values: number[]) =>
      document.createAccessor().setType(type).setArray(new Float32Array(values)).setBuffer(buffer);
    const sampler = document
      .createAnimationSampler()
      .setInput(accessor('SCALAR', [0, 1, 2]))
      .setOutput(accessor('VEC3', [0, 0, 0, 6, 1, 0, 0, 0, 0]));
    const channel = document
      .createAnimationChannel()
      .setSampler(sampler)
      .setTargetNode(node)
      .setTargetPath('translation');
    document.createAnimation('fly').addSampler(sampler).addChannel(channel);
    return document;
  }
  const clips = [{ name: 'fly', seconds: 2, channels: 1 }];
  const animation = (options: object = {}) => {
    const request = AnimationRequest.parse({ kind: 'animation', ...SIZE, view: 'front', fps: 5, ...options });
    return completeForModel(completeSequence(request), clips);
  };

  it('is seen whole by a camera that stands still, from its start to its end', async () => {
    const request = animation();
    expect(request).toMatchObject({ animation: 'fly', end: 2 });
    const frames = await drawAll(flying(), request);
    expect(frames).toHaveLength(10);
    const all = frames.map(borders);
    for (const { camera } of frames) expect(camera.position).toEqual(frames[0]!.camera.position);
    for (const each of all) expect(Math.min(...Object.values(each))).toBeGreaterThan(0.02);
    // It flies over most of the picture.
    expect(all[0]!.left).toBeLessThan(0.1);
    expect(all[5]!.right).toBeLessThan(0.1);
    expect(difference(frames[3]!, frames[7]!).mean).toBeLessThan(0.5);
  });

  it('can be a part of the clip', async () => {
    const request = animation({ start: 0.5, end: 1 });
    expect(await drawAll(flying(), request)).toHaveLength(3);
  });

  it('must be in the file, and last', () => {
    const refused = (pointer: string, message: RegExp) =>
      expect.objectContaining({
        code: 'invalid_request',
        errors: [{ pointer, message: expect.stringMatching(message) }],
      });
    expect(() => animation({ animation: 'swim' })).toThrow(refused('/animation', /has "fly"/));
    expect(() => animation({ start: 3 })).toThrow(refused('/start', /is empty/));
    const any = AnimationRequest.parse({ kind: 'animation' });
    expect(() => completeForModel(any, [])).toThrow(refused('/animation', /^the model has no animation$/));
  });
});

describe('a dataset', () => {
  it('has cameras that see all of the model from one distance, and poses that project it where it is seen', async () => {
    const request = completeSequence(
      DatasetRequest.parse({ kind: 'dataset', ...SIZE, views: 8, distribution: 'sphere', margin: 0.05 }),
    );
    const frames = await drawAll(board(), request);
    const center = [20.2, 5.45, -7];
    const distances = frames.map(({ camera }) => length(minus(camera.position, center)));
    for (const distance of distances) expect(distance / distances[0]!).toBeCloseTo(1, 2);
    for (const image of frames) expect(Math.min(...Object.values(borders(image)))).toBeGreaterThan(0.02);

    const { w, h, fl_x, fl_y, cx, cy, ...transforms } = describeViews(
      frames.map(({ camera }, index) => ({ image: `${index}.png`, camera })),
      SIZE,
    );
    expect([w, h, cx, cy]).toEqual([64, 48, 32, 24]);
    for (const [index, { transform_matrix: matrix }] of transforms.frames.entries()) {
      // The end of the board, and the depth there, by the pose alone.
      const point = minus(
        [23, 6, -7],
        matrix.slice(0, 3).map((row) => row[3]!),
      );
      const inCamera = [0, 1, 2].map((column) =>
        point.reduce((sum, value, row) => sum + value * matrix[row]![column]!, 0),
      );
      const x = cx + (fl_x * inCamera[0]!) / -inCamera[2]!;
      const y = cy - (fl_y * inCamera[1]!) / -inCamera[2]!;
      const { data, passes } = frames[index]!;
      const at = Math.floor(y) * 64 + Math.floor(x);
      expect(data[at * 4 + 3], `view ${index}`).toBeGreaterThan(128);
      const depth = passes.find(({ name }) => name === 'depth');
      if (depth?.kind !== 'floats') throw new Error('there is no depth');
      // The ball round that point has a radius of 0.4 m.
      expect(Math.abs(depth.data[at]! + inCamera[2]!)).toBeLessThan(0.6);
    }
  });
});
