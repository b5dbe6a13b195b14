import type { Animation, AnimationChannel, AnimationSampler, Document, Node } from '@gltf-transform/core';
import { allFinite } from './all-finite.ts';
import { type Corrections, plural } from './corrections.ts';
import { toFloats } from './normalise-attributes.ts';
import { lengthAt, oneIn, storeUnit } from './unit-vectors.ts';

const OUTPUT_TYPES: Record<string, string> = {
  translation: 'VEC3',
  rotation: 'VEC4',
  scale: 'VEC3',
  weights: 'SCALAR',
};

/**
 * Removes channels that cannot be played (without key frames, of the wrong type or length, with times that fall or
 * are no numbers). An animation that loses all its channels goes as well.
 */
export function normaliseAnimations(document: Document, corrections: Corrections): void {
  for (const animation of document.getRoot().listAnimations()) {
    let removed = 0;
    const driven = new Map<Node | null, Set<string>>();
    for (const channel of animation.listChannels()) {
      untangleTarget(channel);
      if (isPlayable(channel) && isFirst(channel, driven)) continue;
      animation.removeChannel(channel);
      channel.dispose();
      removed++;
    }
    disposeUnusedSamplers(animation);
    storeAsFloats(document, animation);
    moveToZero(document, animation, corrections);
    repairSamplers(document, animation, corrections);
    corrections.add(
      'removed_channels',
      removed,
      (n) => `${plural(n, 'animation channel')} that cannot be played ${n === 1 ? 'was' : 'were'} removed.`,
    );
    if (animation.listChannels().length === 0) {
      animation.dispose();
      corrections.add(
        'removed_animations',
        1,
        (n) => `${plural(n, 'animation')} without any playable channel ${n === 1 ? 'was' : 'were'} removed.`,
      );
    }
  }
}

/** A channel moves what its pointer leads to, or a node: with a pointer it names no node, without one it has none. */
function untangleTarget(channel: AnimationChannel): void {
  if (!channel.getExtension('KHR_animation_pointer')) return;
  if ((channel.getTargetPath() as string | null) === 'pointer') channel.setTargetNode(null);
  else channel.setExtension('KHR_animation_pointer', null);
}

function isPlayable(channel: AnimationChannel): boolean {
  const sampler: AnimationSampler | null = channel.getSampler();
  const input = sampler?.getInput();
  const output = sampler?.getOutput();
  const times = input?.getArray();
  const values = output?.getArray();
  if (!sampler || !input || !output || !times || !values || times.length === 0) return false;
  if (input.getType() !== 'SCALAR') return false;
  const path = channel.getTargetPath() as string | null;
  const type = path === null ? undefined : OUTPUT_TYPES[path];
  if (path === 'pointer') return true;
  if (type === undefined || output.getType() !== type) return false;
  const perKey = sampler.getInterpolation() === 'CUBICSPLINE' ? 3 : 1;
  const count = output.getCount();
  const keys = times.length * perKey;
  if (count !== keys * (path === 'weights' ? targetsOf(channel.getTargetNode()) : 1) || count === 0) return false;
  let last = -Infinity;
  for (let i = 0; i < times.length; i++) {
    const time = times[i]!;
    if (!Number.isFinite(time) || time < last) return false;
    last = time;
  }
  return allFinite(values);
}

/** Whether no channel before this one moves the same (glTF 2.0, section 3.11); what pointers lead to is not compared. */
function isFirst(channel: AnimationChannel, driven: Map<Node | null, Set<string>>): boolean {
  const path = channel.getTargetPath() as string | null;
  if (path === null || path === 'pointer') return true;
  const node = channel.getTargetNode();
  const paths = driven.get(node) ?? new Set();
  driven.set(node, paths);
  if (paths.has(path)) return false;
  paths.add(path);
  return true;
}

/** Times are floats, translations and scales too; rotations and weights may be normalised whole numbers. */
function storeAsFloats(document: Document, animation: Animation): void {
  const whole = new Set<AnimationSampler | null>();
  for (const channel of animation.listChannels()) {
    if (['rotation', 'weights'].includes(channel.getTargetPath() as string)) whole.add(channel.getSampler());
  }
  for (const sampler of animation.listSamplers()) {
    const input = sampler.getInput();
    const output = sampler.getOutput();
    if (input && !(input.getArray() instanceof Float32Array)) sampler.setInput(toFloats(document, input));
    if (!output || output.getArray() instanceof Float32Array) continue;
    const permitted = whole.has(sampler) && output.getNormalized() && !(output.getArray() instanceof Uint32Array);
    if (!permitted) sampler.setOutput(toFloats(document, output));
  }
}

/** No key lies before 0 (glTF 2.0, section 3.11): an animation that does begins later as a whole. */
function moveToZero(document: Document, animation: Animation, corrections: Corrections): void {
  const inputs = new Set(animation.listSamplers().flatMap((sampler) => sampler.getInput() ?? []));
  const start = Math.min(0, ...[...inputs].map((input) => input.getArray()?.[0] ?? 0));
  if (start === 0) return;
  for (const input of inputs) {
    // New accessors: others may use the old ones.
    const times = Float32Array.from(input.getArray()!, (time) => time - start);
    const moved = document.createAccessor(input.getName()).setType('SCALAR').setArray(times);
    for (const sampler of animation.listSamplers()) if (sampler.getInput() === input) sampler.setInput(moved);
  }
  corrections.add(
    'moved_clip_start',
    1,
    (n) => `${plural(n, 'clip')} began before 0 and ${n === 1 ? 'was' : 'were'} moved there.`,
  );
}

/** Morph targets of what a node draws. */
function targetsOf(node: Node | null): number {
  return node?.getMesh()?.listPrimitives()[0]?.listTargets().length ?? 0;
}

function repairSamplers(document: Document, animation: Animation, corrections: Corrections): void {
  const rotating = new Set<AnimationSampler | null>();
  for (const channel of animation.listChannels()) {
    if (channel.getTargetPath() === 'rotation') rotating.add(channel.getSampler());
  }
  for (const sampler of animation.listSamplers()) {
    if (rotating.has(sampler)) normaliseRotations(sampler, corrections);
    removeRepeatedKeys(document, sampler, corrections);
    replaceLoneSpline(document, sampler);
  }
}

/** A spline needs two keys (glTF 2.0, section 3.11); one key is a value that stays, whatever its tangents. */
function replaceLoneSpline(document: Document, sampler: AnimationSampler): void {
  const output = sampler.getOutput();
  const values = output?.getArray();
  if (sampler.getInterpolation() !== 'CUBICSPLINE' || sampler.getInput()?.getCount() !== 1 || !output || !values)
    return;
  const size = values.length / 3;
  sampler.setInterpolation('STEP').setOutput(
    document
      .createAccessor(output.getName())
      .setType(output.getType())
      .setNormalized(output.getNormalized())
      .setArray(values.slice(size, size * 2)),
  );
}

/** Of keys at the same time the last one counts, as it does in players. */
function removeRepeatedKeys(document: Document, sampler: AnimationSampler, corrections: Corrections): void {
  const times = sampler.getInput()?.getArray();
  const output = sampler.getOutput();
  const values = output?.getArray();
  if (!times || !output || !values || times.length < 2) return;
  const kept: number[] = [];
  for (let i = 0; i < times.length; i++) if (i + 1 === times.length || times[i + 1]! > times[i]!) kept.push(i);
  if (kept.length === times.length) return;
  const perKey = values.length / times.length;
  const newValues = values.slice(0, kept.length * perKey);
  for (const [to, from] of kept.entries())
    newValues.set(values.subarray(from * perKey, (from + 1) * perKey), to * perKey);
  // New accessors: others may use the old ones.
  const newTimes = Float32Array.from(kept, (i) => times[i]!);
  sampler.setInput(document.createAccessor(sampler.getInput()!.getName()).setType('SCALAR').setArray(newTimes));
  sampler.setOutput(
    document
      .createAccessor(output.getName())
      .setType(output.getType())
      .setNormalized(output.getNormalized())
      .setArray(newValues),
  );
  corrections.add(
    'removed_keys',
    times.length - kept.length,
    (n) => `${plural(n, 'animation key')} at the same time as the next one ${n === 1 ? 'was' : 'were'} removed.`,
  );
}

function normaliseRotations(sampler: AnimationSampler, corrections: Corrections): void {
  const values = sampler.getOutput()?.getArray();
  const one = values ? oneIn(values) : null;
  if (!values || one === null) return;
  // What rounding to whole numbers makes of unit quaternions is no mistake.
  const tolerance = one === 1 ? 1e-3 : 0.00769;
  const isCubic = sampler.getInterpolation() === 'CUBICSPLINE';
  let changed = 0;
  // Keys of a cubic spline are in-tangent, value, out-tangent; only values are rotations.
  for (let i = isCubic ? 4 : 0; i + 3 < values.length; i += isCubic ? 12 : 4) {
    if (Math.abs(lengthAt(values, i, 4, one) - 1) < tolerance) continue;
    if (!storeUnit(values, i, one, values.subarray(i, i + 4))) storeUnit(values, i, one, [0, 0, 0, 1]);
    changed++;
  }
  corrections.add(
    'normalised_rotation_keys',
    changed,
    (n) => `${plural(n, 'rotation key')} did not have unit length and ${n === 1 ? 'was' : 'were'} scaled to it.`,
  );
}

function disposeUnusedSamplers(animation: Animation): void {
  const used = new Set(animation.listChannels().map((channel) => channel.getSampler()));
  for (const sampler of animation.listSamplers()) if (!used.has(sampler)) sampler.dispose();
}
