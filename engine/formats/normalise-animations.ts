import type { Animation, AnimationChannel, AnimationSampler, Document } from '@gltf-transform/core';
import { allFinite } from './all-finite.ts';
import { type Corrections, plural } from './corrections.ts';

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
    for (const channel of animation.listChannels()) {
      if (isPlayable(channel)) continue;
      animation.removeChannel(channel);
      channel.dispose();
      removed++;
    }
    if (removed === 0) continue;
    disposeUnusedSamplers(animation);
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

function isPlayable(channel: AnimationChannel): boolean {
  const sampler: AnimationSampler | null = channel.getSampler();
  const input = sampler?.getInput();
  const output = sampler?.getOutput();
  const times = input?.getArray();
  const values = output?.getArray();
  if (!sampler || !input || !output || !times || !values || times.length === 0) return false;
  const path = channel.getTargetPath() as string | null;
  const type = path === null ? undefined : OUTPUT_TYPES[path];
  if (path === 'pointer') return true;
  if (type === undefined || output.getType() !== type) return false;
  const perKey = sampler.getInterpolation() === 'CUBICSPLINE' ? 3 : 1;
  const count = output.getCount();
  const keys = times.length * perKey;
  if (path === 'weights' ? count < keys || count % keys !== 0 : count !== keys) return false;
  let last = -Infinity;
  for (let i = 0; i < times.length; i++) {
    const time = times[i]!;
    if (!Number.isFinite(time) || time < last) return false;
    last = time;
  }
  return allFinite(values);
}

function disposeUnusedSamplers(animation: Animation): void {
  const used = new Set(animation.listChannels().map((channel) => channel.getSampler()));
  for (const sampler of animation.listSamplers()) if (!used.has(sampler)) sampler.dispose();
}
