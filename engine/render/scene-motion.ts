import { withValues } from '../animation/clip.ts';
import type { PointedValue } from '../animation/pointer.ts';
import type { Track } from '../animation/track.ts';
import { updateProducts } from './draws.ts';
import type { Scene } from './scene.ts';

/** A scene that a clip moves. */
export class SceneMotion {
  readonly #scene: Scene;
  #time = Number.NaN;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Length of the clip in seconds. */
  get seconds(): number {
    return this.#scene.clip?.seconds ?? 0;
  }

  /** The moment that the scene shows, in seconds. */
  get time(): number {
    return this.#time;
  }

  /** Whether the clip moves values of this part of the document. */
  moves(part: PointedValue['part']): boolean {
    return this.#scene.clip?.values.some(({ value }) => value.part === part) ?? false;
  }

  /** Puts nodes, joints and weights where they are at `time` seconds; beyond its ends a clip stands still. */
  pose(time: number): void {
    this.#time = time;
    this.#scene.pose?.evaluate(time);
    updateProducts(this.#scene.products);
  }

  /** Does `work` while the document's own values are those of the moment; afterwards they are what they were. */
  during<T>(work: () => T): T {
    const { clip } = this.#scene;
    if (!clip) return work();
    const sampled = (track: Track) => {
      const now = new Float64Array(track.size);
      track.sample(this.#time, now, 0);
      return [...now];
    };
    return withValues(clip, sampled, work);
  }
}
