import type { Animation, AnimationChannel, Document, Node } from '@gltf-transform/core';
import { clipName } from '#contracts/model/clip-name.ts';
import { PassThroughProperty } from '../formats/gltf/pass-through.ts';
import { floatsOf } from '../render/accessor-floats.ts';
import { nothingMoves, unknownName } from './errors.ts';
import { type PointedValue, resolvePointer } from './pointer.ts';
import { type Interpolation, Track } from './track.ts';

/** Part of a node's transform, or the weights of its morph targets. */
export type NodePath = 'translation' | 'rotation' | 'scale' | 'weights';

/** One animation of a model, ready to be evaluated. */
export interface Clip {
  name: string;
  /** Time of the last key of all. */
  seconds: number;
  nodes: { node: Node; path: NodePath; track: Track }[];
  /** Other values of the document that the clip moves (KHR_animation_pointer). */
  values: { value: PointedValue; track: Track }[];
  /** What of the clip is not played. */
  warnings: string[];
}

/** The names under which the animations of a document are asked for: those without a name by their number from 0. */
function clipNames(document: Document): string[] {
  return document
    .getRoot()
    .listAnimations()
    .map((animation, i) => clipName(animation.getName(), i));
}

/**
 * The clip of a document that a request asks for.
 *
 * @param name an animation's name; undefined: the first
 * @throws MaquetteError `invalid_request` when there is none of this name, or none at all
 */
export function selectClip(document: Document, name: string | undefined): Clip {
  const animations = document.getRoot().listAnimations();
  const names = clipNames(document);
  if (name === undefined && animations.length === 0) throw nothingMoves();
  const index = name === undefined ? 0 : names.indexOf(name);
  if (index < 0) throw unknownName('animation', 'animations', name ?? '', names);
  return readClip(document, animations[index]!, names[index]!);
}

/**
 * Does `work` while the document's own values that a clip moves are what `given` says; afterwards they are what they
 * were.
 */
export function withValues<T>(clip: Clip, given: (track: Track) => readonly number[], work: () => T): T {
  const before = clip.values.map(({ value }) => [...value.get()]);
  try {
    for (const { value, track } of clip.values) value.set(given(track));
    return work();
  } finally {
    // Backwards: where two tracks move one value, the first has seen the original.
    for (let i = clip.values.length - 1; i >= 0; i--) clip.values[i]!.value.set(before[i]!);
  }
}

/** Does `work` while every value that a clip moves is as great as at any of its keys. */
export function withGreatestValues<T>(clip: Clip, work: () => T): T {
  return withValues(clip, (track) => track.greatest, work);
}

function readClip(document: Document, animation: Animation, name: string): Clip {
  const clip: Clip = { name, seconds: 0, nodes: [], values: [], warnings: [] };
  const unknown = new Set<string>();
  for (const channel of animation.listChannels()) {
    const path = channel.getTargetPath() as string | null;
    if (path === 'pointer') readPointer(document, channel, clip, unknown);
    else if (path === 'translation' || path === 'rotation' || path === 'scale' || path === 'weights') {
      const node = channel.getTargetNode();
      const track = trackOf(channel, path === 'rotation');
      if (node && track) addTrack(clip, { node, path, track });
    }
  }
  if (unknown.size > 0) {
    const [first, ...others] = unknown;
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    clip.warnings.push(`Animation “${name}” moves values that stay as they are: ${first}${more}.`);
  }
  return clip;
}

function addTrack(clip: Clip, entry: Clip['nodes'][number]): void {
  const lengths = { translation: 3, rotation: 4, scale: 3, weights: entry.track.size };
  if (entry.track.size !== lengths[entry.path]) return;
  clip.nodes.push(entry);
  clip.seconds = Math.max(clip.seconds, entry.track.end);
}

function readPointer(document: Document, channel: AnimationChannel, clip: Clip, unknown: Set<string>): void {
  const kept = channel.getExtension<PassThroughProperty>('KHR_animation_pointer');
  const pointer = kept instanceof PassThroughProperty ? kept.getValue().pointer : undefined;
  if (typeof pointer !== 'string') return;
  const target = resolvePointer(document, pointer);
  const track = trackOf(channel, target?.kind === 'node' && target.path === 'rotation');
  if (!target || !track) {
    unknown.add(pointer);
    return;
  }
  switch (target.kind) {
    case 'node':
      addTrack(clip, { node: target.node, path: target.path, track });
      return;
    case 'mesh-weights':
      for (const node of target.nodes) addTrack(clip, { node, path: 'weights', track });
      return;
    case 'value':
      if (track.size !== target.value.size) unknown.add(pointer);
      else {
        clip.values.push({ value: target.value, track });
        clip.seconds = Math.max(clip.seconds, track.end);
      }
  }
}

function trackOf(channel: AnimationChannel, rotation: boolean): Track | undefined {
  const sampler = channel.getSampler();
  const input = sampler?.getInput();
  const output = sampler?.getOutput();
  if (!sampler || !input || !output) return undefined;
  const times = floatsOf(input);
  const values = floatsOf(output);
  if (times.length === 0 || values.length < times.length) return undefined;
  const track = new Track(times, values, sampler.getInterpolation() as Interpolation, rotation);
  return track.size > 0 ? track : undefined;
}
