import type { ImageRequest } from '#contracts/render/image-request.ts';
import { momentSamplesOf } from '#contracts/render/image-rules.ts';
import { isTraced } from './film/film-plan.ts';
import * as L from './kernel/layout.ts';
import type { ScenePlan } from './memory-plan.ts';
import { type PreparedScene, pixelSize, type Workbench } from './prepared-scene.ts';
import type { Scene } from './scene.ts';
import type { SceneMotion } from './scene-motion.ts';
import { writeKinds, writeValues } from './scene-values.ts';
import { SceneWriter } from './scene-writer.ts';
import { writeSplats } from './splats.ts';

/** Rays that make up for building the tree over one triangle anew instead of refitting it, which makes them a little slower. */
const RAYS_A_TRIANGLE = 25;
/** Rays of a pixel of a preview, and of a sample of a path; about. */
const RAYS = { preview: 4, path: 1.5 };

/** Whether the trees of what deforms are better refitted than built anew: so many triangles for so few rays. */
function worthRefitting({ meshes }: Pick<Scene, 'meshes'>, request: ImageRequest): boolean {
  const triangles = meshes.reduce((sum, mesh) => sum + (mesh.deforms ? mesh.triangles : 0), 0);
  const rays = isTraced(request) ? RAYS.path * momentSamplesOf(request) : RAYS.preview;
  return triangles * RAYS_A_TRIANGLE > rays * request.width * request.height;
}

/**
 * Brings a scene to another moment of its animation: what moved is written anew, and trees are built again, or follow, only
 * over what deforms and over what stands where.
 *
 * @param follows whether the moment belongs to the same picture as the one before, so that trees may be refitted: of two
 * surfaces that nearly coincide rounding may show one or the other from another tree, and no picture is to depend on
 * those before.
 */
export async function moveScene(
  prepared: PreparedScene,
  motion: SceneMotion,
  request: ImageRequest,
  { memory, run, stage }: Pick<Workbench, 'run' | 'stage'> & { memory: WebAssembly.Memory },
  follows: boolean,
): Promise<void> {
  const { scene, plan, usable } = prepared;
  const writer = new SceneWriter(memory, plan, pixelSize(request));
  writePose(prepared, motion, request, memory, writer);
  stage('move');
  if (scene.meshes.some((mesh) => mesh.deforms)) {
    if (motion.moves('material')) writeKinds(writer, scene, usable);
    prepared.refitted = follows && worthRefitting(scene, request);
    await run(prepared.refitted ? L.TASK_REFIT : L.TASK_REBUILD);
  }
  writeValues(prepared, motion, writer);
  await run(L.TASK_TOP_LEVEL);
  if (prepared.traced) await listEmitters(plan, run);
  stage('rebuild');
}

/** Lists the triangles that shine as lights, where there may be some. */
export async function listEmitters({ emitterCapacity }: ScenePlan, run: Workbench['run']): Promise<void> {
  if (emitterCapacity === 0) return;
  for (const task of [L.TASK_EMITTER_LIST, L.TASK_EMITTER_POWER, L.TASK_EMITTER_TREE]) await run(task);
}

/** Puts everything where it is at the request's moment; trees are as they were. */
function writePose(
  { scene, plan, shapes, normalisation }: PreparedScene,
  motion: SceneMotion,
  request: ImageRequest,
  memory: WebAssembly.Memory,
  writer: SceneWriter,
): void {
  motion.pose(request.time ?? 0);
  writer.updateGeometry(scene, shapes, normalisation);
  const moving = scene.splats.some(({ draw }) => draw.motion !== 'still');
  if (moving) writeSplats(memory, plan.splats, scene.splats, normalisation);
}
