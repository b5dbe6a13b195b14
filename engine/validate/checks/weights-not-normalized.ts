import type { Accessor, Primitive } from '@gltf-transform/core';
import { plural } from '../../formats/corrections.ts';
import { floatsOf } from '../../render/accessor-floats.ts';
import type { ModelCheck } from './check.ts';
import { Tally } from './tally.ts';

/** Sums within this of one are rounding, that of bytes included. */
const TOLERANCE = 1e-2;

/** Skin weights that do not sum to one. */
export const weightsNotNormalized: ModelCheck = {
  kind: 'model',
  stage: 'source',
  measures: `vertices whose skin weights differ from a sum of 1 by more than ${TOLERANCE}, or are negative`,
  finding: 'any',
  severity: 'warning',
  sameAs: ['ACCESSOR_WEIGHTS_NON_NORMALIZED', 'ACCESSOR_WEIGHTS_NEGATIVE'],
  remedy: 'Skin weights of a vertex must sum to 1; Maquette scales them. Normalise the vertex groups.',
  measure(document) {
    const tally = new Tally();
    const seen = new Set<Accessor>();
    let skinned = false;
    for (const mesh of document.getRoot().listMeshes()) {
      for (const primitive of mesh.listPrimitives()) {
        const sets = weightSets(primitive);
        if (sets.length === 0) continue;
        skinned = true;
        if (sets.every((set) => seen.has(set))) continue;
        for (const set of sets) seen.add(set);
        tally.add(primitive, '', countWrong(sets.map(floatsOf)));
      }
    }
    const { total, places } = tally;
    if (!skinned) return null;
    return {
      value: total,
      found: total > 0,
      text: `The skin weights of ${plural(total, 'vertex', 'vertices')} do not sum to 1`,
      places,
    };
  },
};

function weightSets(primitive: Primitive): Accessor[] {
  const sets: Accessor[] = [];
  for (let set = 0; ; set++) {
    const weights = primitive.getAttribute(`WEIGHTS_${set}`);
    if (!weights || !primitive.getAttribute(`JOINTS_${set}`)) return sets;
    sets.push(weights);
  }
}

function countWrong(sets: Float32Array[]): number {
  const vertices = Math.min(...sets.map((set) => Math.floor(set.length / 4)));
  let wrong = 0;
  for (let vertex = 0; vertex < vertices; vertex++) {
    let sum = 0;
    let negative = false;
    for (const set of sets) {
      for (let k = vertex * 4; k < vertex * 4 + 4; k++) {
        sum += set[k]!;
        negative ||= set[k]! < 0;
      }
    }
    if (negative || !(Math.abs(sum - 1) <= TOLERANCE)) wrong++;
  }
  return wrong;
}
