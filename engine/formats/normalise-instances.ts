import type { Accessor, Document } from '@gltf-transform/core';
import type { InstancedMesh } from '@gltf-transform/extensions';
import { allFinite } from './all-finite.ts';
import { type Corrections, plural } from './corrections.ts';
import { lengthAt, oneIn, storeUnit } from './unit-vectors.ts';

/** What says where copies stand, its accessor type, and an element that leaves the copy at its node. */
const PLACES: Record<string, { type: string; neutral: readonly number[] }> = {
  TRANSLATION: { type: 'VEC3', neutral: [0, 0, 0] },
  ROTATION: { type: 'VEC4', neutral: [0, 0, 0, 1] },
  SCALE: { type: 'VEC3', neutral: [1, 1, 1] },
};

/**
 * Makes copies (`EXT_mesh_gpu_instancing`) usable: attributes of the extension's types and of one length, places that
 * are numbers, rotations of unit length. A node that is left without any attribute draws its mesh once.
 */
export function normaliseInstances(document: Document, corrections: Corrections): void {
  const seen = new Set<Accessor>();
  for (const node of document.getRoot().listNodes()) {
    const instances = node.getExtension<InstancedMesh>('EXT_mesh_gpu_instancing');
    if (!instances) continue;
    removeMisfits(instances, corrections);
    if (instances.listSemantics().length === 0) {
      node.setExtension('EXT_mesh_gpu_instancing', null);
      continue;
    }
    for (const semantic of instances.listSemantics()) {
      const accessor = instances.getAttribute(semantic)!;
      if (!seen.has(accessor)) repairElements(accessor, semantic, corrections);
      seen.add(accessor);
    }
  }
}

function removeMisfits(instances: InstancedMesh, corrections: Corrections): void {
  const fits = (semantic: string): boolean => {
    const accessor = instances.getAttribute(semantic)!;
    const type = PLACES[semantic]?.type;
    return (accessor.getArray()?.length ?? 0) > 0 && (type === undefined || accessor.getType() === type);
  };
  const [first] = [...Object.keys(PLACES), ...instances.listSemantics()].filter(
    (semantic) => instances.getAttribute(semantic) && fits(semantic),
  );
  const count = first === undefined ? 0 : instances.getAttribute(first)!.getCount();
  for (const semantic of instances.listSemantics()) {
    if (fits(semantic) && instances.getAttribute(semantic)!.getCount() === count) continue;
    instances.setAttribute(semantic, null);
    corrections.add(
      'removed_instance_attributes',
      1,
      (n) =>
        `${plural(n, 'attribute')} of copies that ${n === 1 ? 'does' : 'do'} not fit the others ${n === 1 ? 'was' : 'were'} removed.`,
    );
  }
}

function repairElements(accessor: Accessor, semantic: string, corrections: Corrections): void {
  const array = accessor.getArray()!;
  const size = accessor.getElementSize();
  const one = oneIn(array);
  const neutral = PLACES[semantic]?.neutral ?? new Array<number>(size).fill(0);
  let replaced = 0;
  if (!allFinite(array)) {
    for (let i = 0; i < array.length; i += size) {
      if (allFinite(array.subarray(i, i + size))) continue;
      array.set(neutral, i);
      replaced++;
    }
  }
  if (semantic === 'ROTATION' && one !== null) {
    const tolerance = one === 1 ? 1e-3 : 0.00769;
    for (let i = 0; i < array.length; i += 4) {
      if (Math.abs(lengthAt(array, i, 4, one) - 1) < tolerance) continue;
      if (!storeUnit(array, i, one, array.subarray(i, i + 4))) storeUnit(array, i, one, neutral);
      replaced++;
    }
  }
  corrections.add(
    'replaced_instances',
    replaced,
    (n) =>
      `${plural(n, 'place')} of copies that ${n === 1 ? 'is' : 'are'} no transform ${n === 1 ? 'was' : 'were'} replaced.`,
  );
}
