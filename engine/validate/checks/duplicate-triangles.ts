import { isCollapsed } from '../../describe/mesh-surface.ts';
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
    'Remove doubled faces: they flicker where their materials differ, darken where they are transparent, and cost time. For a sheet that is seen from both sides, set doubleSided on its material instead.',
  count({ surface: { corners } }) {
    const triangles: number[] = [];
    let count = 0;
    const total = corners.length / 3;
    let size = 1024;
    while (size < total * 1.5) size *= 2;
    // Open addressing; a slot holds a triangle plus one.
    const slots = new Uint32Array(size);
    const low = new Uint32Array(total);
    const middle = new Uint32Array(total);
    const high = new Uint32Array(total);
    for (let triangle = 0; triangle < total; triangle++) {
      if (isCollapsed(corners, triangle)) continue;
      const a = corners[triangle * 3]!;
      const b = corners[triangle * 3 + 1]!;
      const c = corners[triangle * 3 + 2]!;
      const x = Math.min(a, b, c);
      const z = Math.max(a, b, c);
      const y = a ^ b ^ c ^ x ^ z;
      low[triangle] = x;
      middle[triangle] = y;
      high[triangle] = z;
      const hash = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(z, 0xc2b2ae35);
      let slot = (hash ^ (hash >>> 15)) & (size - 1);
      for (;;) {
        const known = slots[slot]!;
        if (known === 0) {
          slots[slot] = triangle + 1;
          break;
        }
        const other = known - 1;
        if (low[other] === x && middle[other] === y >>> 0 && high[other] === z) {
          count++;
          if (triangles.length < MAX_PLACES) triangles.push(triangle);
          break;
        }
        slot = (slot + 1) & (size - 1);
      }
    }
    return { count, triangles };
  },
  text: (count) => `${plural(count, 'triangle')} ${count === 1 ? 'lies' : 'lie'} exactly upon another`,
};
