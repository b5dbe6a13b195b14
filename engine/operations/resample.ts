import type { Accessor, AnimationSampler, Document } from '@gltf-transform/core';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { plural } from '../formats/corrections.ts';
import { formatCount } from '../formats/errors.ts';
import type { OperationFunction } from './operation-context.ts';
import { neededKeys } from './resample/needed-keys.ts';
import { removeUnused } from './unused.ts';

/** Removes the keys of animations that can be told from those around them. */
export const resample: OperationFunction<'resample'> = async (document, parameters, { note }) => {
  const lists = new KeyLists(document);
  let before = 0;
  let after = 0;
  let cubic = 0;
  let others = 0;
  for (const [sampler, paths] of samplersOf(document)) {
    const input = sampler.getInput();
    const output = sampler.getOutput();
    const count = input?.getCount() ?? 0;
    if (!input || !output || count === 0) continue;
    before += count;
    after += count;
    const tolerance = toleranceOf(paths, parameters);
    if (sampler.getInterpolation() === 'CUBICSPLINE') cubic++;
    else if (tolerance === null) others++;
    else {
      const step = sampler.getInterpolation() === 'STEP';
      const kept = neededKeys(input, output, { step, turns: paths.has('rotation'), tolerance });
      if (kept.length === count) continue;
      after += kept.length - count;
      sampler.setInput(lists.pick(input, kept, 1));
      sampler.setOutput(lists.pick(output, kept, output.getCount() / count));
    }
  }
  await removeUnused(document, ['Accessor']);
  note(before === 0 ? 'There are no animations.' : `${formatCount(before)} keys became ${formatCount(after)}.`);
  if (cubic > 0) note(`${plural(cubic, 'cubic spline')} stayed as they are.`);
  if (others > 0) note(`${plural(others, 'curve')} of properties other than those of nodes stayed as they are.`);
};

/** Each sampler with the properties that it moves. */
function samplersOf(document: Document): Map<AnimationSampler, Set<string>> {
  const samplers = new Map<AnimationSampler, Set<string>>();
  for (const animation of document.getRoot().listAnimations()) {
    for (const channel of animation.listChannels()) {
      const sampler = channel.getSampler();
      if (!sampler) continue;
      const paths = samplers.get(sampler) ?? new Set();
      samplers.set(sampler, paths.add(channel.getTargetPath() ?? ''));
    }
  }
  return samplers;
}

/** The strictest for all that a sampler moves; of rotations the angle in radians. Null where something else moves. */
function toleranceOf(paths: ReadonlySet<string>, parameters: OperationOf<'resample'>): number | null {
  let least = Infinity;
  for (const path of paths) {
    if (path === 'rotation') least = Math.min(least, (parameters.rotation * Math.PI) / 180);
    else if (path === 'translation' || path === 'scale' || path === 'weights')
      least = Math.min(least, parameters[path]);
    else return null;
  }
  // A curve that turns something and moves another is measured as neither.
  return paths.has('rotation') && paths.size > 1 ? null : least;
}

/** Accessors with some of the elements of others; equal ones are made once. */
class KeyLists {
  readonly #document: Document;
  readonly #made = new Map<Accessor, Map<string, Accessor>>();

  constructor(document: Document) {
    this.#document = document;
  }

  /** @param width elements for each key */
  pick(source: Accessor, keys: Uint32Array, width: number): Accessor {
    const made = this.#made.get(source) ?? new Map<string, Accessor>();
    this.#made.set(source, made);
    const name = keys.join(' ');
    const known = made.get(name);
    if (known) return known;
    const array = source.getArray()!;
    const size = source.getElementSize() * width;
    const picked = array.slice(0, keys.length * size);
    for (const [index, key] of keys.entries()) picked.set(array.subarray(key * size, (key + 1) * size), index * size);
    const accessor = this.#document
      .createAccessor(source.getName())
      .setType(source.getType())
      .setNormalized(source.getNormalized())
      .setBuffer(source.getBuffer())
      .setArray(picked);
    made.set(name, accessor);
    return accessor;
  }
}
