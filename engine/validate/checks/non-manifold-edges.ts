import { plural } from '../../formats/corrections.ts';
import type { SurfaceCheck } from './check.ts';

/** Edges at which three or more triangles meet: no solid has them. */
export const nonManifoldEdges: SurfaceCheck = {
  kind: 'surface',
  measures: 'edges that border more than two triangles',
  finding: 'any',
  severity: 'warning',
  remedy:
    'Remove inner faces and doubled surfaces, or split the mesh where three sheets meet: slicers, Boolean operations and subdivision need manifold meshes.',
  count(facts) {
    const { count, examples } = facts.edges.overused;
    return { count, triangles: facts.trianglesAt(examples) };
  },
  text: (count) =>
    `${plural(count, 'edge')} ${count === 1 ? 'borders' : 'border'} more than two triangles (non-manifold)`,
};
