import type { Accessor, Document, Property } from '@gltf-transform/core';
import { allFinite } from '../../formats/all-finite.ts';
import { plural } from '../../formats/corrections.ts';
import type { ModelCheck } from './check.ts';
import { Tally } from './tally.ts';

/** NaN and infinities, in vertex data, keys and transforms. */
export const nonFiniteValues: ModelCheck = {
  kind: 'model',
  stage: 'source',
  measures: 'numbers in vertex data, animation keys and node transforms that are NaN or infinite',
  finding: 'any',
  severity: 'error',
  sameAs: ['ACCESSOR_INVALID_FLOAT'],
  remedy:
    'A value is NaN or infinite; Maquette replaces it. Look for a division by zero in the tool or a broken modifier.',
  measure(document) {
    const tally = new Tally();
    const root = document.getRoot();
    for (const accessor of root.listAccessors()) {
      const array = accessor.getArray();
      if (!array || allFinite(array)) continue;
      const { property, detail } = userOf(document, accessor);
      let count = 0;
      for (let i = 0; i < array.length; i++) if (!Number.isFinite(array[i])) count++;
      tally.add(property, detail, count);
    }
    for (const node of root.listNodes()) {
      const values = [...node.getTranslation(), ...node.getRotation(), ...node.getScale()];
      tally.add(node, 'transform', values.filter((value) => !Number.isFinite(value)).length);
    }
    const { total, places } = tally;
    return {
      value: total,
      found: total > 0,
      text: `${plural(total, 'value')} ${total === 1 ? 'is' : 'are'} no number`,
      places,
    };
  },
};

/** What an accessor is for: the first that refers to it, and as what. */
function userOf(document: Document, accessor: Accessor): { property: Property; detail: string } {
  const root = document.getRoot();
  for (const edge of document.getGraph().listParentEdges(accessor)) {
    const parent: Property = edge.getParent();
    if (parent === root) continue;
    const name = edge.getAttributes().key;
    return { property: parent, detail: typeof name === 'string' ? name : edge.getName() };
  }
  return { property: accessor, detail: '' };
}
