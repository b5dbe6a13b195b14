import type { Document, mat4 } from '@gltf-transform/core';
import { type Matrix, multiply } from '../describe/matrix.ts';
import { ComparedSurface } from '../measure/deviation.ts';
import { joinSurfaces, moveSurface } from '../measure/surface.ts';
import { mergeInto } from './merge.ts';

/**
 * Where the source of a recipe comes to stand by it, so that only what else changed counts as a difference: a
 * column-major matrix for each copy of it. `transform` changes them, `merge` adds up those of its inputs.
 */
export type Placements = readonly Matrix[];

const IDENTITY: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** The source where it stood. */
export const UNMOVED: Placements = [IDENTITY];

/** After one more matrix on all of it. */
export function movedBy(placements: Placements, matrix: Matrix | null): Placements {
  return matrix ? placements.map((placement) => multiply(matrix, placement)) : placements;
}

/** All placements of several models in one scene; copies at one place count once. */
export function joined(all: readonly Placements[]): Placements {
  const found = new Map(all.flat().map((placement) => [JSON.stringify(placement), placement]));
  return [...found.values()];
}

/** The surface of a source at every placement that was asked for. */
export class PlacedSurfaces {
  readonly #source: ComparedSurface | null;
  readonly #made = new Map<string, ComparedSurface>();

  constructor(source: ComparedSurface | null) {
    this.#source = source;
    if (source) this.#made.set(JSON.stringify(UNMOVED), source);
  }

  /** What a result with these placements is compared with. */
  at(placements: Placements): ComparedSurface | null {
    const source = this.#source?.surface;
    if (!source) return null;
    const key = JSON.stringify(placements);
    const known = this.#made.get(key);
    if (known) return known;
    const made = new ComparedSurface(joinSurfaces(placements.map((placement) => moveSurface(source, placement))));
    this.#made.set(key, made);
    return made;
  }
}

/** Moves a source to its placements: what pictures of the result are compared with. */
export async function placeSource(document: Document, placements: Placements, open: () => Promise<Document>) {
  const [first, ...others] = placements;
  if (first) place(document, first);
  for (const placement of others) {
    const copy = await open();
    place(copy, placement);
    mergeInto(document, copy);
  }
}

function place(document: Document, matrix: Matrix): void {
  const scene = document.getRoot().getDefaultScene();
  if (!scene || matrix === IDENTITY) return;
  const node = document.createNode('placement').setMatrix(matrix as mat4);
  for (const child of scene.listChildren()) {
    scene.removeChild(child);
    node.addChild(child);
  }
  scene.addChild(node);
}
