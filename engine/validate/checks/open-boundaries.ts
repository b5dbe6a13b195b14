import { plural } from '../../formats/corrections.ts';
import type { SurfaceCheck } from './check.ts';

/** Rims of holes and sheets: connected edges that border one triangle only. */
export const openBoundaries: SurfaceCheck = {
  kind: 'surface',
  measures: 'boundaries: rims of holes and of open sheets, edges at the same positions joined',
  finding: 'any',
  severity: 'info',
  remedy:
    'Harmless for display when it is meant so, as on leaves and cloth. For printing and for solids, fill the holes (`fillHoles` of `maquette optimize` does) or give the sheet a thickness.',
  count(facts) {
    const { open, boundaries } = facts.edges;
    return { count: boundaries, triangles: facts.trianglesAt(open.examples) };
  },
  text: (count, meshes) =>
    `${plural(count, 'open boundary', 'open boundaries')} on ${plural(meshes, 'mesh', 'meshes')}: the surface is not closed`,
};
