import type { Node } from '@gltf-transform/core';
import type { Clip, NodePath } from '../../../animation/clip.ts';
import { sampleTimes } from '../../../animation/sample-times.ts';
import type { Track } from '../../../animation/track.ts';
import { sampleEuler } from './euler.ts';
import type { FbxDraft } from './fbx-draft.ts';
import { PER_METRE, ticksOf } from './units.ts';

/** Bits of a key: how the curve goes on from it. */
const CONSTANT = 0x2;
const LINEAR = 0x4;

const AXES = ['X', 'Y', 'Z'];

/** The objects that clips move. */
export interface AnimatedObjects {
  models: ReadonlyMap<Node, number>;
  /** The channels of a node's blend shapes, in the order of its morph targets. */
  channels: ReadonlyMap<Node, readonly number[]>;
}

/** A curve: values by the time in seconds. */
interface Curve {
  times: readonly number[];
  values: readonly number[];
}

/** Writes a clip as an animation stack with one layer. */
export function addAnimation(draft: FbxDraft, clip: Clip, { models, channels }: AnimatedObjects): void {
  const stop = ticksOf(clip.seconds);
  const stack = draft.add('AnimationStack', 'AnimStack', clip.name, '', (writer) =>
    writer.properties(() => {
      for (const side of ['Local', 'Reference']) {
        writer.property(`${side}Start`, 'KTime', 'Time', '', 0);
        writer.property(`${side}Stop`, 'KTime', 'Time', '', stop);
      }
    }),
  );
  const layer = draft.add('AnimationLayer', 'AnimLayer', 'BaseLayer', '', () => {});
  draft.connect(layer, stack);
  for (const { node, path, track } of clip.nodes) {
    const flag = track.interpolation === 'STEP' ? CONSTANT : LINEAR;
    if (path === 'weights') {
      const targets = channels.get(node) ?? [];
      const curves = targets.length > 0 ? sample(track, 100) : [];
      for (const [i, curve] of curves.slice(0, targets.length).entries())
        addCurves(draft, layer, targets[i]!, 'DeformPercent', 'DeformPercent', [['DeformPercent', curve]], flag);
      continue;
    }
    const model = models.get(node);
    if (model === undefined) continue;
    const { property, letter } = PROPERTIES[path];
    const moving = path === 'rotation' ? angles(track) : sample(track, path === 'translation' ? PER_METRE : 1);
    // All axes keep the same times: readers take them by number. What stays needs one key.
    const curves = moving.every(isConstant) ? moving.map(firstKey) : moving;
    const named = curves.map((curve, axis): [string, Curve] => [AXES[axis]!, curve]);
    addCurves(draft, layer, model, property, letter, named, flag);
  }
}

const PROPERTIES: Record<Exclude<NodePath, 'weights'>, { property: string; letter: string }> = {
  translation: { property: 'Lcl Translation', letter: 'T' },
  rotation: { property: 'Lcl Rotation', letter: 'R' },
  scale: { property: 'Lcl Scaling', letter: 'S' },
};

function timesOf(track: Track): number[] {
  // Steps are held by their keys.
  return track.interpolation === 'STEP' ? Array.from(track.times) : sampleTimes(track);
}

function sample(track: Track, factor: number): Curve[] {
  const times = timesOf(track);
  const curves = Array.from({ length: track.size }, () => ({ times, values: [] as number[] }));
  const value = new Float64Array(track.size);
  for (const time of times) {
    track.sample(time, value, 0);
    for (const [i, curve] of curves.entries()) curve.values.push(value[i]! * factor);
  }
  return curves;
}

function angles(track: Track): Curve[] {
  const keys = sampleEuler(track, timesOf(track));
  return AXES.map((_, axis) => ({ times: keys.times, values: keys.angles.map((angle) => angle[axis]!) }));
}

function isConstant({ values }: Curve): boolean {
  return values.every((value) => value === values[0]);
}

function firstKey({ times, values }: Curve): Curve {
  return { times: times.slice(0, 1), values: values.slice(0, 1) };
}

function addCurves(
  draft: FbxDraft,
  layer: number,
  target: number,
  property: string,
  name: string,
  curves: readonly [name: string, curve: Curve][],
  flag: number,
): void {
  const node = draft.add('AnimationCurveNode', 'AnimCurveNode', name, '', (writer) =>
    writer.properties(() => {
      for (const [axis, { values }] of curves) writer.property(`d|${axis}`, 'Number', '', 'A', values[0]!);
    }),
  );
  draft.connect(node, layer);
  draft.connect(node, target, property);
  for (const [axis, { times, values }] of curves) {
    const curve = draft.add('AnimationCurve', 'AnimCurve', '', '', (writer) => {
      writer.node('Default', values[0]!);
      writer.node('KeyVer', 4008);
      writer.array('KeyTime', times.map(ticksOf));
      writer.array('KeyValueFloat', values);
      writer.array('KeyAttrFlags', [flag]);
      writer.array('KeyAttrDataFloat', [0, 0, 0, 0]);
      writer.array('KeyAttrRefCount', [times.length]);
    });
    draft.connect(curve, node, `d|${axis}`);
  }
}
