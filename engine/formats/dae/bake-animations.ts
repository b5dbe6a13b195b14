import type { Animation, Document, Node } from '@gltf-transform/core';
import { type Corrections, plural } from '../corrections.ts';
import { composeSteps } from '../geometry/transform-steps.ts';
import { childrenOf, type XmlElement } from '../xml/xml-tree.ts';
import type { DaeFile } from './dae-file.ts';
import { type DaeChannel, readChannels, sampleChannel } from './read-animation.ts';
import type { TransformStep } from './read-transform.ts';

/** Turns of more than this between two keys are cut into several. */
const MAX_TURN = 60;

/** Keys of one node in one clip. */
const MAX_KEYS = 200_000;

/** What the animations move. */
export interface AnimatedNodes {
  find(id: string): { node: Node; steps: TransformStep[] } | null;
  /** The morph targets that go by an id. */
  findMorphs(id: string): { node: Node; weights: number[] }[];
}

interface Clip {
  name: string;
  start: number;
  end: number;
  channels: DaeChannel[];
}

/**
 * Makes the channels of a file into clips of translation, rotation and scale: the transform of each node is computed
 * at all key times of its steps. Clips begin at 0.
 */
export function bakeAnimations(
  document: Document,
  file: DaeFile,
  nodes: AnimatedNodes,
  corrections: Corrections,
): void {
  const library = (name: string): XmlElement | null => childrenOf(file.root, name)[0] ?? null;
  const channels = readChannels(file, library('library_animations'));
  if (channels.length === 0) return;
  const clips = listClips(file, library('library_animation_clips'), channels);
  for (const clip of clips) {
    const animation = document.createAnimation(clip.name);
    const byNode = new Map<string, DaeChannel[]>();
    for (const channel of clip.channels) {
      const known = byNode.get(channel.node);
      if (known) known.push(channel);
      else byNode.set(channel.node, [channel]);
    }
    for (const [id, own] of byNode) {
      const target = nodes.find(id);
      const morphs = nodes.findMorphs(id);
      for (const { node, weights } of morphs) bakeWeights(document, animation, node, weights, own, clip);
      if (morphs.length > 0) continue;
      if (target) bakeNode(document, animation, target.node, target.steps, own, clip);
      else
        corrections.add(
          'removed_channels',
          own.length,
          (n) => `${plural(n, 'animation channel')} of nodes that do not exist ${n === 1 ? 'was' : 'were'} left out.`,
        );
    }
    if (animation.listChannels().length === 0) animation.dispose();
    else if (clip.start > 0)
      corrections.add(
        'clip_start',
        1,
        (n) => `${plural(n, 'clip')} began later than at 0 and ${n === 1 ? 'was' : 'were'} moved there.`,
      );
  }
}

function listClips(file: DaeFile, library: XmlElement | null, channels: DaeChannel[]): Clip[] {
  const clips: Clip[] = [];
  for (const element of childrenOf(library, 'animation_clip')) {
    const members = childrenOf(element, 'instance_animation').map((instance) =>
      file.follow(instance.attributes.get('url')),
    );
    const own = channels.filter((channel) => channel.owners.some((owner) => members.includes(owner)));
    if (own.length === 0) continue;
    const start = Number(element.attributes.get('start') ?? 0);
    const end = Number(element.attributes.get('end') ?? Number.NaN);
    const name = element.attributes.get('name') ?? element.attributes.get('id') ?? `Clip ${clips.length + 1}`;
    clips.push({
      name,
      channels: own,
      start: Number.isFinite(start) ? start : 0,
      end: Number.isFinite(end) && end > start ? end : lastTime(own),
    });
  }
  if (clips.length > 0) return clips;
  const start = channels.reduce((least, { times }) => Math.min(least, times[0]!), Infinity);
  return [{ name: 'Animation', channels, start, end: lastTime(channels) }];
}

function lastTime(channels: DaeChannel[]): number {
  return channels.reduce((largest, { times }) => Math.max(largest, times.at(-1)!), 0);
}

function bakeNode(
  document: Document,
  animation: Animation,
  node: Node,
  steps: TransformStep[],
  channels: DaeChannel[],
  clip: Clip,
): void {
  const times = keyTimes(channels, steps, clip);
  const state = steps.map(({ kind, values }) => ({ kind, values: values.slice() }));
  const probe = document.createNode();
  const outputs = {
    translation: new Float32Array(times.length * 3),
    rotation: new Float32Array(times.length * 4),
    scale: new Float32Array(times.length * 3),
  };
  for (const [i, time] of times.entries()) {
    for (const channel of channels) {
      const step = steps.findIndex(({ sid }) => sid === channel.sid);
      if (step >= 0) sampleChannel(channel, time, state[step]!.values);
    }
    probe.setMatrix(composeSteps(state));
    outputs.translation.set(probe.getTranslation(), i * 3);
    outputs.scale.set(probe.getScale(), i * 3);
    outputs.rotation.set(nearest(outputs.rotation, i, probe.getRotation()), i * 4);
  }
  probe.dispose();
  const buffer = document.getRoot().listBuffers()[0] ?? document.createBuffer();
  const input = document
    .createAccessor()
    .setType('SCALAR')
    .setBuffer(buffer)
    .setArray(Float32Array.from(times, (time) => time - clip.start));
  for (const path of ['translation', 'rotation', 'scale'] as const) {
    const width = path === 'rotation' ? 4 : 3;
    if (
      isRest(
        outputs[path],
        width,
        { translation: node.getTranslation(), rotation: node.getRotation(), scale: node.getScale() }[path],
      )
    )
      continue;
    const output = document
      .createAccessor()
      .setType(width === 4 ? 'VEC4' : 'VEC3')
      .setBuffer(buffer)
      .setArray(outputs[path]);
    const sampler = document
      .createAnimationSampler()
      .setInput(input)
      .setOutput(output)
      .setInterpolation(channels.every(({ isStepped }) => isStepped) ? 'STEP' : 'LINEAR');
    animation
      .addSampler(sampler)
      .addChannel(document.createAnimationChannel().setTargetNode(node).setTargetPath(path).setSampler(sampler));
  }
}

/** The weights of a mesh at all key times of any of them. */
function bakeWeights(
  document: Document,
  animation: Animation,
  node: Node,
  weights: readonly number[],
  channels: DaeChannel[],
  clip: Clip,
): void {
  const times = keyTimes(channels, [], clip);
  const values = new Float32Array(times.length * weights.length);
  const state = Float32Array.from(weights);
  for (const [i, time] of times.entries()) {
    for (const channel of channels) sampleChannel(channel, time, state);
    values.set(state, i * weights.length);
  }
  const buffer = document.getRoot().listBuffers()[0] ?? document.createBuffer();
  const accessor = (array: Float32Array<ArrayBuffer>) =>
    document.createAccessor().setType('SCALAR').setBuffer(buffer).setArray(array);
  const sampler = document
    .createAnimationSampler()
    .setInput(accessor(Float32Array.from(times, (time) => time - clip.start)))
    .setOutput(accessor(values))
    .setInterpolation(channels.every(({ isStepped }) => isStepped) ? 'STEP' : 'LINEAR');
  animation
    .addSampler(sampler)
    .addChannel(document.createAnimationChannel().setTargetNode(node).setTargetPath('weights').setSampler(sampler));
}

/** All key times within the clip, its ends, and more between where a turn is large. */
function keyTimes(channels: DaeChannel[], steps: TransformStep[], { start, end }: Clip): number[] {
  const found = new Set<number>([start, end]);
  for (const channel of channels) {
    const { times, values, width, member } = channel;
    const turns = steps.find(({ sid }) => sid === channel.sid)?.kind === 'rotate' && member + width > 3;
    for (let i = 0; i < times.length && found.size < MAX_KEYS; i++) {
      if (times[i]! >= start && times[i]! <= end) found.add(times[i]!);
      if (!turns || i === 0) continue;
      const angle = 3 - member;
      const turn = Math.abs(values[i * width + angle]! - values[(i - 1) * width + angle]!);
      const parts = Math.min(1000, Math.ceil(turn / MAX_TURN));
      for (let k = 1; k < parts; k++) {
        const time = times[i - 1]! + ((times[i]! - times[i - 1]!) * k) / parts;
        if (time >= start && time <= end) found.add(time);
      }
    }
  }
  return [...found]
    .map(Math.fround)
    .sort((a, b) => a - b)
    .filter((time, i, all) => i === 0 || time > all[i - 1]!);
}

/** The one of the two quaternions of a rotation that is nearer to the one before. */
function nearest(rotations: Float32Array, i: number, q: number[]): number[] {
  if (i === 0) return q;
  let dot = 0;
  for (let k = 0; k < 4; k++) dot += rotations[(i - 1) * 4 + k]! * q[k]!;
  return dot < 0 ? q.map((value) => -value) : q;
}

function isRest(values: Float32Array, width: number, rest: number[]): boolean {
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]! - rest[i % width]!) > 1e-6) return false;
  return true;
}
