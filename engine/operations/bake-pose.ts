import { type Accessor, type Document, Node, type Primitive, type PrimitiveTarget } from '@gltf-transform/core';
import { listNodeScenes } from '@gltf-transform/functions';
import { skinnedPositions } from '../measure/skinned-positions.ts';
import { floatValues } from './float-values.ts';

/**
 * Puts skinned meshes where their joints hold them in the rest pose, as meshes without a skin: each gets a node of its
 * own in the scene, since its vertices are then where they are in the world. Normals, tangents and morph targets turn
 * along.
 */
export function bakePose(document: Document): void {
  for (const node of document.getRoot().listNodes()) {
    const mesh = node.getMesh();
    if (!node.getSkin() || !mesh) continue;
    const baked = mesh.clone();
    for (const primitive of baked.listPrimitives()) {
      baked.removePrimitive(primitive);
      baked.addPrimitive(bakePrimitive(document, node, primitive));
    }
    const placed = document.createNode(node.getName()).setMesh(baked).setWeights(node.getWeights());
    for (const scene of listNodeScenes(node)) scene.addChild(placed);
    node.setMesh(null).setSkin(null);
    if (mesh.listParents().some((parent) => parent instanceof Node)) continue;
    for (const primitive of mesh.listPrimitives()) primitive.dispose();
    mesh.dispose();
  }
}

function bakePrimitive(document: Document, node: Node, source: Primitive): Primitive {
  const position = source.getAttribute('POSITION');
  const local = position && floatValues(position, 3);
  const world = local && skinnedPositions(node, source, local);
  const primitive = source.clone();
  if (!position || !local || !world) return primitive;
  /** Where what lies `delta` from each vertex comes to lie from it: blending matrices is linear. */
  const turned = (delta: Float32Array, stride: number): Float32Array<ArrayBuffer> => {
    const moved = local.map((value, i) => value + delta[Math.floor(i / 3) * stride + (i % 3)]!);
    return (skinnedPositions(node, source, moved) ?? moved).map(
      (value, i) => value - world[i]!,
    ) as Float32Array<ArrayBuffer>;
  };
  for (const target of source.listTargets()) {
    primitive.removeTarget(target);
    primitive.addTarget(bakeTarget(document, target, (delta) => turned(delta, 3)));
  }
  const normal = source.getAttribute('NORMAL');
  if (normal) primitive.setAttribute('NORMAL', floats(normal, unit(turned(floatValues(normal, 3), 3), 3)));
  const tangent = source.getAttribute('TANGENT');
  if (tangent) {
    const values = floatValues(tangent, 4);
    const directions = unit(turned(values, 4), 3);
    for (let i = 0; i < values.length; i++) if (i % 4 < 3) values[i] = directions[Math.floor(i / 4) * 3 + (i % 4)]!;
    primitive.setAttribute('TANGENT', floats(tangent, values));
  }
  return primitive.setAttribute('POSITION', floats(position, new Float32Array(world)));
}

function bakeTarget(
  document: Document,
  source: PrimitiveTarget,
  turned: (delta: Float32Array) => Float32Array<ArrayBuffer>,
): PrimitiveTarget {
  const target = document.createPrimitiveTarget(source.getName());
  for (const semantic of source.listSemantics()) {
    const accessor = source.getAttribute(semantic)!;
    const isDirection = semantic === 'POSITION' || semantic === 'NORMAL' || semantic === 'TANGENT';
    target.setAttribute(semantic, isDirection ? floats(accessor, turned(floatValues(accessor, 3))) : accessor);
  }
  return target;
}

function floats(like: Accessor, values: Float32Array<ArrayBuffer>): Accessor {
  return like.clone().setNormalized(false).setArray(values);
}

/** Vectors at unit length; those without a direction point up. */
function unit(vectors: Float32Array<ArrayBuffer>, size: number): Float32Array<ArrayBuffer> {
  for (let i = 0; i < vectors.length; i += size) {
    const [x, y, z] = [vectors[i]!, vectors[i + 1]!, vectors[i + 2]!];
    const length = Math.sqrt(x * x + y * y + z * z);
    vectors.set(length > 1e-12 ? [x / length, y / length, z / length] : [0, 1, 0], i);
  }
  return vectors;
}
