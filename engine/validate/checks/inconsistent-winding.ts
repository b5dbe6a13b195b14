import { plural } from '../../formats/corrections.ts';
import type { SurfaceCheck } from './check.ts';

/** Neighbours of which one faces out and the other in. */
export const inconsistentWinding: SurfaceCheck = {
  kind: 'surface',
  measures: 'edges whose two triangles face opposite sides (both run along it in the same direction)',
  finding: 'any',
  severity: 'warning',
  remedy:
    'Recalculate the orientation of the faces ("normals outside"): one of the two is not drawn from the front. `repair` of `maquette optimize` does.',
  count(facts) {
    const { count, examples } = facts.edges.disagreeing;
    return { count, triangles: facts.trianglesAt(examples) };
  },
  text: (count) => `The triangles at ${plural(count, 'edge')} face opposite sides`,
};
