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
    for (let triangle = 0; triangle < total; triangle++) {
      if (isCollapsed(corners, triangle)) continue;
      const a = corners[triangle * 3]!;
      const b = corners[triangle * 3 + 1]!;
      const c = corners[triangle * 3 + 2]!;
      const x = Math.min(a, b, c);
      const z = Math.max(a, b, c);
      const y = a ^ b ^ c ^ x ^ z;
      const hash = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(z, 0xc2b2ae35);
      let slot = (hash ^ (hash >>> 15)) & (size - 1);
      for (;;) {
        const known = slots[slot]!;
        if (known === 0) {
          slots[slot] = triangle + 1;
          break;
        }
        const other = known - 1;
        const p = corners[other * 3]!;
        const q = corners[other * 3 + 1]!;
        const r = corners[other * 3 + 2]!;
        // Both have three different corners: with the same ends, and the same sum, they are the same.
        if (Math.min(p, q, r) === x && Math.max(p, q, r) === z && (p ^ q ^ r ^ x ^ z) === y) {
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
