import type { Accessor, Document, Primitive } from '@gltf-transform/core';
import { allFinite } from './all-finite.ts';
import { type Corrections, plural } from './corrections.ts';
import { AttributeRepair } from './normalise-attributes.ts';
import { normaliseNormals, normaliseTangents } from './normalise-directions.ts';
import { removeBadElements } from './normalise-elements.ts';
import { fitTargets, fitWeights, replaceWrongTargets } from './normalise-morph-targets.ts';

/** What one accessor of positions was found to be; shared accessors are examined once. */
interface PositionState {
  /** 1 for each vertex that has no finite position; null where all have one. */
  bad: Uint8Array | null;
  usable: boolean;
}

const ATTRIBUTE_TYPES: [prefix: string, types: string[]][] = [
  ['POSITION', ['VEC3']],
  ['NORMAL', ['VEC3']],
  ['TANGENT', ['VEC4']],
  ['TEXCOORD_', ['VEC2']],
  ['COLOR_', ['VEC3', 'VEC4']],
  ['JOINTS_', ['VEC4']],
  ['WEIGHTS_', ['VEC4']],
];

/** Repairs the primitives of all meshes; those that nothing can be drawn of are removed. */
export function normaliseGeometry(document: Document, corrections: Corrections): void {
  const positions = new Map<Accessor, PositionState>();
  const seen = new Set<Accessor>();
  const attributes = new AttributeRepair(document, corrections);
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      attributes.repair(primitive);
      if (!normalisePrimitive(document, primitive, positions, seen, corrections)) {
        mesh.removePrimitive(primitive);
        disposePrimitive(primitive);
        corrections.add(
          'removed_primitives',
          1,
          (n) => `${plural(n, 'mesh primitive')} without any usable geometry ${n === 1 ? 'was' : 'were'} removed.`,
        );
      }
    }
    if (mesh.listPrimitives().length === 0) mesh.dispose();
    else {
      fitTargets(document, mesh, corrections);
      fitWeights(mesh, mesh.listPrimitives()[0]!.listTargets().length, corrections);
    }
  }
  for (const node of document.getRoot().listNodes()) {
    if (node.getWeights().length > 0) {
      fitWeights(node, node.getMesh()?.listPrimitives()[0]?.listTargets().length ?? 0, corrections);
    }
  }
}

/** Whatever only this primitive used is then unused, which its edges would hide. */
function disposePrimitive(primitive: Primitive): void {
  for (const target of primitive.listTargets()) target.dispose();
  primitive.dispose();
}

function normalisePrimitive(
  document: Document,
  primitive: Primitive,
  positions: Map<Accessor, PositionState>,
  seen: Set<Accessor>,
  corrections: Corrections,
): boolean {
  const position = primitive.getAttribute('POSITION');
  const count = position?.getCount() ?? 0;
  if (!position?.getArray() || position.getType() !== 'VEC3' || count === 0) return false;
  removeWrongAttributes(primitive, count, corrections);
  replaceWrongTargets(document, primitive, count, corrections);
  let state = positions.get(position);
  if (!state) {
    state = examinePositions(position);
    positions.set(position, state);
    if (state.bad)
      corrections.add(
        'replaced_positions',
        sum(state.bad),
        (n) => `${plural(n, 'vertex', 'vertices')} had a position that is no number.`,
      );
  }
  if (!state.usable) return false;
  if (!removeBadElements(document, primitive, count, state.bad, corrections)) return false;
  for (const semantic of primitive.listSemantics()) {
    const accessor = primitive.getAttribute(semantic)!;
    if (seen.has(accessor)) continue;
    seen.add(accessor);
    if (semantic === 'NORMAL') normaliseNormals(primitive, accessor, corrections);
    else if (semantic === 'TANGENT') normaliseTangents(primitive, accessor, corrections);
    else if (semantic.startsWith('COLOR_')) {
      replaceNonFinite(accessor, 1, corrections);
      clampColors(accessor, corrections);
    } else if (semantic !== 'POSITION') replaceNonFinite(accessor, 0, corrections);
  }
  for (const target of primitive.listTargets()) {
    for (const accessor of target.listAttributes()) {
      if (!seen.has(accessor)) replaceNonFinite(accessor, 0, corrections);
      seen.add(accessor);
    }
  }
  return true;
}

function removeWrongAttributes(primitive: Primitive, count: number, corrections: Corrections): void {
  for (const semantic of primitive.listSemantics()) {
    const accessor = primitive.getAttribute(semantic);
    if (!accessor) continue;
    const types = ATTRIBUTE_TYPES.find(([prefix]) => semantic.startsWith(prefix))?.[1];
    const good =
      accessor.getArray() !== null && accessor.getCount() === count && (!types || types.includes(accessor.getType()));
    if (good) continue;
    primitive.setAttribute(semantic, null);
    // Neither of joints and weights means anything without the other.
    const partner = semantic.replace(/^(JOINTS|WEIGHTS)/, (name) => (name === 'JOINTS' ? 'WEIGHTS' : 'JOINTS'));
    if (partner !== semantic) primitive.setAttribute(partner, null);
    corrections.add(
      'removed_attributes',
      1,
      (n) =>
        `${plural(n, 'vertex attribute')} of another name, length or type than glTF permits ${n === 1 ? 'was' : 'were'} removed.`,
    );
  }
}

/** Marks vertices without a finite position and moves them onto one that has one, so that bounds stay right. */
function examinePositions(position: Accessor): PositionState {
  const array = position.getArray()!;
  if (allFinite(array)) return { bad: null, usable: true };
  const bad = new Uint8Array(position.getCount());
  let good = -1;
  for (let i = 0; i < bad.length; i++) {
    const finite =
      Number.isFinite(array[i * 3]) && Number.isFinite(array[i * 3 + 1]) && Number.isFinite(array[i * 3 + 2]);
    if (!finite) bad[i] = 1;
    else if (good < 0) good = i;
  }
  if (good < 0) return { bad, usable: false };
  for (let i = 0; i < bad.length; i++) if (bad[i]) array.copyWithin(i * 3, good * 3, good * 3 + 3);
  return { bad, usable: true };
}

function replaceNonFinite(accessor: Accessor, value: number, corrections: Corrections): void {
  const array = accessor.getArray();
  if (!array || allFinite(array)) return;
  let replaced = 0;
  for (let i = 0; i < array.length; i++) {
    if (Number.isFinite(array[i])) continue;
    array[i] = value;
    replaced++;
  }
  corrections.add(
    'replaced_non_finite',
    replaced,
    (n) =>
      `${plural(n, 'attribute value')} that ${n === 1 ? 'is' : 'are'} no number ${n === 1 ? 'was' : 'were'} replaced.`,
  );
}

/** Vertex colours are shares of light (glTF 2.0, section 3.7.2.1). */
function clampColors(accessor: Accessor, corrections: Corrections): void {
  const array = accessor.getArray();
  if (!(array instanceof Float32Array)) return;
  let clamped = 0;
  for (let i = 0; i < array.length; i++) {
    const value = array[i]!;
    if (value >= 0 && value <= 1) continue;
    array[i] = value < 0 ? 0 : 1;
    clamped++;
  }
  corrections.add(
    'clamped_colors',
    clamped,
    (n) =>
      `${plural(n, 'value')} of vertex colours outside of 0 to 1 ${n === 1 ? 'was' : 'were'} brought into the range.`,
  );
}

function sum(flags: Uint8Array): number {
  let total = 0;
  for (const flag of flags) total += flag;
  return total;
}
