import type { Document, Node } from '@gltf-transform/core';
import type { Draw } from '../draws.ts';
import type { ImagePlan } from '../image-plan.ts';
import * as L from '../kernel/layout.ts';
import type { KernelHeader } from '../kernel-header.ts';
import type { Scene } from '../scene.ts';
import { cryptomatteId } from './cryptomatte.ts';

/** Ids with the names they are made of. */
export interface IdNames {
  objects: ReadonlyMap<number, string>;
  materials: ReadonlyMap<number, string>;
}

/**
 * Unique names in the order of `items`: as the file calls them, `kind 7` for the eighth without a name, `name#2` for
 * the second of a name. They depend on the file alone, so that ids are the same in every picture of it.
 */
function uniqueNames<T extends { getName(): string }>(kind: string, items: readonly T[]): Map<T, string> {
  const names = new Map<T, string>();
  const uses = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const name = item.getName() || `${kind} ${index}`;
    const use = (uses.get(name) ?? 0) + 1;
    uses.set(name, use);
    names.set(item, use === 1 ? name : `${name}#${use}`);
  }
  return names;
}

const DEFAULT_MATERIAL = 'default material';

/** Writes what the kernel looks up ids in: objects by triangle or instance, materials by index. */
export function writeIdTables(
  memory: WebAssembly.Memory,
  header: KernelHeader,
  { passes }: ImagePlan,
  scene: Scene,
  document: Document,
): IdNames {
  const words = new Uint32Array(memory.buffer);
  const objects = new Map<number, string>();
  const materials = new Map<number, string>();
  if (passes.object > 0) {
    const nodes = uniqueNames<Node>('node', document.getRoot().listNodes());
    const idOf = (draw: Draw) => {
      const node = nodes.get(draw.node) ?? draw.node.getName();
      const name = draw.copy === undefined ? node : `${node}[${draw.copy}]`;
      const id = cryptomatteId(name);
      objects.set(id, name);
      return id;
    };
    // Copies are instances with ids of their own; whatever lies in world space is told by its triangles.
    let at = passes.objects >>> 2;
    let triangle = 0;
    let instance = passes.instanceIds >>> 2;
    for (const { copies, parts } of scene.meshes) {
      for (const { draw, triangles } of parts) {
        words[at++] = triangle;
        words[at++] = draw ? idOf(draw) : 0;
        triangle += triangles;
      }
      if (copies) for (const copy of copies) words[instance++] = idOf(copy);
      else words[instance++] = 0;
    }
    header.set(L.H_OBJECT_COUNT, (at - (passes.objects >>> 2)) >> 1);
  }
  if (passes.material > 0) {
    const names = uniqueNames('material', document.getRoot().listMaterials());
    for (const [index, material] of scene.materials.list().entries()) {
      const name = material ? (names.get(material) ?? material.getName()) : DEFAULT_MATERIAL;
      const id = cryptomatteId(name);
      materials.set(id, name);
      words[(passes.materialIds >>> 2) + index] = id;
    }
  }
  return { objects, materials };
}
