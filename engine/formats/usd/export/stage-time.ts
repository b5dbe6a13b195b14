import type { Node } from '@gltf-transform/core';
import type { Clip, NodePath } from '../../../animation/clip.ts';
import { mergeTimes, sampleTimes } from '../../../animation/sample-times.ts';
import type { Track } from '../../../animation/track.ts';

/** Rates that animators use; the first at which every key falls on a whole time code is taken. */
const RATES = [24, 25, 30, 60, 120];
/** How far a key may lie from a whole time code to count as on it. */
const OFF = 2e-3;

/** A clip as the stage's own time: which tracks move which node, and what time codes mean. */
export class StageTime {
  readonly perSecond: number;
  readonly end: number;
  readonly #tracks = new Map<Node, Map<NodePath, Track>>();

  constructor(clip: Clip) {
    const times = new Set<number>();
    for (const { node, path, track } of clip.nodes) {
      const own = this.#tracks.get(node) ?? new Map<NodePath, Track>();
      this.#tracks.set(node, own.set(path, track));
      for (const time of track.times) times.add(time);
    }
    const all = [...times];
    this.perSecond = RATES.find((rate) => all.every((time) => isWhole(time * rate))) ?? 60;
    this.end = this.#code(clip.seconds);
  }

  track(node: Node, path: NodePath): Track | undefined {
    return this.#tracks.get(node)?.get(path);
  }

  /**
   * Samples tracks together, each into its place of a common value.
   *
   * @param rest the value where no track says otherwise
   */
  sample(tracks: readonly { track: Track; offset: number }[], rest: ArrayLike<number>) {
    const seconds = mergeTimes(tracks.map(({ track }) => sampleTimes(track)));
    const values = seconds.map((time) => {
      const value = Float64Array.from(rest);
      for (const { track, offset } of tracks) track.sample(time, value, offset);
      return value;
    });
    return { times: seconds.map((time) => this.#code(time)), values };
  }

  #code(seconds: number): number {
    const code = seconds * this.perSecond;
    return isWhole(code) ? Math.round(code) : Math.round(code * 1e4) / 1e4;
  }
}

function isWhole(code: number): boolean {
  return Math.abs(code - Math.round(code)) < OFF;
}
