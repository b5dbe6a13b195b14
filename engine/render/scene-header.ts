import * as L from './kernel/layout.ts';
import type { KernelHeader } from './kernel-header.ts';
import { hasTop, type ScenePlan } from './memory-plan.ts';
import type { Normalisation } from './render-space.ts';
import type { Scene } from './scene.ts';

/** Tells the kernel where a scene lies and how much it holds. */
export function writeSceneHeader(header: KernelHeader, scene: Scene, plan: ScenePlan, { scale }: Normalisation): void {
  header.setFloats(L.H_MODEL_UNIT, 1 / scale);
  const instances = scene.meshes.reduce((sum, mesh) => sum + (mesh.copies?.length ?? 1), 0);
  header.setAll([
    [L.H_NODES, plan.nodes],
    [L.H_BLOCKS, plan.blocks],
    [L.H_TRIANGLES, plan.triangles],
    [L.H_VERTICES, plan.vertices],
    [L.H_MESHES, plan.meshes],
    [L.H_MESH_COUNT, scene.meshes.length],
    [L.H_SPLATS, plan.splats.splats],
    [L.H_SPLAT_COUNT, plan.splats.count],
    [L.H_SPLAT_GROUPS, plan.splats.groups],
    [L.H_SPLAT_GROUP_COUNT, scene.splats.length],
    [L.H_SPLAT_VIEW, plan.splats.view],
    [L.H_SPLAT_PAIRS, plan.splats.pairs],
    [L.H_INSTANCES, plan.instances],
    [L.H_INSTANCE_COUNT, instances],
    [L.H_MATERIALS, plan.materials],
    [L.H_LIGHTS, plan.lights],
    [L.H_EMITTER_CAPACITY, plan.emitterCapacity],
    [L.H_EMITTER_COUNT, 0],
    [L.H_EMITTER_LEVELS, 0],
    [L.H_EMITTERS, plan.emitters],
    [L.H_EMITTER_NODES, plan.emitterNodes],
    [L.H_EMITTER_ORDER, plan.emitterOrder],
    [L.H_EMITTER_LEAVES, plan.emitterLeaves],
    [L.H_TEXTURES, plan.textures],
    [L.H_LUT_DFG, plan.dfg],
    [L.H_HEMISPHERE, plan.hemisphere],
    [L.H_SETS_LOCK, 0],
    [L.H_SETS_WAITING, 0],
    [L.H_SETS_OPEN, 0],
    [L.H_SETS, plan.sets],
    [L.H_TOP_RANGES_OPEN, Math.ceil(instances / L.RANGE_REFS)],
    [L.H_PATH_TABLES, plan.pathTables],
    [L.H_PATH_POROUS, scene.materials.porous ? 1 : 0],
    [L.H_TOP_NODE, plan.topNode],
    [L.H_VIEW_NODE, plan.viewNode],
    [L.H_TOP_REFS, plan.topRefs],
    [L.H_HAS_TOP, hasTop(scene) ? 1 : 0],
  ]);
}
