import { CROSSING_SAMPLES, findCrossings } from '../../describe/crossing-triangles.ts';
import { plural } from '../../formats/corrections.ts';
import { formatCount } from '../../formats/errors.ts';
import type { SurfaceCheck } from './check.ts';
import { MAX_PLACES } from './tally.ts';

/** Triangles that pass through others of their mesh. */
export const selfIntersections: SurfaceCheck = {
  kind: 'surface',
  measures: `triangles that pass through another of their mesh; estimated from ${formatCount(CROSSING_SAMPLES)} of a larger mesh, and from fewer where very many crowd in one place. Those that touch, share a corner or lie in one plane do not count`,
  finding: 'any',
  severity: 'info',
  remedy:
    'Harmless where parts are pushed into one another for a picture. For printing, simulation and solids, unite the parts (a boolean union) or pull them apart.',
  count({ surface }) {
    const { estimate, examples } = findCrossings(surface, MAX_PLACES);
    return { count: estimate, triangles: examples };
  },
  text: (count) => `about ${plural(count, 'triangle')} ${count === 1 ? 'passes' : 'pass'} through another`,
};
