import type { Accessor, Document, GLTF, Mesh, Node, Primitive, TypedArray } from '@gltf-transform/core';
import { allFinite } from './all-finite.ts';
import { type Corrections, plural } from './corrections.ts';
import { AttributeRepair } from './normalise-attributes.ts';

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

/** Attributes that morph targets move by vectors, whatever their own type. */
const DIRECTIONS = new Set(['POSITION', 'NORMAL', 'TANGENT']);

/** Numbers in an element. */
const WIDTHS: Partial<Record<GLTF.AccessorType, number>> = { VEC2: 2, VEC3: 3, VEC4: 4, MAT2: 4, MAT3: 9, MAT4: 16 };

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
    else if (semantic.startsWith('TEXCOORD_')) replaceNonFinite(accessor, 0, corrections);
    else if (semantic.startsWith('COLOR_')) {
      replaceNonFinite(accessor, 1, corrections);
      clampColors(accessor, corrections);
    }
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

/** Morph targets move what the primitive has, by as many values of the type that belongs to it. */
function replaceWrongTargets(document: Document, primitive: Primitive, count: number, corrections: Corrections): void {
  const zeros = (type: GLTF.AccessorType) =>
    document
      .createAccessor()
      .setType(type)
      .setArray(new Float32Array(count * (WIDTHS[type] ?? 1)));
  let replaced = 0;
  for (const target of primitive.listTargets()) {
    const before = replaced;
    for (const semantic of target.listSemantics()) {
      const accessor = target.getAttribute(semantic)!;
      const base = primitive.getAttribute(semantic);
      const type = DIRECTIONS.has(semantic) ? 'VEC3' : base?.getType();
      if (base && accessor.getArray() && accessor.getCount() === count && accessor.getType() === type) continue;
      target.setAttribute(semantic, base && type ? zeros(type) : null);
      replaced++;
    }
    if (target.listSemantics().length > 0) continue;
    target.setAttribute('POSITION', zeros('VEC3'));
    replaced = Math.max(replaced, before + 1);
  }
  corrections.add(
    'replaced_morph_targets',
    replaced,
    (n) =>
      `${plural(n, 'attribute')} of morph targets that the mesh has not, or of another length or type, no longer ${n === 1 ? 'moves' : 'move'} anything.`,
  );
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

/** Removes points, lines and triangles that use a vertex that is not there or has no position. */
function removeBadElements(
  document: Document,
  primitive: Primitive,
  vertices: number,
  bad: Uint8Array | null,
  corrections: Corrections,
): boolean {
  const accessor = primitive.getIndices();
  const source = accessor?.getArray() ?? null;
  if (accessor && !isIndexList(accessor)) return false;
  const mode = primitive.getMode();
  const used = source ?? sequence(vertices);
  const size = elementSize(mode);
  if (used.length < size) return false;
  if (accessor && source) widenRestart(primitive, accessor, source, document);
  if (!bad && !hasAbove(used, vertices) && (mode > 4 || used.length % size === 0)) return true;
  const list = toList(mode, used);
  const step = mode === 0 ? 1 : mode < 4 ? 2 : 3;
  const kept: number[] = [];
  let dropped = list.length % step === 0 ? 0 : 1;
  for (let i = 0; i + step <= list.length; i += step) {
    let good = true;
    for (let j = i; j < i + step; j++) {
      const index = list[j]!;
      if (index >= vertices || bad?.[index]) good = false;
    }
    if (!good) dropped++;
    else for (let j = i; j < i + step; j++) kept.push(list[j]!);
  }
  corrections.add(
    'removed_elements',
    dropped,
    (n) =>
      `${plural(n, 'triangle, line or point', 'triangles, lines or points')} with a vertex that does not exist or has no position ${n === 1 ? 'was' : 'were'} removed.`,
  );
  if (kept.length === 0) return false;
  const array = vertices <= 65535 ? Uint16Array.from(kept) : Uint32Array.from(kept);
  primitive.setIndices(document.createAccessor().setType('SCALAR').setArray(array));
  primitive.setMode(mode === 0 ? 0 : mode < 4 ? 1 : 4);
  return true;
}

/** The highest index of a type means a new strip (glTF 2.0, section 3.7.2.1): a vertex of that number needs a wider one. */
function widenRestart(primitive: Primitive, accessor: Accessor, indices: TypedArray, document: Document): void {
  const restart = indices instanceof Uint8Array ? 255 : indices instanceof Uint16Array ? 65535 : null;
  if (restart === null || !indices.includes(restart)) return;
  const wider = document.createAccessor(accessor.getName()).setType('SCALAR').setArray(Uint32Array.from(indices));
  primitive.setIndices(wider);
}

/** Unsigned whole numbers, and no vertex attribute at the same time. */
function isIndexList(accessor: Accessor): boolean {
  const array = accessor.getArray();
  const whole = array instanceof Uint8Array || array instanceof Uint16Array || array instanceof Uint32Array;
  return whole && accessor.getType() === 'SCALAR';
}

function elementSize(mode: number): number {
  return mode === 0 ? 1 : mode < 4 ? 2 : 3;
}

/** Indices of strips, loops and fans (glTF 2.0, section 3.7.2.1) as separate lines or triangles. */
function toList(mode: number, indices: ArrayLike<number>): ArrayLike<number> {
  const out: number[] = [];
  const n = indices.length;
  switch (mode) {
    case 2:
    case 3:
      for (let i = 0; i + 1 < n; i++) out.push(indices[i]!, indices[i + 1]!);
      if (mode === 2) out.push(indices[n - 1]!, indices[0]!);
      return out;
    case 5:
      for (let i = 0; i + 2 < n; i++) out.push(indices[i]!, indices[i + 1 + (i % 2)]!, indices[i + 2 - (i % 2)]!);
      return out;
    case 6:
      for (let i = 1; i + 1 < n; i++) out.push(indices[i]!, indices[i + 1]!, indices[0]!);
      return out;
    default:
      return indices;
  }
}

function normaliseNormals(primitive: Primitive, accessor: Accessor, corrections: Corrections): void {
  const normals = accessor.getArray()!;
  if (!(normals instanceof Float32Array)) return;
  let scaled = 0;
  const missing: number[] = [];
  for (let i = 0; i < normals.length; i += 3) {
    const x = normals[i]!;
    const y = normals[i + 1]!;
    const z = normals[i + 2]!;
    const square = x * x + y * y + z * z;
    if (Math.abs(square - 1) < 0.01) continue;
    if (!(square > 1e-12) || square === Infinity) {
      missing.push(i / 3);
      continue;
    }
    const factor = 1 / Math.sqrt(square);
    normals[i] = x * factor;
    normals[i + 1] = y * factor;
    normals[i + 2] = z * factor;
    scaled++;
  }
  corrections.add(
    'normalised_normals',
    scaled,
    (n) => `${plural(n, 'normal')} did not have unit length and ${n === 1 ? 'was' : 'were'} scaled to it.`,
  );
  if (missing.length === 0) return;
  const generated = averageFaceNormals(primitive, normals.length / 3, missing);
  for (const vertex of missing) {
    const at = vertex * 3;
    const length = Math.hypot(generated[at]!, generated[at + 1]!, generated[at + 2]!);
    for (let k = 0; k < 3; k++) normals[at + k] = length > 0 ? generated[at + k]! / length : k === 1 ? 1 : 0;
  }
  corrections.add(
    'replaced_normals',
    missing.length,
    (n) => `${plural(n, 'normal')} without direction ${n === 1 ? 'was' : 'were'} computed from the triangles around.`,
  );
}

/** Sums of face normals weighted by area, for the vertices that are `asked` for; not scaled to unit length. */
function averageFaceNormals(primitive: Primitive, vertices: number, asked: readonly number[]): Float64Array {
  const sums = new Float64Array(vertices * 3);
  if (primitive.getMode() < 4) return sums;
  const wanted = new Uint8Array(vertices);
  for (const vertex of asked) wanted[vertex] = 1;
  const p = primitive.getAttribute('POSITION')!.getArray()!;
  const list = toList(primitive.getMode(), primitive.getIndices()?.getArray() ?? sequence(vertices));
  for (let i = 0; i + 2 < list.length; i += 3) {
    if (!wanted[list[i]!] && !wanted[list[i + 1]!] && !wanted[list[i + 2]!]) continue;
    const a = list[i]! * 3;
    const b = list[i + 1]! * 3;
    const c = list[i + 2]! * 3;
    const ux = p[b]! - p[a]!;
    const uy = p[b + 1]! - p[a + 1]!;
    const uz = p[b + 2]! - p[a + 2]!;
    const vx = p[c]! - p[a]!;
    const vy = p[c + 1]! - p[a + 1]!;
    const vz = p[c + 2]! - p[a + 2]!;
    for (const vertex of [a, b, c]) {
      sums[vertex] = sums[vertex]! + uy * vz - uz * vy;
      sums[vertex + 1] = sums[vertex + 1]! + uz * vx - ux * vz;
      sums[vertex + 2] = sums[vertex + 2]! + ux * vy - uy * vx;
    }
  }
  return sums;
}

/** Tangents that are no directions are dropped: they can be generated from the texture coordinates at any time. */
function normaliseTangents(primitive: Primitive, accessor: Accessor, corrections: Corrections): void {
  const tangents = accessor.getArray()!;
  if (!(tangents instanceof Float32Array)) return;
  let scaled = 0;
  for (let i = 0; i < tangents.length; i += 4) {
    const length = Math.hypot(tangents[i]!, tangents[i + 1]!, tangents[i + 2]!);
    const w = tangents[i + 3]!;
    if (!(length > 1e-6) || length === Infinity || Number.isNaN(w)) {
      primitive.setAttribute('TANGENT', null);
      corrections.add(
        'removed_tangents',
        1,
        (n) =>
          `${plural(n, 'set')} of tangents with values that are no directions ${n === 1 ? 'was' : 'were'} removed.`,
      );
      return;
    }
    if (Math.abs(length - 1) < 5e-3 && (w === 1 || w === -1)) continue;
    for (let k = 0; k < 3; k++) tangents[i + k] = tangents[i + k]! / length;
    tangents[i + 3] = w < 0 ? -1 : 1;
    scaled++;
  }
  corrections.add(
    'normalised_tangents',
    scaled,
    (n) => `${plural(n, 'tangent')} did not have unit length and ${n === 1 ? 'was' : 'were'} scaled to it.`,
  );
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

/** All primitives of a mesh have as many morph targets (glTF 2.0, section 3.7.2.2): those that lack some do not move. */
function fitTargets(document: Document, mesh: Mesh, corrections: Corrections): void {
  const primitives = mesh.listPrimitives();
  const most = Math.max(...primitives.map((primitive) => primitive.listTargets().length));
  for (const primitive of primitives) {
    const missing = most - primitive.listTargets().length;
    if (missing === 0) continue;
    const still = document
      .createAccessor()
      .setType('VEC3')
      .setArray(new Float32Array(primitive.getAttribute('POSITION')!.getCount() * 3));
    for (let i = 0; i < missing; i++) {
      primitive.addTarget(document.createPrimitiveTarget().setAttribute('POSITION', still));
    }
    corrections.add(
      'added_morph_targets',
      missing,
      (n) =>
        `${plural(n, 'morph target')} that ${n === 1 ? 'was' : 'were'} missing in a part of a mesh ${n === 1 ? 'was' : 'were'} added without movement.`,
    );
  }
}

/** Weights of a mesh, and of a node that shows it, must be as many as it has morph targets. */
function fitWeights(holder: Mesh | Node, targets: number, corrections: Corrections): void {
  const weights = holder.getWeights();
  const fits = weights.length === targets || weights.length === 0;
  if (fits && weights.every(Number.isFinite)) return;
  holder.setWeights(Array.from({ length: targets }, (_, i) => (Number.isFinite(weights[i]) ? weights[i]! : 0)));
  corrections.add('replaced_weights', 1, (n) => `${plural(n, 'list')} of morph weights did not fit the morph targets.`);
}

function hasAbove(indices: ArrayLike<number>, limit: number): boolean {
  let max = -1;
  for (let i = 0; i < indices.length; i++) if (indices[i]! > max) max = indices[i]!;
  return max >= limit;
}

function sequence(count: number): Uint32Array {
  const out = new Uint32Array(count);
  for (let i = 0; i < count; i++) out[i] = i;
  return out;
}

function sum(flags: Uint8Array): number {
  let total = 0;
  for (const flag of flags) total += flag;
  return total;
}
