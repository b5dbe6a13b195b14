import type { Document, GLTF, Mesh, Node, Primitive } from '@gltf-transform/core';
import { type Corrections, plural } from './corrections.ts';

/** Attributes that morph targets move by vectors, whatever their own type. */
const DIRECTIONS = new Set(['POSITION', 'NORMAL', 'TANGENT']);

/** Numbers in an element. */
const WIDTHS: Partial<Record<GLTF.AccessorType, number>> = { VEC2: 2, VEC3: 3, VEC4: 4, MAT2: 4, MAT3: 9, MAT4: 16 };

/** Morph targets move what the primitive has, by as many values of the type that belongs to it. */
export function replaceWrongTargets(
  document: Document,
  primitive: Primitive,
  count: number,
  corrections: Corrections,
): void {
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

/** All primitives of a mesh have as many morph targets (glTF 2.0, section 3.7.2.2): those that lack some do not move. */
export function fitTargets(document: Document, mesh: Mesh, corrections: Corrections): void {
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
export function fitWeights(holder: Mesh | Node, targets: number, corrections: Corrections): void {
  const weights = holder.getWeights();
  const fits = weights.length === targets || weights.length === 0;
  if (fits && weights.every(Number.isFinite)) return;
  holder.setWeights(Array.from({ length: targets }, (_, i) => (Number.isFinite(weights[i]) ? weights[i]! : 0)));
  corrections.add('replaced_weights', 1, (n) => `${plural(n, 'list')} of morph weights did not fit the morph targets.`);
}
