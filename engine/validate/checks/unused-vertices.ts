import type { Accessor } from '@gltf-transform/core';
import { plural } from '../../formats/corrections.ts';
import type { ModelCheck } from './check.ts';
import { Tally } from './tally.ts';

/** Vertices that no index names. */
export const unusedVertices: ModelCheck = {
  kind: 'model',
  stage: 'normalised',
  measures: 'stored vertices that no triangle, line or point uses',
  finding: 'any',
  severity: 'info',
  remedy: 'Delete loose vertices, or let `maquette optimize` weld the model: they only make the file larger.',
  measure(document) {
    const used = new Map<Accessor, { marks: Uint8Array | null }>();
    const tally = new Tally();
    const primitives = document
      .getRoot()
      .listMeshes()
      .flatMap((mesh) => mesh.listPrimitives());
    for (const primitive of primitives) {
      const position = primitive.getAttribute('POSITION');
      if (!position) continue;
      const indices = primitive.getIndices()?.getArray();
      const entry = used.get(position) ?? { marks: new Uint8Array(position.getCount()) };
      used.set(position, entry);
      // Without indices, all are used.
      if (!indices) entry.marks = null;
      const { marks } = entry;
      if (indices && marks) for (let i = 0; i < indices.length; i++) marks[indices[i]!] = 1;
    }
    for (const primitive of primitives) {
      const position = primitive.getAttribute('POSITION');
      const marks = position && used.get(position)?.marks;
      if (!marks) continue;
      // Vertices that several primitives share are counted once.
      used.delete(position);
      let unused = 0;
      for (let i = 0; i < marks.length; i++) if (marks[i] === 0) unused++;
      tally.add(primitive, '', unused);
    }
    const { total, places } = tally;
    if (primitives.length === 0) return null;
    return {
      value: total,
      found: total > 0,
      text: `${plural(total, 'vertex', 'vertices')} ${total === 1 ? 'is' : 'are'} used by nothing`,
      places,
    };
  },
};
