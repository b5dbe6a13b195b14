import { forEachDouble } from '../../describe/doubled-triangles.ts';
import { isCollapsed, type MeshSurface } from '../../describe/mesh-surface.ts';

/** The triangles of a mesh while they are being repaired. */
export interface TriangleMesh {
  positions: Float32Array;
  /** Three positions for each triangle. */
  corners: Uint32Array;
  /** Three vertices of their primitive for each triangle. */
  vertices: Uint32Array;
  /** The part of the surface that each triangle belongs to. */
  parts: Uint32Array;
  /** 1 for each triangle that was turned over. */
  turned: Uint8Array;
}

/**
 * The triangles of a surface without those that can go without a trace: two corners of which coincide, or that lie upon
 * another of the same material which faces the same side.
 */
export function cleanTriangles(surface: MeshSurface): { mesh: TriangleMesh; collapsed: number; doubled: number } {
  const { positions, corners, parts } = surface;
  const total = corners.length / 3;
  const dropped = new Uint8Array(total);
  let collapsed = 0;
  let doubled = 0;
  for (let triangle = 0; triangle < total; triangle++) {
    if (!isCollapsed(corners, triangle)) continue;
    dropped[triangle] = 1;
    collapsed++;
  }
  const layers = layersOf(surface);
  const drop = (triangle: number) => {
    dropped[triangle] = 1;
    doubled++;
  };
  forEachDouble(corners, true, drop, (a, b) => layers[a]! >= 0 && layers[a] === layers[b]);
  const kept = total - collapsed - doubled;
  const mesh: TriangleMesh = {
    positions,
    corners: new Uint32Array(kept * 3),
    vertices: new Uint32Array(kept * 3),
    parts: new Uint32Array(kept),
    turned: new Uint8Array(kept),
  };
  let at = 0;
  for (const [index, part] of parts.entries()) {
    for (let i = 0; i < part.triangles; i++) {
      if (dropped[part.start + i]) continue;
      for (let k = 0; k < 3; k++) {
        mesh.corners[at * 3 + k] = corners[(part.start + i) * 3 + k]!;
        mesh.vertices[at * 3 + k] = part.vertices[i * 3 + k]!;
      }
      mesh.parts[at++] = index;
    }
  }
  return { mesh, collapsed, doubled };
}

/**
 * For each triangle the number of its material: one material upon another may be meant so, as a label is. Below zero
 * where the triangle deforms, by a skin or morph targets: what lies upon another at rest may move apart.
 */
function layersOf({ corners, parts }: MeshSurface): Int32Array {
  const layers = new Int32Array(corners.length / 3);
  const materials = [...new Set(parts.map(({ primitive }) => primitive.getMaterial()))];
  for (const { primitive, start, triangles } of parts) {
    const deforms = primitive.getAttribute('JOINTS_0') !== null || primitive.listTargets().length > 0;
    layers.fill(deforms ? -1 : materials.indexOf(primitive.getMaterial()), start, start + triangles);
  }
  return layers;
}

/** Turns a triangle over: its second and third corner change places. */
export function turnTriangle({ corners, vertices, turned }: TriangleMesh, triangle: number): void {
  for (const list of [corners, vertices]) {
    const second = list[triangle * 3 + 1]!;
    list[triangle * 3 + 1] = list[triangle * 3 + 2]!;
    list[triangle * 3 + 2] = second;
  }
  turned[triangle] = 1 - turned[triangle]!;
}
