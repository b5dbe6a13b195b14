import type { Document } from '@gltf-transform/core';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { RgbaImage } from '../texture/image-codec.ts';
import { axesOf } from './camera.ts';
import { ENVIRONMENT_BYTES, readEnvironment } from './environment-file.ts';
import { nothingToDraw } from './errors.ts';
import * as L from './kernel/layout.ts';
import type { KernelHeader } from './kernel-header.ts';
import { planMemory, type ScenePlan, textureBytes, withLargerTextures } from './memory-plan.ts';
import { cosDegrees } from './portable-math.ts';
import type { RenderHost } from './render-host.ts';
import type { Normalisation } from './render-space.ts';
import { planScene, type Scene } from './scene.ts';
import { normalisationOf, PartVertices, SceneWriter } from './scene-writer.ts';
import { decodeTextures } from './textures.ts';

/** A scene that lies in the kernel's memory with its trees, ready to be drawn from any side. */
export interface PreparedScene {
  /** Requests with the same key can be drawn from it. */
  key: string;
  scene: Scene;
  plan: ScenePlan;
  normalisation: Normalisation;
  /** Triangles in the scene, each copy of an instanced mesh counted. */
  triangles: number;
  /** Name of the environment that lies in the kernel's memory. */
  environment: string;
}

/** Memory and threads of the kernel, as the preparation of a scene uses them. */
export interface Workbench {
  /** @throws MaquetteError `render_too_large` when a scene of this plan does not fit with its image. */
  check(plan: ScenePlan): void;
  /** Memory for the plan and its image, and the memory's header. @throws MaquetteError `render_too_large` */
  reserve(plan: ScenePlan): Promise<{ memory: WebAssembly.Memory; header: KernelHeader }>;
  /** Lets all threads work on a task. @throws MaquetteError `canceled` */
  run(task: number): Promise<void>;
  /** Ends a stage of the statistics. */
  stage(name: string): void;
}

/** What of a request the scene in memory depends on. Points and lines face the camera, and are as wide as pixels. */
export function sceneKey(request: ImageRequest, { facesCamera }: Pick<Scene, 'facesCamera'>): string {
  const { view, width, height, fieldOfView } = request;
  return facesCamera ? JSON.stringify([view, width, height, fieldOfView]) : '';
}

/**
 * Writes a document's scene into the kernel's memory and builds its trees, while the textures are being decoded.
 *
 * @throws MaquetteError `model_empty` when there is nothing to draw, `render_too_large` when the memory limit does not
 * suffice, `environment_invalid` when the environment cannot be read, `canceled`.
 */
export async function prepareScene(
  document: Document,
  request: ImageRequest,
  host: RenderHost,
  { check, reserve, run, stage }: Workbench,
): Promise<PreparedScene> {
  const environmentFile = host.loadEnvironment(request.environment);
  // Awaited later; a failure until then must not count as unhandled.
  environmentFile.catch(() => {});
  const scene = planScene(document);
  const triangles = scene.meshes.reduce((sum, mesh) => sum + mesh.triangles * (mesh.copies?.length ?? 1), 0);
  if (triangles === 0) throw nothingToDraw('The model holds nothing that can be drawn.');
  const uses = scene.materials.textures;
  const declared = uses.map(({ texture }) => {
    const size = texture.getSize();
    return { width: size?.[0] ?? 1, height: size?.[1] ?? 1 };
  });
  let plan = planMemory(scene, declared);
  check(plan);
  const decoding = decodeTextures(uses, host, scene.warnings);
  const vertices = new PartVertices();
  const normalisation = normalisationOf(scene, vertices);
  if (!normalisation) throw nothingToDraw('The model has no vertex with finite coordinates.');
  stage('scene');
  const { memory, header } = await reserve(plan);
  stage('wait');
  // All of this goes on while textures are being decoded, and each is taken over as soon as it is there.
  let writer = new SceneWriter(memory, plan, pixelSize(request));
  const larger = new Map<number, RgbaImage>();
  const written = decoding.map(async (promise, i) => {
    const image = await promise;
    const room = declared[i]!;
    if (image && textureBytes(image.width, image.height) > textureBytes(room.width, room.height)) larger.set(i, image);
    else writer.writeTexture(i, image, uses[i]!.srgb);
    return image !== undefined;
  });
  writer.writeGeometry(scene, vertices, normalisation, axesOf(request.view));
  // The trees depend on what kind the materials are.
  writer.writeMaterials(
    scene,
    uses.map(() => true),
  );
  writer.writeLights(scene, normalisation);
  writeSceneHeader(header, scene, plan);
  stage('write');
  const trees = run(L.TASK_PREPARE);
  trees.catch(() => {});
  placeEnvironment(memory, plan, await environmentFile);
  await trees;
  stage('prepare');
  await run(L.TASK_ENVIRONMENT_TABLE);
  stage('environment');
  const usable = await Promise.all(written);
  if (larger.size > 0) {
    plan = withLargerTextures(plan, larger);
    await reserve(plan);
    writer = new SceneWriter(memory, plan, pixelSize(request));
    for (const [i, image] of larger) writer.writeTexture(i, image, uses[i]!.srgb);
  }
  if (!usable.every(Boolean)) writer.writeMaterials(scene, usable);
  stage('textures');
  if (uses.length > 0) await run(L.TASK_MIPMAPS);
  stage('mipmaps');
  await run(L.TASK_TOP_LEVEL);
  refuseEmpty(memory, scene, plan);
  if (plan.emitterCapacity > 0) {
    for (const task of [L.TASK_EMITTER_LIST, L.TASK_EMITTER_POWER, L.TASK_EMITTER_TREE]) await run(task);
  }
  stage('top level');
  const key = sceneKey(request, scene);
  return { key, scene, plan, normalisation, triangles, environment: request.environment };
}

/** Puts an environment's maps in the place of the one before. @throws MaquetteError `environment_invalid` */
export function placeEnvironment(memory: WebAssembly.Memory, plan: ScenePlan, file: Uint8Array): void {
  readEnvironment(file, new Float32Array(memory.buffer, plan.environment, ENVIRONMENT_BYTES / 4));
}

/** @throws MaquetteError `model_empty` when no triangle of any mesh can be hit. */
function refuseEmpty(memory: WebAssembly.Memory, scene: Scene, plan: ScenePlan): void {
  const view = new DataView(memory.buffer);
  const used = scene.meshes.some(
    (_, i) => view.getInt32(plan.meshes + i * L.MESH_BYTES + L.MESH_TRIANGLES_USED, true) > 0,
  );
  if (used) return;
  throw nothingToDraw('All triangles of the model are degenerate, not finite or refer to vertices that do not exist.');
}

/** Side of a pixel at the model's centre, whose radius is 1 and which about fills the image. */
function pixelSize({ width, height, fieldOfView }: ImageRequest): number {
  return 2 / (cosDegrees(fieldOfView / 2) * Math.min(width, height));
}

function writeSceneHeader(header: KernelHeader, scene: Scene, plan: ScenePlan): void {
  const instances = scene.meshes.reduce((sum, mesh) => sum + (mesh.copies?.length ?? 1), 0);
  header.setAll([
    [L.H_NODES, plan.nodes],
    [L.H_BLOCKS, plan.blocks],
    [L.H_TRIANGLES, plan.triangles],
    [L.H_VERTICES, plan.vertices],
    [L.H_MESHES, plan.meshes],
    [L.H_MESH_COUNT, scene.meshes.length],
    [L.H_INSTANCES, plan.instances],
    [L.H_INSTANCE_COUNT, instances],
    [L.H_MATERIALS, plan.materials],
    [L.H_LIGHTS, plan.lights],
    [L.H_LIGHT_COUNT, scene.lights.length],
    [L.H_EMITTER_CAPACITY, plan.emitterCapacity],
    [L.H_EMITTER_COUNT, 0],
    [L.H_EMITTER_LEVELS, 0],
    [L.H_EMITTERS, plan.emitters],
    [L.H_EMITTER_NODES, plan.emitterNodes],
    [L.H_EMITTER_ORDER, plan.emitterOrder],
    [L.H_EMITTER_LEAVES, plan.emitterLeaves],
    [L.H_TEXTURES, plan.textures],
    [L.H_TEXTURE_COUNT, plan.texturePixels.length],
    [L.H_ENVIRONMENT, plan.environment],
    [L.H_ENV_MAP, plan.environment],
    [L.H_ENV_MAP_SIZE, L.ENV_SIZE_0],
    [L.H_ENV_TABLE, plan.environmentTable],
    [L.H_LUT_DFG, plan.dfg],
    [L.H_LUT_SRGB, plan.srgb],
    [L.H_HEMISPHERE, plan.hemisphere],
    [L.H_TOP_NODE, plan.topNode],
    [L.H_TOP_REFS, plan.topRefs],
    [L.H_HAS_TOP, scene.meshes.length > 1 ? 1 : 0],
  ]);
}
