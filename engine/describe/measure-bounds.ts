import type { Accessor, Mesh, Node, Primitive, Scene, Skin } from '@gltf-transform/core';
import type { InstancedMesh } from '@gltf-transform/extensions';
import type { Bounds } from '#contracts/model/model-report.ts';
import { isHidden } from './is-hidden.ts';
import { type Matrix, multiply } from './matrix.ts';
import { visitPlaced } from './visit-placed.ts';

/** Vertices times instances that are transformed one by one; beyond that the corners of the mesh's box stand for it. */
const EXACT_VERTICES = 20_000_000;

/**
 * Axis-aligned bounds of a scene in its rest pose, over every vertex: node transforms, instances
 * (EXT_mesh_gpu_instancing), skins bound to their joints where they stand, default morph weights. Null without
 * geometry.
 */
export function measureBounds(scene: Scene): Bounds | null {
  const box = new Box();
  const corners = new Map<Accessor, Float32Array>();
  visitPlaced(scene, (node, world) => {
    if (isHidden(node)) return false;
    const mesh = node.getMesh();
    if (mesh) addMesh(node, mesh, world, box, corners);
    return true;
  });
  return box.finish();
}

/** @param corners of the boxes of positions that are not morphed, as far as they are known */
function addMesh(node: Node, mesh: Mesh, world: Matrix, box: Box, corners: Map<Accessor, Float32Array>): void {
  const skin = node.getSkin();
  const instances = node.getExtension<InstancedMesh>('EXT_mesh_gpu_instancing');
  const weights = node.getWeights().length > 0 ? node.getWeights() : mesh.getWeights();
  for (const primitive of mesh.listPrimitives()) {
    const stored = primitive.getAttribute('POSITION');
    const positions = morphedPositions(primitive, weights);
    if (!stored || !positions) continue;
    const joints = primitive.getAttribute('JOINTS_0');
    const influence = primitive.getAttribute('WEIGHTS_0');
    if (skin && joints && influence) {
      addSkinned(positions, primitive, jointMatrices(skin), box);
      continue;
    }
    const matrices = instances ? instanceMatrices(node, instances) : [world];
    // The corners of a box that is moved along its axes are those of the box of what is moved.
    const isExact = (positions.length / 3) * matrices.length <= EXACT_VERTICES && !matrices.every(isAligned);
    const isStored = weights.every((weight) => weight === 0);
    const points = isExact ? positions : (isStored && corners.get(stored)) || boxCorners(positions);
    if (isStored && !isExact) corners.set(stored, points);
    for (const matrix of matrices) box.addTransformed(points, matrix);
  }
}

/** Whether each axis of the result comes of one axis alone. */
function isAligned(m: Matrix): boolean {
  for (let row = 0; row < 3; row++) {
    if (Number(m[row] !== 0) + Number(m[4 + row] !== 0) + Number(m[8 + row] !== 0) > 1) return false;
  }
  return true;
}

/** Positions with the default morph weights applied, in the mesh's space; dequantised where they are integers. */
export function morphedPositions(primitive: Primitive, weights: number[]): Float32Array | null {
  const accessor = primitive.getAttribute('POSITION');
  if (!accessor) return null;
  const base = floats(accessor);
  const targets = primitive.listTargets();
  if (!weights.some((weight, index) => weight !== 0 && targets[index])) return base;
  const out = base.slice();
  for (const [index, target] of targets.entries()) {
    const weight = weights[index] ?? 0;
    const delta = target.getAttribute('POSITION');
    if (weight === 0 || !delta) continue;
    const values = floats(delta);
    for (let i = 0; i < out.length; i++) out[i] = out[i]! + weight * (values[i] ?? 0);
  }
  return out;
}

function floats(accessor: Accessor): Float32Array {
  const array = accessor.getArray();
  if (array instanceof Float32Array) return array;
  const out = new Float32Array(accessor.getCount() * 3);
  const element: number[] = [];
  for (let i = 0; i < accessor.getCount(); i++) {
    accessor.getElement(i, element);
    out.set(element.slice(0, 3), i * 3);
  }
  return out;
}

/** World matrices of the joints of a skin, each times its inverse bind matrix. */
export function jointMatrices(skin: Skin): Matrix[] {
  const inverse = skin.getInverseBindMatrices();
  const element: number[] = [];
  return skin.listJoints().map((joint, index) => {
    const world = joint.getWorldMatrix() as Matrix;
    if (!inverse) return world;
    inverse.getElement(index, element);
    return multiply(world, element);
  });
}

function addSkinned(positions: Float32Array, primitive: Primitive, matrices: Matrix[], box: Box): void {
  const sets: { joints: Accessor; weights: Accessor }[] = [];
  for (let set = 0; ; set++) {
    const joints = primitive.getAttribute(`JOINTS_${set}`);
    const weights = primitive.getAttribute(`WEIGHTS_${set}`);
    if (!joints || !weights) break;
    sets.push({ joints, weights });
  }
  const joint: number[] = [];
  const weight: number[] = [];
  for (let i = 0; i < positions.length / 3; i++) {
    const x = positions[i * 3]!;
    const y = positions[i * 3 + 1]!;
    const z = positions[i * 3 + 2]!;
    let px = 0;
    let py = 0;
    let pz = 0;
    let total = 0;
    for (const set of sets) {
      set.joints.getElement(i, joint);
      set.weights.getElement(i, weight);
      for (let k = 0; k < 4; k++) {
        const w = weight[k]!;
        const m = matrices[joint[k]!];
        if (w === 0 || !m) continue;
        px += w * (m[0]! * x + m[4]! * y + m[8]! * z + m[12]!);
        py += w * (m[1]! * x + m[5]! * y + m[9]! * z + m[13]!);
        pz += w * (m[2]! * x + m[6]! * y + m[10]! * z + m[14]!);
        total += w;
      }
    }
    if (total > 0) box.add(px / total, py / total, pz / total);
  }
}

/** World matrices of the instances of EXT_mesh_gpu_instancing: node × TRS of each. */
export function instanceMatrices(node: Node, instances: InstancedMesh): Matrix[] {
  const world = node.getWorldMatrix() as Matrix;
  const translation = instances.getAttribute('TRANSLATION');
  const rotation = instances.getAttribute('ROTATION');
  const scale = instances.getAttribute('SCALE');
  const count = instances.listAttributes()[0]?.getCount() ?? 0;
  const t = [0, 0, 0];
  const r = [0, 0, 0, 1];
  const s = [1, 1, 1];
  const out: Matrix[] = [];
  for (let i = 0; i < count; i++) {
    translation?.getElement(i, t);
    rotation?.getElement(i, r);
    scale?.getElement(i, s);
    out.push(multiply(world, compose(t, r, s)));
  }
  return out;
}

function compose(t: number[], r: number[], s: number[]): Matrix {
  const [x, y, z, w] = r as [number, number, number, number];
  const [sx, sy, sz] = s as [number, number, number];
  return [
    (1 - 2 * (y * y + z * z)) * sx, 2 * (x * y + z * w) * sx, 2 * (x * z - y * w) * sx, 0,
    2 * (x * y - z * w) * sy, (1 - 2 * (x * x + z * z)) * sy, 2 * (y * z + x * w) * sy, 0,
    2 * (x * z + y * w) * sz, 2 * (y * z - x * w) * sz, (1 - 2 * (x * x + y * y)) * sz, 0,
    t[0]!, t[1]!, t[2]!, 1,
  ]; // biome-ignore format: a matrix reads in rows
}

function boxCorners(positions: Float32Array): Float32Array {
  const box = new Box();
  for (let i = 0; i + 2 < positions.length; i += 3) box.add(positions[i]!, positions[i + 1]!, positions[i + 2]!);
  const { min, max } = box;
  const out = new Float32Array(24);
  for (let i = 0; i < 8; i++) {
    out[i * 3] = (i & 1 ? max : min)[0];
    out[i * 3 + 1] = (i & 2 ? max : min)[1];
    out[i * 3 + 2] = (i & 4 ? max : min)[2];
  }
  return out;
}

class Box {
  readonly min: [number, number, number] = [Infinity, Infinity, Infinity];
  readonly max: [number, number, number] = [-Infinity, -Infinity, -Infinity];

  add(x: number, y: number, z: number): void {
    const { min, max } = this;
    if (x < min[0]) min[0] = x;
    if (y < min[1]) min[1] = y;
    if (z < min[2]) min[2] = z;
    if (x > max[0]) max[0] = x;
    if (y > max[1]) max[1] = y;
    if (z > max[2]) max[2] = z;
  }

  addTransformed(points: Float32Array, m: Matrix): void {
    for (let i = 0; i + 2 < points.length; i += 3) {
      const x = points[i]!;
      const y = points[i + 1]!;
      const z = points[i + 2]!;
      this.add(
        m[0]! * x + m[4]! * y + m[8]! * z + m[12]!,
        m[1]! * x + m[5]! * y + m[9]! * z + m[13]!,
        m[2]! * x + m[6]! * y + m[10]! * z + m[14]!,
      );
    }
  }

  finish(): Bounds | null {
    return this.min.every(Number.isFinite) && this.max.every(Number.isFinite) ? { min: this.min, max: this.max } : null;
  }
}
