import type { Mesh } from '@gltf-transform/core';
import { type Matrix, multiply } from '../../describe/matrix.ts';
import { isSkinned, type PlacedPrimitive } from '../baked/placed-primitives.ts';

/** Millimetres in a metre. */
const SCALE = 1000;
/** From metres with +Y up to millimetres with +Z up. */
const SPACE: Matrix = [1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1];
const IDENTITY: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** A mesh as an object of the package, in its own space or where it stands. */
export interface ObjectPlan {
  name: string;
  entries: PlacedPrimitive[];
  /** Of its vertices, from the space of the primitives (metres) to that of the object (millimetres). */
  matrix: Matrix;
}

/** An object at a place; `matrix` is in millimetres. */
export interface BuildItem {
  object: ObjectPlan;
  matrix: Matrix;
}

/**
 * The objects and the items of the build: one object for each mesh, however often it stands somewhere. Where a mesh is
 * mirrored, flattened or sheared it becomes an object of its own: transforms must neither mirror nor be singular (Core
 * Specification, 3.3), and programs that keep rotation and scale apart lose a shear.
 */
export function buildItems(placed: readonly PlacedPrimitive[]): { objects: ObjectPlan[]; items: BuildItem[] } {
  const shared = new Map<Mesh, ObjectPlan>();
  const objects: ObjectPlan[] = [];
  const items: BuildItem[] = [];
  const add = (plan: ObjectPlan): ObjectPlan => {
    objects.push(plan);
    return plan;
  };
  for (const entries of byNode(placed)) {
    const { node, mesh, matrices } = entries[0]!;
    const name = mesh.getName() || node.getName();
    const posed = node.getSkin() !== null || node.getWeights().length > 0;
    for (const matrix of matrices) {
      if (posed || !isPlain(matrix)) {
        const object = add({ name: node.getName() || name, entries, matrix: scaled(multiply(SPACE, matrix)) });
        items.push({ object, matrix: IDENTITY });
        continue;
      }
      const object = shared.get(mesh) ?? add({ name, entries, matrix: scaled(IDENTITY) });
      shared.set(mesh, object);
      items.push({ object, matrix: placedMatrix(matrix) });
    }
  }
  return { objects, items };
}

/** A skinned primitive stands in the world already; the others of its node do not, so they are told apart. */
function byNode(placed: readonly PlacedPrimitive[]): PlacedPrimitive[][] {
  const groups = new Map<string, PlacedPrimitive[]>();
  const numbers = new Map<PlacedPrimitive['node'], number>();
  for (const entry of placed) {
    const number = numbers.get(entry.node) ?? numbers.size;
    numbers.set(entry.node, number);
    const key = `${number} ${isSkinned(entry.node, entry.primitive)}`;
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return [...groups.values()];
}

/** With its lengths in millimetres. */
function scaled(m: Matrix): Matrix {
  return m.map((value, index) => (index % 4 === 3 ? value : value * SCALE));
}

/** Where an object in millimetres stands. */
function placedMatrix(world: Matrix): Matrix {
  const m = multiply(SPACE, world);
  return m.map((value, index) => (index >= 12 && index < 15 ? value * SCALE : value));
}

/** Whether a matrix turns, scales and moves, and nothing else. */
function isPlain(m: Matrix): boolean {
  const [x, y, z] = [0, 4, 8].map((at) => m.slice(at, at + 3)) as [number[], number[], number[]];
  const dot = (a: number[], b: number[]) => a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
  const sheared = [
    [x, y],
    [y, z],
    [z, x],
  ].some(([a, b]) => Math.abs(dot(a!, b!)) > 1e-6 * Math.sqrt(dot(a!, a!) * dot(b!, b!)));
  return !sheared && determinantOf(m) > 1e-15;
}

function determinantOf(m: Matrix): number {
  return (
    m[0]! * (m[5]! * m[10]! - m[6]! * m[9]!) -
    m[4]! * (m[1]! * m[10]! - m[2]! * m[9]!) +
    m[8]! * (m[1]! * m[6]! - m[2]! * m[5]!)
  );
}
