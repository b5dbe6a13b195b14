import type { Accessor, Document, Mesh, Primitive, TypedArray } from '@gltf-transform/core';
import { allFinite } from './all-finite.ts';
import { type Corrections, plural } from './corrections.ts';
import { toFloats } from './normalise-attributes.ts';

/** What the sum of weights may be off for each that is not zero: single precision, and what the validator allows. */
const ROUNDING = 2e-7;

/** Beyond this the difference may show, and is worth telling. */
const NOTABLE = 1e-2;

/** Elements of the last row of a matrix stored column by column, and what they are. */
const LAST_ROW = [
  [3, 0],
  [7, 0],
  [11, 0],
  [15, 1],
] as const;

/**
 * Makes skins usable: joints in range, weights that are finite, not negative and sum to one, as many inverse bind
 * matrices as joints; a skin on a mesh without joint data is taken off, and one without joints removed.
 */
export function normaliseSkins(document: Document, corrections: Corrections): void {
  const seen = new Set<Accessor>();
  const joints = fewestJoints(document);
  for (const node of document.getRoot().listNodes()) {
    const skin = node.getSkin();
    const mesh = node.getMesh();
    if (!skin) continue;
    const skinned = mesh
      ?.listPrimitives()
      .some((primitive) => primitive.getAttribute('JOINTS_0') && primitive.getAttribute('WEIGHTS_0'));
    if (!mesh || !skinned || skin.listJoints().length === 0) {
      node.setSkin(null);
      if (skin.listJoints().length > 0) noteRemoved(corrections);
      continue;
    }
    for (const primitive of mesh.listPrimitives())
      normaliseWeights(document, primitive, joints.get(mesh)!, seen, corrections);
  }
  for (const skin of document.getRoot().listSkins()) {
    if (skin.listJoints().length === 0) {
      noteRemoved(corrections);
      skin.dispose();
      continue;
    }
    const matrices = skin.getInverseBindMatrices();
    if (!matrices) continue;
    const array = matrices.getArray();
    if (
      matrices.getType() === 'MAT4' &&
      matrices.getCount() >= skin.listJoints().length &&
      array instanceof Float32Array &&
      allFinite(array)
    ) {
      repairLastRows(array, corrections);
      continue;
    }
    skin.setInverseBindMatrices(null);
    corrections.add(
      'removed_bind_matrices',
      1,
      (n) => `${plural(n, 'skin')} had inverse bind matrices that do not fit its joints; they were removed.`,
    );
  }
}

function noteRemoved(corrections: Corrections): void {
  corrections.add(
    'removed_skins',
    1,
    (n) => `${plural(n, 'skin')} without joints, or on nodes without joint data, ${n === 1 ? 'was' : 'were'} removed.`,
  );
}

/** Joints that each mesh may refer to: as many as the smallest of the skins that move it has. */
function fewestJoints(document: Document): Map<Mesh, number> {
  const fewest = new Map<Mesh, number>();
  for (const node of document.getRoot().listNodes()) {
    const mesh = node.getMesh();
    const joints = node.getSkin()?.listJoints().length ?? 0;
    if (mesh && joints > 0) fewest.set(mesh, Math.min(joints, fewest.get(mesh) ?? Number.POSITIVE_INFINITY));
  }
  return fewest;
}

/** Weights stored as whole numbers that do not sum to the largest of these exactly become floats, which may be scaled. */
function widenWeights(document: Document, primitive: Primitive, sets: number): void {
  const accessors = Array.from({ length: sets }, (_, set) => primitive.getAttribute(`WEIGHTS_${set}`)!);
  const arrays = accessors.map((accessor) => accessor.getArray()!);
  if (arrays.every((array) => array instanceof Float32Array)) return;
  const whole = arrays.every((array) => array instanceof Uint8Array) ? 255 : 65535;
  const good = arrays.every((array) => array.BYTES_PER_ELEMENT === arrays[0]!.BYTES_PER_ELEMENT);
  const vertices = arrays[0]!.length / 4;
  for (let vertex = 0; good && vertex < vertices; vertex++) {
    let total = 0;
    for (const array of arrays) for (let k = vertex * 4; k < vertex * 4 + 4; k++) total += array[k]!;
    if (total !== whole) break;
    if (vertex + 1 === vertices) return;
  }
  for (const [set, accessor] of accessors.entries()) {
    if (!(accessor.getArray() instanceof Float32Array))
      primitive.setAttribute(`WEIGHTS_${set}`, toFloats(document, accessor));
  }
}

/** A joint moves a vertex once (glTF 2.0, section 3.7.3.3): where it is named again, the weights are added up. */
function mergeRepeatedJoints(indices: readonly TypedArray[], values: readonly TypedArray[], first: number): void {
  const slots = indices.length * 4;
  for (let later = 1; later < slots; later++) {
    const laterSet = later >> 2;
    const laterAt = first + (later & 3);
    const weight = values[laterSet]![laterAt]!;
    if (weight === 0) continue;
    for (let earlier = 0; earlier < later; earlier++) {
      const set = earlier >> 2;
      const at = first + (earlier & 3);
      if (values[set]![at] === 0 || indices[set]![at] !== indices[laterSet]![laterAt]) continue;
      values[set]![at] = values[set]![at]! + weight;
      values[laterSet]![laterAt] = 0;
      indices[laterSet]![laterAt] = 0;
      break;
    }
  }
}

/** Inverse bind matrices are affine: their last rows are 0, 0, 0, 1 exactly (glTF 2.0, section 3.7.3.1). */
function repairLastRows(matrices: TypedArray, corrections: Corrections): void {
  let changed = 0;
  for (let at = 0; at + 16 <= matrices.length; at += 16) {
    let off = 0;
    for (const [k, value] of LAST_ROW) {
      off = Math.max(off, Math.abs(matrices[at + k]! - value));
      matrices[at + k] = value;
    }
    if (off > NOTABLE) changed++;
  }
  corrections.add(
    'repaired_bind_matrices',
    changed,
    (n) => `${plural(n, 'inverse bind matrix', 'inverse bind matrices')} had a last row other than 0, 0, 0, 1.`,
  );
}

function normaliseWeights(
  document: Document,
  primitive: Primitive,
  joints: number,
  seen: Set<Accessor>,
  corrections: Corrections,
): void {
  const sets: { joints: Accessor; weights: Accessor }[] = [];
  let many = 0;
  while (primitive.getAttribute(`JOINTS_${many}`) && primitive.getAttribute(`WEIGHTS_${many}`)) many++;
  if (many > 0) widenWeights(document, primitive, many);
  for (let set = 0; set < many; set++) {
    sets.push({
      joints: primitive.getAttribute(`JOINTS_${set}`)!,
      weights: primitive.getAttribute(`WEIGHTS_${set}`)!,
    });
  }
  if (sets.length === 0 || sets.some(({ weights }) => seen.has(weights))) return;
  for (const { weights } of sets) seen.add(weights);
  const indices = sets.map((set) => set.joints.getArray()!);
  const values = sets.map((set) => set.weights.getArray()!);
  const isFloat = values.every((array) => array instanceof Float32Array);
  let changed = 0;
  let outside = 0;
  const vertices = values[0]!.length / 4;
  for (let vertex = 0; vertex < vertices; vertex++) {
    let total = 0;
    let rounding = 0;
    let bad = false;
    for (let set = 0; set < sets.length; set++) {
      const weight = values[set]!;
      const joint = indices[set]!;
      for (let k = vertex * 4; k < vertex * 4 + 4; k++) {
        if (joint[k]! >= joints) {
          joint[k] = 0;
          if (weight[k] !== 0) outside++;
          weight[k] = 0;
        }
        if (!(weight[k]! >= 0) || weight[k] === Infinity) {
          weight[k] = 0;
          bad = true;
        }
        total += weight[k]!;
        if (weight[k] !== 0) rounding += ROUNDING;
      }
    }
    mergeRepeatedJoints(indices, values, vertex * 4);
    if (!isFloat) continue;
    if (!bad && Math.abs(total - 1) < rounding) continue;
    if (bad || Math.abs(total - 1) > NOTABLE) changed++;
    for (const weight of values) {
      for (let k = vertex * 4; k < vertex * 4 + 4; k++) weight[k] = total > 0 ? weight[k]! / total : 0;
    }
    if (total <= 0) values[0]![vertex * 4] = 1;
  }
  corrections.add(
    'normalised_weights',
    changed,
    (n) => `The skin weights of ${plural(n, 'vertex', 'vertices')} did not sum to one and were scaled.`,
  );
  corrections.add(
    'removed_joints',
    outside,
    (n) => `${plural(n, 'skin weight')} of joints that do not exist ${n === 1 ? 'was' : 'were'} removed.`,
  );
}
