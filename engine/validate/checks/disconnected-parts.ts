import { plural } from '../../formats/corrections.ts';
import type { SurfaceCheck } from './check.ts';

/** Pieces of a mesh that share no position. */
export const disconnectedParts: SurfaceCheck = {
  kind: 'surface',
  measures: 'connected parts of all meshes together; triangles that share a position are one part',
  finding: 'a mesh of more than one',
  severity: 'info',
  remedy:
    'Harmless when it is meant so. Stray pieces left over from modelling cost time and disturb framing: separate by loose parts and look for the small ones.',
  from: 2,
  count({ surface, parts }) {
    const seen = new Set<number>();
    const triangles: number[] = [];
    for (let triangle = 0; triangle < surface.corners.length / 3; triangle++) {
      const part = parts.find(surface.corners[triangle * 3]!);
      if (seen.has(part)) continue;
      seen.add(part);
      if (seen.size > 1 && triangles.length < 1) triangles.push(triangle);
    }
    return { count: seen.size, triangles };
  },
  text: (count, meshes) =>
    `${plural(meshes, 'mesh', 'meshes')} ${meshes === 1 ? 'falls' : 'fall'} into ${plural(count, 'part')} that share no vertex`,
};
