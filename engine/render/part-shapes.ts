import type { Part, SceneMesh } from './scene.ts';
import { Shape, type Vertices } from './vertices.ts';

/** Shapes of every part, read once: for the bounds and then for writing. */
export class PartShapes {
  readonly #kept = new Map<Part, Shape | undefined>();

  /** The vertices of a part as they are now; undefined where it has no positions. */
  of(part: Part): Vertices | undefined {
    if (!this.#kept.has(part)) this.#kept.set(part, Shape.of(part.source));
    return this.#kept.get(part)?.vertices;
  }

  /** Brings a part's vertices to where its pose is now. */
  update(part: Part): Vertices | undefined {
    const shape = this.#kept.get(part);
    if (!shape) return this.of(part);
    shape.update();
    return shape.vertices;
  }

  /** Forgets a part whose vertices are written and stay, so that a large scene is not held twice. */
  drop(part: Part, { deforms }: Pick<SceneMesh, 'deforms'>): void {
    if (!deforms) this.#kept.delete(part);
  }
}
