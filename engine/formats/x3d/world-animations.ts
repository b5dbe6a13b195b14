import type { Document, Node } from '@gltf-transform/core';
import { formatCount, modelMalformed } from '../errors.ts';
import { setNodeMatrix } from '../geometry/node-matrix.ts';
import { numbersOf, type Route, tupleOf, type WorldNode } from './world-node.ts';
import { transformOf } from './world-transform.ts';

/** A turn about a centre moves on an arc, of which so many pieces are kept between two keys. */
const PIECES = 8;

const FIELDS = { translation: 3, rotation: 4, scale: 3 } as const;
type Field = keyof typeof FIELDS;

/** Key frames of one field of a transform. */
interface Track {
  keys: Float64Array;
  values: Float64Array;
  width: number;
}

/**
 * Makes a clip of each time sensor: interpolators of positions and orientations that it drives by routes, and the
 * transforms that these move.
 *
 * @param made the nodes of the document that each node of the world became
 * @returns interpolators that no clip came of
 */
export function addWorldAnimations(
  document: Document,
  named: ReadonlyMap<string, WorldNode>,
  routes: readonly Route[],
  made: ReadonlyMap<WorldNode, Node[]>,
  file: string,
): WorldNode[] {
  const unread = new Set([...named.values()].filter(({ type }) => type.endsWith('Interpolator')));
  for (const [name, sensor] of named) {
    if (sensor.type !== 'TimeSensor') continue;
    const moved = new Map<WorldNode, Map<Field, Track>>();
    for (const { to } of routes.filter(({ from, fromField }) => from === name && fromField.startsWith('fraction'))) {
      const source = named.get(to);
      const track = source && readTrack(source, file);
      if (!source || !track) continue;
      for (const route of routes.filter(({ from, fromField }) => from === to && fromField.startsWith('value'))) {
        const field = route.toField.replace(/^set_/, '') as Field;
        const target = named.get(route.to);
        if (target?.type !== 'Transform' || FIELDS[field] !== track.width) continue;
        const tracks = moved.get(target) ?? new Map<Field, Track>();
        moved.set(target, tracks.set(field, track));
        unread.delete(source);
      }
    }
    const seconds = tupleOf(sensor, 'cycleInterval', [1])[0]!;
    const animation = document.createAnimation(name);
    for (const [target, tracks] of moved) {
      for (const node of made.get(target) ?? []) bake(document, animation, target, node, tracks, seconds);
    }
    if (animation.listChannels().length === 0) animation.dispose();
  }
  return [...unread];
}

function readTrack(source: WorldNode, file: string): Track | null {
  const width = source.type === 'PositionInterpolator' ? 3 : source.type === 'OrientationInterpolator' ? 4 : 0;
  const keys = numbersOf(source, 'key');
  const values = numbersOf(source, 'keyValue');
  if (width === 0 || keys.length === 0) return null;
  if (values.length < keys.length * width || ![...keys, ...values].every(Number.isFinite)) {
    throw modelMalformed(
      `${file}: ${source.name || source.type}`,
      `It declares ${formatCount(keys.length)} keys and has ${formatCount(Math.floor(values.length / width))} values.`,
    );
  }
  return { keys, values, width };
}

function bake(
  document: Document,
  animation: ReturnType<Document['createAnimation']>,
  source: WorldNode,
  node: Node,
  tracks: ReadonlyMap<Field, Track>,
  seconds: number,
): void {
  const isArc = tupleOf(source, 'center', [0, 0, 0]).some((value) => value !== 0);
  const times = keyTimes([...tracks.values()], isArc ? PIECES : 1);
  const probe = document.createNode();
  const outputs = { translation: [] as number[], rotation: [] as number[], scale: [] as number[] };
  for (const time of times) {
    const overrides = new Map([...tracks].map(([field, track]) => [field as string, sample(track, time)]));
    setNodeMatrix(probe, transformOf(source, overrides));
    outputs.translation.push(...probe.getTranslation());
    outputs.scale.push(...probe.getScale());
    outputs.rotation.push(...nearer(outputs.rotation.slice(-4), probe.getRotation()));
  }
  probe.dispose();
  const buffer = document.getRoot().listBuffers()[0] ?? document.createBuffer();
  const accessor = (type: 'SCALAR' | 'VEC3' | 'VEC4', values: number[]) =>
    document.createAccessor().setType(type).setBuffer(buffer).setArray(Float32Array.from(values));
  const length = seconds > 0 && Number.isFinite(seconds) ? seconds : 1;
  const input = accessor(
    'SCALAR',
    times.map((time) => time * length),
  );
  for (const path of ['translation', 'rotation', 'scale'] as const) {
    const width = FIELDS[path];
    const values = outputs[path];
    if (values.every((value, i) => Math.abs(value - values[i % width]!) < 1e-9) && !tracks.has(path)) continue;
    const sampler = document
      .createAnimationSampler()
      .setInput(input)
      .setOutput(accessor(width === 4 ? 'VEC4' : 'VEC3', values));
    animation
      .addSampler(sampler)
      .addChannel(document.createAnimationChannel().setTargetNode(node).setTargetPath(path).setSampler(sampler));
  }
}

function keyTimes(tracks: readonly Track[], pieces: number): number[] {
  const keys = [...new Set(tracks.flatMap((track) => Array.from(track.keys, Math.fround)))].sort((a, b) => a - b);
  return keys.flatMap((key, i) => {
    const before = keys[i - 1];
    if (before === undefined) return [key];
    return Array.from({ length: pieces }, (_, k) => before + ((key - before) * (k + 1)) / pieces);
  });
}

/** Turns between two orientations take the shorter way. */
function sample({ keys, values, width }: Track, time: number): number[] {
  const high = Math.min(firstNotBefore(keys, time), keys.length - 1);
  const low = keys[high]! > time && high > 0 ? high - 1 : high;
  const span = keys[high]! - keys[low]!;
  const share = span > 0 ? (time - keys[low]!) / span : 0;
  const at = (i: number): number[] => Array.from(values.subarray(i * width, i * width + width));
  if (width === 3) return at(low).map((value, k) => value + (at(high)[k]! - value) * share);
  return fromQuaternion(slerp(toQuaternion(at(low)), toQuaternion(at(high)), share));
}

/** The number of the first key at a time or behind it; that of all keys where there is none. */
function firstNotBefore(keys: Float64Array, time: number): number {
  let from = 0;
  let to = keys.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (keys[middle]! >= time) to = middle;
    else from = middle + 1;
  }
  return from;
}

function toQuaternion([x, y, z, angle]: number[]): number[] {
  const length = Math.hypot(x!, y!, z!) || 1;
  const s = Math.sin(angle! / 2) / length;
  return [x! * s, y! * s, z! * s, Math.cos(angle! / 2)];
}

function fromQuaternion([x, y, z, w]: number[]): number[] {
  const s = Math.hypot(x!, y!, z!);
  return s > 1e-12 ? [x! / s, y! / s, z! / s, 2 * Math.atan2(s, w!)] : [0, 0, 1, 0];
}

function slerp(a: number[], b: number[], share: number): number[] {
  const target = nearer(a, b);
  const cosine = Math.min(
    1,
    a.reduce((sum, value, k) => sum + value * target[k]!, 0),
  );
  const angle = Math.acos(cosine);
  if (angle < 1e-6) return target;
  const [p, q] = [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)];
  return a.map((value, k) => value * p + target[k]! * q);
}

/** The one of the two quaternions of a rotation that is nearer to another. */
function nearer(other: number[], q: number[]): number[] {
  return other.reduce((sum, value, k) => sum + value * q[k]!, 0) < 0 ? q.map((value) => -value) : q;
}
