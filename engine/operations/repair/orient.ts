import { findInsideOut } from '../../validate/checks/inside-out-parts.ts';
import { SurfaceFacts } from '../../validate/checks/surface-facts.ts';
import { neighbours } from './half-edges.ts';
import { type TriangleMesh, turnTriangle } from './triangle-mesh.ts';

/**
 * Makes neighbours across edges of two triangles face the same side, patch by patch; of each patch, the side that has
 * more of its area stays. Patches that have one side only (as a Möbius strip) are left alone.
 *
 * @returns how many patches were left
 */
export function orientPatches(mesh: TriangleMesh): number {
  const { corners, positions } = mesh;
  const beside = neighbours(corners, positions.length / 3);
  const total = corners.length / 3;
  // 0: not met yet; 1: as it is; 2: to be turned over.
  const state = new Uint8Array(total);
  let left = 0;
  for (let seed = 0; seed < total; seed++) {
    if (state[seed] !== 0) continue;
    const patch = [seed];
    state[seed] = 1;
    let oneSided = false;
    for (let i = 0; i < patch.length; i++) {
      const triangle = patch[i]!;
      for (let half = triangle * 3; half < triangle * 3 + 3; half++) {
        const other = beside[half]!;
        if (other < 0) continue;
        const agrees = corners[half] !== corners[other];
        const wanted = agrees ? state[triangle]! : 3 - state[triangle]!;
        const neighbour = Math.floor(other / 3);
        if (state[neighbour] === 0) {
          state[neighbour] = wanted;
          patch.push(neighbour);
        } else if (state[neighbour] !== wanted) oneSided = true;
      }
    }
    if (oneSided) left++;
    else turnLess(mesh, patch, state);
  }
  return left;
}

/** Turns those of one state over: the state with the smaller area. */
function turnLess(mesh: TriangleMesh, patch: readonly number[], state: Uint8Array): void {
  const areas = [0, 0, 0];
  for (const triangle of patch) areas[state[triangle]!]! += areaOf(mesh, triangle);
  const less = areas[2]! > areas[1]! ? 1 : 2;
  for (const triangle of patch) if (state[triangle] === less) turnTriangle(mesh, triangle);
}

/** Turns closed parts over that face inwards as a whole. @returns how many */
export function turnInsideOutParts(mesh: TriangleMesh, surface: ConstructorParameters<typeof SurfaceFacts>[0]): number {
  const facts = new SurfaceFacts({ ...surface, corners: mesh.corners });
  const roots = new Set(findInsideOut(facts).map(({ root }) => root));
  if (roots.size === 0) return 0;
  const { parts } = facts;
  for (let triangle = 0; triangle < mesh.parts.length; triangle++) {
    if (roots.has(parts.find(mesh.corners[triangle * 3]!))) turnTriangle(mesh, triangle);
  }
  return roots.size;
}

function areaOf({ positions: p, corners }: TriangleMesh, triangle: number): number {
  const [a, b, c] = [corners[triangle * 3]! * 3, corners[triangle * 3 + 1]! * 3, corners[triangle * 3 + 2]! * 3];
  const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
  const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
  const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  return Math.sqrt(nx * nx + ny * ny + nz * nz);
}
