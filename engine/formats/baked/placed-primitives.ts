import type { Accessor, Document, Mesh, Node, Primitive } from '@gltf-transform/core';
import type { Matrix } from '../../describe/matrix.ts';
import { morphedPositions } from '../../describe/measure-bounds.ts';
import { elementCounts, triangleIndices } from '../../describe/triangle-indices.ts';
import { meshNodes, placementMatrices } from '../../measure/placements.ts';
import { skinnedPositions } from '../../measure/skinned-positions.ts';
import { floatsOf } from '../../render/accessor-floats.ts';
import { isSplats } from '../splat/splat-primitive.ts';

/** What a primitive draws. */
export type ElementKind = 'triangles' | 'lines' | 'points' | 'splats';

/** A primitive of the default scene, with all places where it is drawn. */
export interface PlacedPrimitive {
  node: Node;
  mesh: Mesh;
  primitive: Primitive;
  kind: ElementKind;
  vertices: number;
  /** Of one place. */
  elements: number;
  /** From the primitive to the world: one, or one for each instance. Skinned vertices are in the world already. */
  matrices: Matrix[];
}

const IDENTITY: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** Everything that the default scene draws, in the order of its hierarchy; empty primitives are left out. */
export function placedPrimitives(document: Document): PlacedPrimitive[] {
  const scene = document.getRoot().getDefaultScene();
  const placed: PlacedPrimitive[] = [];
  for (const { node, mesh } of scene ? meshNodes(scene) : []) {
    for (const primitive of mesh.listPrimitives()) {
      const vertices = primitive.getAttribute('POSITION')?.getCount() ?? 0;
      const { triangles, lines, points } = elementCounts(primitive);
      const elements = triangles + lines + points;
      if (vertices === 0 || elements === 0) continue;
      const kind = isSplats(primitive) ? 'splats' : triangles > 0 ? 'triangles' : lines > 0 ? 'lines' : 'points';
      const matrices = isSkinned(node, primitive) ? [IDENTITY] : placementMatrices(node);
      if (matrices.length > 0) placed.push({ node, mesh, primitive, kind, vertices, elements, matrices });
    }
  }
  return placed;
}

/** Elements and vertices with every instance counted. */
export function countPlaced(placed: readonly PlacedPrimitive[]): { elements: number; vertices: number } {
  let elements = 0;
  let vertices = 0;
  for (const entry of placed) {
    elements += entry.elements * entry.matrices.length;
    vertices += entry.vertices * entry.matrices.length;
  }
  return { elements, vertices };
}

/** Whether joints place the vertices of a primitive. */
export function isSkinned(node: Node, primitive: Primitive): boolean {
  return node.getSkin() !== null && !!primitive.getAttribute('JOINTS_0') && !!primitive.getAttribute('WEIGHTS_0');
}

/** Vertex data of a primitive as it is posed, dequantised; what is not there is null. Arrays may be the document's own. */
export interface PosedVertices {
  positions: Float32Array;
  normals: Float32Array | null;
  /** Of one set, v downwards as in glTF. */
  texcoords: Float32Array | null;
  /** Linear, four for each vertex. */
  colors: Float32Array | null;
}

/**
 * Reads the vertices of a primitive with morph targets and joints applied.
 *
 * @param set of the texture coordinates
 */
export function posedVertices({ node, mesh, primitive }: PlacedPrimitive, set = 0): PosedVertices {
  const weights = node.getWeights().length > 0 ? node.getWeights() : mesh.getWeights();
  const local = morphedPositions(primitive, weights) as Float32Array;
  const world = skinnedPositions(node, primitive, local);
  const normal = primitive.getAttribute('NORMAL');
  const texcoord = primitive.getAttribute(`TEXCOORD_${set}`);
  const color = primitive.getAttribute('COLOR_0');
  let normals = normal && morphedNormals(normal, primitive, weights);
  if (normals && world) normals = skinnedDirections(node, primitive, local, world, normals);
  return {
    positions: world ?? local,
    normals,
    texcoords: texcoord && floatsOf(texcoord),
    colors: color && fourChannels(color),
  };
}

function morphedNormals(normal: Accessor, primitive: Primitive, weights: number[]): Float32Array {
  const base = floatsOf(normal);
  const targets = primitive.listTargets();
  if (!weights.some((weight, index) => weight !== 0 && targets[index]?.getAttribute('NORMAL'))) return base;
  const out = base.slice();
  for (const [index, target] of targets.entries()) {
    const weight = weights[index] ?? 0;
    const delta = target.getAttribute('NORMAL');
    if (weight === 0 || !delta) continue;
    const values = floatsOf(delta);
    for (let i = 0; i < out.length; i++) out[i] = out[i]! + weight * (values[i] ?? 0);
  }
  return out;
}

/** Blending matrices is linear: the tip of a direction moves as its foot does. */
function skinnedDirections(
  node: Node,
  primitive: Primitive,
  local: Float32Array,
  world: Float32Array,
  directions: Float32Array,
): Float32Array {
  const tips = skinnedPositions(
    node,
    primitive,
    local.map((value, i) => value + (directions[i] ?? 0)),
  ) as Float32Array;
  return tips.map((value, i) => value - world[i]!);
}

function fourChannels(color: Accessor): Float32Array {
  const values = floatsOf(color);
  if (color.getElementSize() === 4) return values;
  const count = color.getCount();
  const out = new Float32Array(count * 4);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) out[i * 4 + k] = values[i * 3 + k]!;
    out[i * 4 + 3] = 1;
  }
  return out;
}

/** The vertices of the triangles, lines or points of a primitive: three, two or one each. */
export function elementIndices({ primitive, kind, vertices }: PlacedPrimitive): ArrayLike<number> {
  if (kind === 'triangles') {
    const indices = triangleIndices(primitive) as ArrayLike<number>;
    const whole = indices.length - (indices.length % 3);
    return whole === indices.length ? indices : Array.prototype.slice.call(indices, 0, whole);
  }
  const indices = primitive.getIndices()?.getArray() ?? Uint32Array.from({ length: vertices }, (_, index) => index);
  return kind === 'lines' ? lineIndices(primitive.getMode(), indices) : indices;
}

/** Two for each segment: of separate lines, of a strip, or of a loop. */
function lineIndices(mode: number, indices: ArrayLike<number>): ArrayLike<number> {
  if (mode === 1) return Array.prototype.slice.call(indices, 0, indices.length - (indices.length % 2));
  const segments = mode === 2 ? indices.length : Math.max(0, indices.length - 1);
  const out = new Uint32Array(segments * 2);
  for (let i = 0; i < segments; i++) {
    out[i * 2] = indices[i]!;
    out[i * 2 + 1] = indices[(i + 1) % indices.length]!;
  }
  return out;
}
