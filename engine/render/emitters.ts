import * as L from './kernel/layout.ts';
import type { MaterialTable } from './materials.ts';
import type { Scene, SceneMesh } from './scene.ts';

/** Whether some triangles of a mesh may be listed as lights: round things are none. */
export function shines({ round, parts }: Pick<SceneMesh, 'round' | 'parts'>, materials: MaterialTable): boolean {
  return !round && parts.some(({ material }) => materials.shines(material));
}

/** Triangles of the scene that may shine, each copy counted, as far as the kernel lists them (`kernel/emitters.ts`). */
export function emitterCapacity({ meshes, materials }: Pick<Scene, 'meshes' | 'materials'>): number {
  let count = 0;
  for (const { parts, copies, round } of meshes) {
    if (round) continue;
    for (const { material, triangles } of parts) {
      if (materials.shines(material)) count += triangles * (copies?.length ?? 1);
    }
  }
  return Math.min(count, L.MAX_EMITTERS);
}

/** Bytes of the tree over so many emitters; what sorting them takes lies there before. */
export function emitterTreeBytes(capacity: number): number {
  let nodes = 0;
  for (let below = capacity; below > 0; ) {
    const here = Math.ceil(below / 4);
    nodes += here;
    below = here === 1 ? 0 : here;
  }
  return 2048 + nodes * L.EMITTER_NODE_BYTES;
}
