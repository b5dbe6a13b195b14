import type { Document, Node, Primitive } from '@gltf-transform/core';
import { KHRNodeVisibility } from '@gltf-transform/extensions';
import type { Matrix } from '../../describe/matrix.ts';
import { determinant } from './world-surface.ts';

/** Positions of the world in the space of a node. */
export type ToLocal = (
  positions: ArrayLike<number>,
  indices: Uint32Array,
) => { positions: Float64Array; indices: Uint32Array };

/**
 * How what was made in the world becomes part of a node, to move along with it; null where that cannot be, because the
 * node is flattened to a plane.
 *
 * @param origin what the positions are given from
 */
export function toLocalOf(node: Node, origin: readonly [number, number, number]): ToLocal | null {
  const m = node.getWorldMatrix() as Matrix;
  const size = determinant(m);
  if (!(Math.abs(size) > 1e-30)) return null;
  const inverse = [
    m[5]! * m[10]! - m[6]! * m[9]!, m[2]! * m[9]! - m[1]! * m[10]!, m[1]! * m[6]! - m[2]! * m[5]!,
    m[6]! * m[8]! - m[4]! * m[10]!, m[0]! * m[10]! - m[2]! * m[8]!, m[2]! * m[4]! - m[0]! * m[6]!,
    m[4]! * m[9]! - m[5]! * m[8]!, m[1]! * m[8]! - m[0]! * m[9]!, m[0]! * m[5]! - m[1]! * m[4]!,
  ].map((value) => value / size); // biome-ignore format: a matrix reads in columns
  return (positions, indices) => {
    const out = new Float64Array(positions.length);
    for (let i = 0; i < out.length; i += 3) {
      const [x, y, z] = [0, 1, 2].map((k) => positions[i + k]! + origin[k]! - m[12 + k]!) as [number, number, number];
      for (let k = 0; k < 3; k++) out[i + k] = inverse[k]! * x + inverse[3 + k]! * y + inverse[6 + k]! * z;
    }
    return { positions: out, indices: size < 0 ? turnedOver(indices) : indices };
  };
}

function turnedOver(indices: Uint32Array): Uint32Array {
  return indices.map((_, i) => indices[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1]!);
}

/** A new node with a mesh of one primitive below another, or at the top of the default scene. */
export function addPart(
  document: Document,
  parent: Node | null,
  name: string,
  primitive: Primitive,
  { visible, extras = {} }: { visible: boolean; extras?: Record<string, unknown> },
): Node {
  const node = document.createNode(name).setMesh(document.createMesh(name).addPrimitive(primitive)).setExtras(extras);
  if (!visible) {
    const visibility = document.createExtension(KHRNodeVisibility).createVisibility();
    node.setExtension('KHR_node_visibility', visibility.setVisible(false));
  }
  (parent ?? document.getRoot().getDefaultScene()!).addChild(node);
  return node;
}
