import type { Animation, Document, Node } from '@gltf-transform/core';
import type { Trs } from './affine.ts';
import {
  collectKnots,
  evaluateNumber,
  evaluateRotation,
  findChannels,
  type LayeredChannel,
} from './evaluate-layers.ts';
import type { FbxFindings } from './fbx-findings.ts';
import type { ModelNode } from './node-tree.ts';
import { type NodeChannels, Pose } from './pose.ts';
import type { AnimationStack } from './read-animation.ts';
import { type FbxMorphChannel, shapeWeights } from './read-morphs.ts';
import { isConstant, sampleTrack, type Track, type TrackSource } from './sample-track.ts';
import { convertTrs, type Space } from './space.ts';

/** What can be animated in the finished document. */
export interface AnimationTargets {
  nodes: { source: ModelNode; node: Node; needsAncestors: boolean }[];
  /** Nodes whose mesh has morph targets. */
  morphs: { node: Node; channels: FbxMorphChannel[] }[];
  space: Space;
}

/** Largest error of a rotation between keys: 0.1 degrees. */
const ROTATION_TOLERANCE = (0.1 * Math.PI) / 180;
const SCALE_TOLERANCE = 2.5e-4;
const WEIGHT_TOLERANCE = 5e-4;

/** Errors of translations, as a share of how far the node moves. */
const TRANSLATION_SHARE = 5e-4;

/** Full turns within one step of more than this are cut. */
const MAX_STEP_DEGREES = 90;

/** Makes a glTF animation of a stack, its start moved to 0. Null where nothing in it moves. */
export function bakeAnimation(
  document: Document,
  stack: AnimationStack,
  targets: AnimationTargets,
  findings: FbxFindings,
): Animation | null {
  const animation = document.createAnimation(stack.name);
  const pose = new Pose(stack);
  for (const target of targets.nodes) bakeNode(document, animation, stack, pose, target, targets.space);
  for (const { node, channels } of targets.morphs) bakeWeights(document, animation, stack, node, channels);
  if (animation.listChannels().length > 0) return animation;
  animation.dispose();
  findings.add('static_clip', `"${stack.name}"`);
  return null;
}

function bakeNode(
  document: Document,
  animation: Animation,
  stack: AnimationStack,
  pose: Pose,
  { source, node, needsAncestors }: AnimationTargets['nodes'][number],
  space: Space,
): void {
  const own = pose.channelsOf(source);
  const moving = needsAncestors ? chain(source).map((above) => pose.channelsOf(above)) : [own];
  const all = moving.flatMap((channels) => [...channels.translation, ...channels.rotation, ...channels.scale]);
  if (all.length === 0) return;
  const root = source.parent === null;
  const evaluate = (time: number, path: keyof Trs): Trs =>
    convertTrs(space, needsAncestors ? pose.local(source, time) : pose.plain(source, time, path), root);
  const pick = (...lists: LayeredChannel[][]): LayeredChannel[] => (needsAncestors ? all : lists.flat());
  const pivots = source.transform.hasPivots;
  const translation = pick(own.translation, ...(pivots ? [own.rotation, own.scale] : []));
  const add = (path: 'translation' | 'rotation' | 'scale', channels: LayeredChannel[]): void => {
    if (channels.length === 0) return;
    const knots = collectKnots(channels, stack.start, stack.stop);
    const width = path === 'rotation' ? 4 : 3;
    const write = (time: number, out: Float64Array): void => out.set(evaluate(time, path)[path]);
    const track = sampleTrack({
      knots,
      width,
      evaluate: write,
      isRotation: path === 'rotation',
      tolerance: path === 'translation' ? translationTolerance(knots, write, space) : toleranceOf(path),
      ...(path === 'rotation' && { mustSplit: fullTurns(own, source) }),
    });
    const rest = { translation: node.getTranslation(), rotation: node.getRotation(), scale: node.getScale() }[path];
    addTrack(document, animation, node, path, track, width, rest);
  };
  add('translation', translation);
  add('rotation', pick(own.rotation));
  add('scale', pick(own.scale));
}

function chain(node: ModelNode): ModelNode[] {
  const nodes: ModelNode[] = [];
  for (let at: ModelNode | null = node; at; at = at.parent) nodes.push(at);
  return nodes;
}

function toleranceOf(path: 'rotation' | 'scale'): number {
  return path === 'rotation' ? ROTATION_TOLERANCE : SCALE_TOLERANCE;
}

function translationTolerance(
  knots: Float64Array,
  evaluate: (time: number, out: Float64Array) => void,
  space: Space,
): number {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  const value = new Float64Array(3);
  for (const knot of knots) {
    evaluate(knot, value);
    for (let k = 0; k < 3; k++) {
      min[k] = Math.min(min[k]!, value[k]!);
      max[k] = Math.max(max[k]!, value[k]!);
    }
  }
  const extent = Math.max(...max.map((most, k) => most - min[k]!));
  return Math.max(extent * TRANSLATION_SHARE, space.scale * 1e-5);
}

/** A step of several half turns looks like a small one to a quaternion. */
function fullTurns(channels: NodeChannels, source: ModelNode): TrackSource['mustSplit'] {
  const { rotation, rotationOrder } = source.transform;
  if (channels.rotation.length === 0) return undefined;
  return (from, to) => {
    const a = evaluateRotation(channels.rotation, rotation, rotationOrder, from).degrees;
    const b = evaluateRotation(channels.rotation, rotation, rotationOrder, to - (to - from) * 1e-6).degrees;
    return a.some((angle, k) => Math.abs(angle - b[k]!) > MAX_STEP_DEGREES);
  };
}

function bakeWeights(
  document: Document,
  animation: Animation,
  stack: AnimationStack,
  node: Node,
  channels: readonly FbxMorphChannel[],
): void {
  const found = channels.map((channel) => findChannels(stack, channel.keys));
  if (found.every((list) => list.length === 0)) return;
  const width = channels.reduce((sum, channel) => sum + channel.shapes.length, 0);
  const track = sampleTrack({
    knots: collectKnots(found.flat(), stack.start, stack.stop),
    width,
    isRotation: false,
    tolerance: WEIGHT_TOLERANCE,
    evaluate: (time, out) => {
      let offset = 0;
      for (const [i, channel] of channels.entries()) {
        shapeWeights(channel, evaluateNumber(found[i]!, channel.percent, time), out, offset);
        offset += channel.shapes.length;
      }
    },
  });
  const rest = node.getMesh()?.getWeights() ?? [];
  addTrack(document, animation, node, 'weights', track, width, rest);
}

/** Leaves out a track that only repeats the pose at rest; one that holds another pose has a single key. */
function addTrack(
  document: Document,
  animation: Animation,
  node: Node,
  path: 'translation' | 'rotation' | 'scale' | 'weights',
  track: Track,
  width: number,
  rest: readonly number[],
): void {
  let { times, values } = track;
  if (times.length === 0) return;
  if (isConstant(track, width, 1e-6)) {
    const sign = path === 'rotation' && values[3]! * (rest[3] ?? 1) < 0 ? -1 : 1;
    if (rest.length === width && rest.every((value, k) => Math.abs(value - values[k]! * sign) < 1e-6)) return;
    times = times.slice(0, 1);
    values = values.slice(0, width);
  }
  const buffer = document.getRoot().listBuffers()[0]!;
  const input = document.createAccessor().setType('SCALAR').setArray(times).setBuffer(buffer);
  const type = path === 'weights' ? 'SCALAR' : path === 'rotation' ? 'VEC4' : 'VEC3';
  const output = document.createAccessor().setType(type).setArray(values).setBuffer(buffer);
  const sampler = document
    .createAnimationSampler()
    .setInput(input)
    .setOutput(output)
    .setInterpolation(track.interpolation);
  const channel = document.createAnimationChannel().setTargetNode(node).setTargetPath(path).setSampler(sampler);
  animation.addSampler(sampler).addChannel(channel);
}
