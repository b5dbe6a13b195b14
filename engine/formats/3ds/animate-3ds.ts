import type { Animation, Document, Node, vec4 } from '@gltf-transform/core';
import type { Key3ds } from './keys-3ds.ts';
import type { Node3ds } from './parse-3ds.ts';

/** Frames in a second: 3D Studio has no others, and files do not say. */
const FRAMES_PER_SECOND = 30;

/** Between two keys a rotation turns at most so far at once: what stands between is interpolated the shorter way round. */
const MOST_TURN = Math.PI / 3;

/** More keys than this come of no rotation that is meant. */
const MOST_STEPS = 64;

/** How a node stands at its first keys. */
export function placeNode(node: Node, { position, rotation, scale }: Node3ds): void {
  node.setTranslation(position).setScale(scale).setRotation(turn(rotation));
}

/** Whether a node of the keyframer moves. */
export function isMoving({ tracks }: Node3ds): boolean {
  return Object.values(tracks).some((keys) => keys.length > 1);
}

/** Adds what moves a node to an animation: places and sizes as splines, rotations as keys close to one another. */
export function animateNode(document: Document, animation: Animation, node: Node, { tracks }: Node3ds): void {
  const add = (
    path: 'translation' | 'rotation' | 'scale',
    times: number[],
    values: number[],
    interpolation: 'LINEAR' | 'CUBICSPLINE',
  ): void => {
    const buffer = document.getRoot().listBuffers()[0] ?? document.createBuffer();
    const accessor = (type: 'SCALAR' | 'VEC3' | 'VEC4', numbers: number[]) =>
      document.createAccessor().setType(type).setArray(Float32Array.from(numbers)).setBuffer(buffer);
    const sampler = document
      .createAnimationSampler()
      .setInput(accessor('SCALAR', times))
      .setOutput(accessor(path === 'rotation' ? 'VEC4' : 'VEC3', values))
      .setInterpolation(interpolation);
    const channel = document.createAnimationChannel().setTargetNode(node).setTargetPath(path).setSampler(sampler);
    animation.addSampler(sampler).addChannel(channel);
  };
  for (const [path, keys] of [
    ['translation', rising(tracks.position)],
    ['scale', rising(tracks.scale)],
  ] as const) {
    if (keys.length > 1)
      add(
        path,
        keys.map(secondsOf),
        keys.flatMap((_, i) => splineKey(keys, i)),
        'CUBICSPLINE',
      );
  }
  const turns = rotationKeys(rising(tracks.rotation));
  if (turns.times.length > 1) add('rotation', turns.times, turns.values, 'LINEAR');
}

/** The keys whose frames rise; what goes back in time is left out. */
function rising(keys: readonly Key3ds[]): Key3ds[] {
  const out: Key3ds[] = [];
  for (const key of keys) if (key.frame >= 0 && key.frame > (out.at(-1)?.frame ?? -1)) out.push(key);
  return out;
}

function secondsOf({ frame }: Key3ds): number {
  return frame / FRAMES_PER_SECOND;
}

/** In-tangent, value and out-tangent of a key (Kochanek and Bartels, SIGGRAPH 1984), for keys at any distance. */
function splineKey(keys: readonly Key3ds[], index: number): number[] {
  const key = keys[index]!;
  const [before, after] = [keys[index - 1], keys[index + 1]];
  const { tension: t, continuity: c, bias: b } = key;
  const seconds = secondsOf(after ?? key) - secondsOf(before ?? key);
  const tangent = (sign: 1 | -1): number[] =>
    key.values.map((value, k) => {
      const reached = before ? value - before.values[k]! : after!.values[k]! - value;
      const left = after ? after.values[k]! - value : reached;
      if (!before || !after) return ((1 - t) * left) / seconds;
      return ((1 - t) * ((1 - sign * c) * (1 + b) * reached + (1 + sign * c) * (1 - b) * left)) / seconds;
    });
  return [...tangent(1), ...key.values, ...tangent(-1)];
}

/** Rotations as they add up from key to key, with steps between where they turn far. */
function rotationKeys(keys: readonly Key3ds[]): { times: number[]; values: number[] } {
  const times: number[] = [];
  const values: number[] = [];
  let whole: vec4 = [0, 0, 0, 1];
  for (const [index, key] of keys.entries()) {
    const [angle, x, y, z] = key.values as [number, number, number, number];
    const before = keys[index - 1];
    const steps = before ? Math.min(MOST_STEPS, Math.max(1, Math.ceil(Math.abs(angle) / MOST_TURN - 1e-6) || 1)) : 1;
    for (let step = 1; step <= steps; step++) {
      const share = step / steps;
      const at = before ? before.frame + (key.frame - before.frame) * share : key.frame;
      times.push(at / FRAMES_PER_SECOND);
      values.push(...product(turn([angle * share, x, y, z]), whole));
    }
    whole = product(turn([angle, x, y, z]), whole);
  }
  return { times, values };
}

/** A rotation of an angle about an axis, clockwise as 3DS has it. */
function turn([angle, x, y, z]: readonly [number, number, number, number]): vec4 {
  const length = Math.hypot(x, y, z);
  if (!(length > 0) || !Number.isFinite(angle)) return [0, 0, 0, 1];
  const sine = Math.sin(-angle / 2) / length;
  return [x * sine, y * sine, z * sine, Math.cos(angle / 2)];
}

/** First `b`, then `a`. */
function product([ax, ay, az, aw]: vec4, [bx, by, bz, bw]: vec4): vec4 {
  return [
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
    aw * bw - ax * bx - ay * by - az * bz,
  ];
}
