import { type Curve, evaluateCurve, FBX_TICKS } from './animation-curve.ts';
import type { FbxFindings } from './fbx-findings.ts';
import { child, children, type FbxNode, numberAt, splitName, textAt } from './fbx-node.ts';
import { childrenOf, type FbxObject, type FbxScene } from './fbx-scene.ts';
import { readCurve, readLegacyCurve } from './read-curve.ts';

/** An animated property: up to three numbers. */
export interface AnimationChannel {
  /** Null where nothing animates the number. */
  curves: (Curve | null)[];
  /** What a number without a curve is; null for the rest value. */
  defaults: (number | null)[];
}

/** How a layer's values come onto those of the layers below. */
export type LayerBlend = 'add' | 'override' | 'mix';

export interface AnimationLayer {
  blend: LayerBlend;
  /** From 0 to 1. */
  weight: number;
  weightCurve: Curve | null;
  /** Whether rotations are multiplied instead of adding their angles. */
  composeRotation: boolean;
  /** Whether scales are multiplied instead of added. */
  composeScale: boolean;
  /** By `channelKey`. */
  channels: Map<string, AnimationChannel>;
}

/** An animation stack (a take): one clip. */
export interface AnimationStack {
  name: string;
  /** Seconds; where the file states no usable range, that of the keys. */
  start: number;
  stop: number;
  layers: AnimationLayer[];
}

/** Properties that a glTF animation can carry. */
const USED_PROPERTIES = new Set(['Lcl Translation', 'Lcl Rotation', 'Lcl Scaling', 'DeformPercent']);

export function channelKey(objectId: string, property: string): string {
  return `${objectId}|${property}`;
}

/** All animation stacks of a file with keys in them. */
export function readAnimation(scene: FbxScene, findings: FbxFindings): AnimationStack[] {
  const stacks = scene.objects
    .filter((object) => object.kind === 'AnimationStack')
    .map((stack) => readStack(stack, findings));
  if (stacks.length === 0 && scene.takes) {
    const models = new Map<string, FbxObject>();
    for (const object of scene.objects) {
      if (object.kind === 'Model' && !models.has(object.name)) models.set(object.name, object);
    }
    for (const take of children(scene.takes, 'Take')) stacks.push(readTake(take, models, scene.version, findings));
  }
  return stacks.filter((stack) => stack.layers.some((layer) => layer.channels.size > 0));
}

function readStack(stack: FbxObject, findings: FbxFindings): AnimationStack {
  const ticks = (name: string): number | undefined => stack.properties.number(name);
  const layers = childrenOf(stack, 'AnimationLayer').map((layer) => readLayer(layer, findings));
  const start = ticks('LocalStart') ?? ticks('ReferenceStart') ?? 0;
  const stop = ticks('LocalStop') ?? ticks('ReferenceStop') ?? 0;
  return withRange(stack.name, start / FBX_TICKS, stop / FBX_TICKS, layers);
}

function readLayer(layer: FbxObject, findings: FbxFindings): AnimationLayer {
  const { properties } = layer;
  const mode = properties.number('BlendMode') ?? 0;
  const result: AnimationLayer = {
    blend: mode === 0 ? 'add' : mode === 2 ? 'mix' : 'override',
    weight: clampShare((properties.number('Weight') ?? 100) / 100),
    weightCurve: null,
    composeRotation: (properties.number('RotationAccumulationMode') ?? 0) === 0,
    composeScale: (properties.number('ScaleAccumulationMode') ?? 0) === 0,
    channels: new Map(),
  };
  for (const node of childrenOf(layer, 'AnimationCurveNode')) {
    for (const { object, property } of node.parents) {
      if (property === null) continue;
      const channel = readCurveNode(node, findings);
      if (!channel) continue;
      if (object === layer) {
        result.weightCurve = channel.curves[0] ?? null;
        continue;
      }
      const known = USED_PROPERTIES.has(property) || object.kind === 'Geometry';
      if (!known && channel.curves.some((curve) => curve !== null && moves(curve))) {
        findings.add('unsupported_animation', `"${property}" of ${object.kind.toLowerCase()} "${object.name}"`);
      }
      const key = channelKey(object.id, property);
      if (known && !result.channels.has(key)) result.channels.set(key, channel);
    }
  }
  return result;
}

function moves(curve: Curve): boolean {
  return curve.values.some((value) => Math.abs(value - curve.values[0]!) > 1e-6);
}

function readCurveNode(node: FbxObject, findings: FbxFindings): AnimationChannel | null {
  const channel: AnimationChannel = { curves: [null, null, null], defaults: [null, null, null] };
  const axis = (name: string): number => (name.endsWith('|Y') ? 1 : name.endsWith('|Z') ? 2 : 0);
  for (const property of node.properties.list()) {
    const value = node.properties.number(property.name);
    if (property.name.startsWith('d|') && value !== undefined) channel.defaults[axis(property.name)] = value;
  }
  for (const { object, property } of node.children) {
    if (object.kind !== 'AnimationCurve') continue;
    const curve = readCurve(object.node);
    if (curve) channel.curves[axis(property ?? '')] = curve;
    else findings.add('damaged_curve', `curve of "${node.name}" (${object.node.place})`);
  }
  const empty = channel.curves.every((curve) => !curve) && channel.defaults.every((value) => value === null);
  return empty ? null : channel;
}

/** `Take: "name" { LocalTime, Model: "Model::x" { Channel: "Transform" { Channel: "T" { Channel: "X" { Key } } } } }` */
function readTake(
  take: FbxNode,
  models: Map<string, FbxObject>,
  version: number,
  findings: FbxFindings,
): AnimationStack {
  const channels = new Map<string, AnimationChannel>();
  for (const node of children(take, 'Model')) {
    const model = models.get(splitName(textAt(node, 0)).name);
    if (!model) continue;
    const add = (property: string, channel: FbxNode): void => {
      const curves = readAxes(channel, version);
      if (curves) channels.set(channelKey(model.id, property), curves);
    };
    for (const channel of children(node, 'Channel')) {
      const title = textAt(channel, 0);
      if (title === 'Transform') {
        for (const part of children(channel, 'Channel')) {
          const letter = textAt(part, 0);
          if (letter === 'T') add('Lcl Translation', part);
          else if (letter === 'R') add('Lcl Rotation', part);
          else if (letter === 'S') add('Lcl Scaling', part);
        }
      } else if (title !== 'Visibility') {
        // A morph weight is named after its shape.
        add(title.replace(/ \(Shape\)$/, ''), channel);
      } else if (readAxes(channel, version)?.curves.some((curve) => curve !== null && moves(curve))) {
        findings.add('unsupported_animation', `"${title}" of node "${model.name}"`);
      }
    }
  }
  const range = child(take, 'LocalTime') ?? child(take, 'ReferenceTime');
  const layer: AnimationLayer = {
    blend: 'override',
    weight: 1,
    weightCurve: null,
    composeRotation: false,
    composeScale: false,
    channels,
  };
  const start = (numberAt(range, 0) ?? 0) / FBX_TICKS;
  return withRange(splitName(textAt(take, 0)).name, start, (numberAt(range, 1) ?? 0) / FBX_TICKS, [layer]);
}

function readAxes(channel: FbxNode, version: number): AnimationChannel | null {
  const result: AnimationChannel = { curves: [null, null, null], defaults: [null, null, null] };
  const read = (node: FbxNode | undefined, axis: number): void => {
    if (!node) return;
    result.curves[axis] = readLegacyCurve(node, version);
    result.defaults[axis] = numberAt(child(node, 'Default'), 0) ?? null;
  };
  const parts = children(channel, 'Channel');
  if (parts.length === 0) read(channel, 0);
  for (const [axis, letter] of ['X', 'Y', 'Z'].entries()) {
    read(
      parts.find((part) => textAt(part, 0) === letter),
      axis,
    );
  }
  return result.curves.some((curve) => curve !== null) ? result : null;
}

/** The stated range where it has a length and meets the keys, otherwise that of the keys. */
function withRange(name: string, start: number, stop: number, layers: AnimationLayer[]): AnimationStack {
  let first = Infinity;
  let last = -Infinity;
  for (const layer of layers) {
    for (const channel of layer.channels.values()) {
      for (const curve of channel.curves) {
        if (!curve) continue;
        first = Math.min(first, curve.times[0]!);
        last = Math.max(last, curve.times.at(-1)!);
      }
    }
  }
  if (first > last) return { name, start: 0, stop: 0, layers };
  const usable = Number.isFinite(start) && stop > start && start <= last && stop >= first && stop - start < MAX_SECONDS;
  return usable ? { name, start, stop, layers } : { name, start: first, stop: last, layers };
}

/** A day: longer ranges are damage, and single-precision times no longer tell frames apart. */
const MAX_SECONDS = 86_400;

function clampShare(value: number): number {
  return value > 0 ? (value > 0.99999 ? 1 : value) : 0;
}

/** The weight of a layer at a time. */
export function layerWeight(layer: AnimationLayer, time: number): number {
  return layer.weightCurve ? clampShare(evaluateCurve(layer.weightCurve, time) / 100) : layer.weight;
}
