import type { MeshSurface } from '../../describe/mesh-surface.ts';
import { plural } from '../../formats/corrections.ts';
import type { SurfaceCheck } from './check.ts';
import type { SurfaceFacts } from './surface-facts.ts';

/** Cavities are looked for inside of this many of the largest parts: it keeps the search linear. */
const LARGEST_PARTS = 64;

interface Part {
  /** Its smallest position, which also is where its volume is measured from. */
  root: number;
  firstTriangle: number;
  /** Six times the volume, positive where the triangles face outwards (the sum of tetrahedra). */
  volume: number;
  min: [number, number, number];
  max: [number, number, number];
}

/** Closed parts whose triangles all face inwards. */
export const insideOutParts: SurfaceCheck = {
  kind: 'surface',
  measures:
    'closed parts whose volume is negative: all triangles face inwards. Cavities inside of a larger part are not',
  finding: 'any',
  severity: 'warning',
  remedy:
    'Flip the faces: from outside the surface is culled, or its far side is seen. `repair` of `maquette optimize` does.',
  count(facts) {
    const found = findInsideOut(facts);
    return { count: found.length, triangles: found.slice(0, 1).map(({ firstTriangle }) => firstTriangle) };
  },
  text: (count) => `${plural(count, 'closed part')} ${count === 1 ? 'is' : 'are'} inside out`,
};

/** The closed parts whose triangles all face inwards, each by the number of its set; cavities are left out. */
export function findInsideOut({ surface, parts, edges }: SurfaceFacts): { root: number; firstTriangle: number }[] {
  const closed = new Map<number, Part>();
  for (let triangle = 0; triangle < surface.corners.length / 3; triangle++) {
    const root = parts.find(surface.corners[triangle * 3]!);
    if (edges.unsound[root]) continue;
    let part = closed.get(root);
    if (!part) {
      const [min, max] = [Infinity, -Infinity];
      part = { root, firstTriangle: triangle, volume: 0, min: [min, min, min], max: [max, max, max] };
      closed.set(root, part);
    }
    addTriangle(surface, triangle, part);
  }
  const outer = [...closed.values()]
    .filter(({ volume }) => volume > 0)
    .toSorted((a, b) => b.volume - a.volume)
    .slice(0, LARGEST_PARTS);
  return [...closed.values()].filter(
    (part) => part.volume < 0 && !outer.some((other) => other.volume > -part.volume && holds(other, part)),
  );
}

/** Adds a triangle, seen from a corner of its part: far from the origin, differences would be lost. */
function addTriangle({ positions, corners }: MeshSurface, triangle: number, part: Part): void {
  const p: number[] = [];
  for (let corner = 0; corner < 3; corner++) {
    for (let k = 0; k < 3; k++) {
      const value = positions[corners[triangle * 3 + corner]! * 3 + k]!;
      if (value < part.min[k]!) part.min[k] = value;
      if (value > part.max[k]!) part.max[k] = value;
      p.push(value - positions[part.root * 3 + k]!);
    }
  }
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = p as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  part.volume += ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
}

function holds(outer: Part, inner: Part): boolean {
  return [0, 1, 2].every((k) => outer.min[k]! < inner.min[k]! && inner.max[k]! < outer.max[k]!);
}
