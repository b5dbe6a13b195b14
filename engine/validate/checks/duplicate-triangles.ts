import { forEachDouble } from '../../describe/doubled-triangles.ts';
import { plural } from '../../formats/corrections.ts';
import type { SurfaceCheck } from './check.ts';
import { MAX_PLACES } from './tally.ts';

/** Triangles that lie exactly upon one another. */
export const duplicateTriangles: SurfaceCheck = {
  kind: 'surface',
  measures: 'triangles with the same three positions as an earlier one of their mesh, whichever side they face',
  finding: 'any',
  severity: 'warning',
  remedy:
    'Remove doubled faces: they flicker where their materials differ, darken where they are transparent, and cost time. For a sheet that is seen from both sides, set doubleSided on its material instead. `repair` of `maquette optimize` removes those of one material that face the same side.',
  count({ surface: { corners } }) {
    const triangles: number[] = [];
    let count = 0;
    forEachDouble(corners, false, (triangle) => {
      count++;
      if (triangles.length < MAX_PLACES) triangles.push(triangle);
    });
    return { count, triangles };
  },
  text: (count) => `${plural(count, 'triangle')} ${count === 1 ? 'lies' : 'lie'} exactly upon another`,
};
