import type { Document } from '@gltf-transform/core';
import type { AngleView, ImageRequest } from '#contracts/render/image-request.ts';
import { animates } from '#contracts/render/image-rules.ts';
import { selectClip } from '../animation/clip.ts';
import type { TexelImage } from '../texture/image-codec.ts';
import { normalisationOf } from './bounds.ts';
import { type EnvironmentPlan, environmentBytes, planEnvironment } from './environment/environment-plan.ts';
import { type EnvironmentSource, openEnvironment } from './environment/environment-source.ts';
import { finishEnvironment, writeEnvironmentInto } from './environment/place-environment.ts';
import { nothingToDraw } from './errors.ts';
import * as L from './kernel/layout.ts';
import type { KernelHeader } from './kernel-header.ts';
import { planMemory, type ScenePlan, textureBytes, withLargerTextures } from './memory-plan.ts';
import { PartShapes } from './part-shapes.ts';
import { cosDegrees } from './portable-math.ts';
import type { RenderHost } from './render-host.ts';
import type { Normalisation } from './render-space.ts';
import { planScene, type Scene } from './scene.ts';
import { writeSceneHeader } from './scene-header.ts';
import { SceneMotion } from './scene-motion.ts';
import { sizeOf, textureSizes } from './scene-size.ts';
import { writeKinds, writeValues } from './scene-values.ts';
import { SceneWriter } from './scene-writer.ts';
import { writeSplats } from './splats.ts';
import { decodeTextures, type TextureImages } from './textures.ts';

/** A scene that lies in the kernel's memory with its trees, ready to be drawn from any side. */
export interface PreparedScene {
  /** Requests with the same key can be drawn from it. */
  key: string;
  /** Whether the tables of the `path` integrator are there too. */
  traced: boolean;
  scene: Scene;
  plan: ScenePlan;
  normalisation: Normalisation;
  /** Triangles in the scene, each copy of an instanced mesh counted. */
  triangles: number;
  /**
   * The environment that lies in the kernel's memory behind the scene: what the request calls it, where, and whether it is
   * filtered for roughness.
   */
  environment: { name: string; plan: EnvironmentPlan; filtered: boolean };
  shapes: PartShapes;
  /** The view that shows most of it, once it has been asked for. */
  bestView?: AngleView | undefined;
  /** What moves the scene, where something does; it stands at the moment that lies in memory. */
  motion: SceneMotion | undefined;
  /** Whether trees are those of another moment, refitted. */
  refitted: boolean;
  /** Which textures could be decoded. */
  usable: readonly boolean[];
}

/** Memory and threads of the kernel, as the preparation of a scene uses them. */
export interface Workbench {
  /** @throws MaquetteError `render_too_large` when these plans do not fit with their image. */
  check(plan: ScenePlan, environment: EnvironmentPlan): void;
  /** Memory for the plans and their image, and the memory's header. @throws MaquetteError `render_too_large` */
  reserve(plan: ScenePlan, environment: EnvironmentPlan): Promise<{ memory: WebAssembly.Memory; header: KernelHeader }>;
  /** Lets all threads work on a task. @throws MaquetteError `canceled` */
  run(task: number): Promise<void>;
  /** Lets the threads end the task that they work on, unfinished. */
  stop(): void;
  /** Ends a stage of the statistics. */
  stage(name: string): void;
}

/** What of a request the scene in memory depends on, beside the moment of its animation. */
export function sceneKey(request: ImageRequest, { round }: Pick<Scene, 'round'>): string {
  const { animation, variant } = request;
  return JSON.stringify([animates(request), animation, variant, round ? pixelSize(request) : 0]);
}

/**
 * Writes a document's scene into the kernel's memory and builds its trees, while the textures are being decoded. What
 * `path` needs beside that is left to the first picture that is traced.
 *
 * @throws MaquetteError `model_empty` when there is nothing to draw, `render_too_large` when the memory limit does not
 * suffice, `environment_invalid` when the environment cannot be read, `canceled`. Nothing touches the memory any more then.
 */
export async function prepareScene(
  document: Document,
  request: ImageRequest,
  host: RenderHost,
  bench: Workbench,
): Promise<PreparedScene> {
  const environmentFile = host.loadEnvironment(request.environment);
  // Awaited later; a failure until then must not count as unhandled.
  environmentFile.catch(() => {});
  const clip = animates(request) ? selectClip(document, request.animation) : undefined;
  const scene = planScene(document, { clip, variant: request.variant });
  const triangles = scene.meshes.reduce((sum, mesh) => sum + mesh.triangles * (mesh.copies?.length ?? 1), 0);
  if (triangles === 0 && scene.splats.length === 0) throw nothingToDraw('The model holds nothing that can be drawn.');
  const declared = placed(scene, textureSizes(scene), host);
  const source = openEnvironment(await environmentFile);
  const plan = planMemory(sizeOf(scene), declared, environmentBytes(source), host.placed?.end);
  const environment = planEnvironment(plan, source);
  bench.check(plan, environment);
  const images = decodeTextures(scene.materials.textures, declared, host, scene.warnings);
  try {
    const motion = clip && new SceneMotion(scene);
    return await writeScene({ scene, motion, triangles, declared, source, plan, environment, images }, request, bench);
  } catch (thrown) {
    images.close();
    throw thrown;
  }
}

/** The textures' sizes with the places of those that lie in memory already, each for the first use of its image. */
function placed(
  { materials }: Scene,
  sizes: readonly { width: number; height: number }[],
  host: RenderHost,
): PlannedScene['declared'] {
  const given = new Set<number>();
  return materials.textures.map(({ texture }, i) => {
    const file = texture.getImage();
    const address = file ? host.placed?.find(file) : undefined;
    if (address === undefined || given.has(address)) return sizes[i]!;
    given.add(address);
    return { ...sizes[i]!, address };
  });
}

/** What of a scene is known before any of it is written. */
interface PlannedScene {
  scene: Scene;
  motion: SceneMotion | undefined;
  triangles: number;
  /** Sizes of the textures as their files declare them, and where they lie already. */
  declared: readonly { width: number; height: number; address?: number | undefined }[];
  source: EnvironmentSource;
  plan: ScenePlan;
  environment: EnvironmentPlan;
  images: TextureImages;
}

async function writeScene(
  { scene, motion, triangles, declared, source, plan: planned, environment, images }: PlannedScene,
  request: ImageRequest,
  { reserve, run, stop, stage }: Workbench,
): Promise<PreparedScene> {
  let plan = planned;
  const uses = scene.materials.textures;
  const shapes = new PartShapes();
  const normalisation = normalisationOf(scene, shapes, motion);
  if (!normalisation) throw nothingToDraw('The model has no vertex with finite coordinates.');
  motion?.pose(request.time ?? 0);
  for (const { parts } of scene.meshes.filter((mesh) => mesh.deforms)) for (const part of parts) shapes.update(part);
  stage('scene');
  const { memory, header } = await reserve(plan, environment);
  stage('wait');
  // All of this goes on while textures are being decoded.
  let writer = new SceneWriter(memory, plan, pixelSize(request));
  writer.writeGeometry(scene, shapes, normalisation);
  writeSplats(memory, plan.splats, scene.splats, normalisation);
  writeKinds(
    writer,
    scene,
    uses.map(() => true),
  );
  writer.writeLights(scene, normalisation);
  writeSceneHeader(header, scene, plan, normalisation);
  stage('write');
  const trees = run(L.TASK_PREPARE);
  try {
    writeEnvironmentInto(memory, environment, source);
  } catch (thrown) {
    // The threads must not go on in memory that is given back.
    stop();
    await trees.catch(() => {});
    throw thrown;
  }
  await trees;
  stage('prepare');
  await finishEnvironment(header, environment, source, run);
  stage('environment');
  const { usable, larger } = await writeTextures(scene, declared, images, writer, header, run);
  if (larger.size > 0) {
    plan = withLargerTextures(plan, larger);
    await reserve(plan, environment);
    writer = new SceneWriter(memory, plan, pixelSize(request));
    for (const [i, image] of larger) {
      writer.writeTexture(i, image, uses[i]!.srgb);
      header.set(L.H_MIPMAP_TEXTURE, i);
      await run(L.TASK_MIPMAPS);
    }
  }
  if (!usable.every(Boolean)) writer.writeMaterials(scene, usable);
  stage('textures');
  await run(L.TASK_TOP_LEVEL);
  refuseEmpty(memory, scene, plan);
  stage('top level');
  const prepared = {
    key: sceneKey(request, scene),
    traced: false,
    scene,
    plan,
    normalisation,
    triangles,
    environment: { name: request.environment, plan: environment, filtered: source.kind === 'prefiltered' },
    shapes,
    motion,
    refitted: false,
    usable,
  };
  if (motion) writeValues(prepared, motion, new SceneWriter(memory, plan, pixelSize(request)));
  return prepared;
}

/**
 * Takes the textures over one after another; while one is copied, the threads make the half-size levels of the one before.
 *
 * @returns Which of them could be decoded, and the images that are larger than their files declare, which found no room.
 */
async function writeTextures(
  scene: Scene,
  declared: PlannedScene['declared'],
  images: TextureImages,
  writer: SceneWriter,
  header: KernelHeader,
  run: (task: number) => Promise<void>,
): Promise<{ usable: boolean[]; larger: Map<number, TexelImage> }> {
  const usable: boolean[] = [];
  const larger = new Map<number, TexelImage>();
  let levels: Promise<void> = Promise.resolve();
  // Awaited with the next texture; a failure until then must not count as unhandled.
  const begin = (texture: number) => {
    header.set(L.H_MIPMAP_TEXTURE, texture);
    levels = run(L.TASK_MIPMAPS);
    levels.catch(() => {});
  };
  for (const [i, { srgb }] of scene.materials.textures.entries()) {
    const room = declared[i]!;
    const fits = await images.take(i, (image) => {
      usable.push(image !== undefined);
      if (image && textureBytes(image.width, image.height) > textureBytes(room.width, room.height)) {
        larger.set(i, image);
        return false;
      }
      writer.writeTexture(i, image, srgb);
      return image !== undefined;
    });
    await levels;
    if (fits) begin(i);
  }
  await levels;
  return { usable, larger };
}

/** @throws MaquetteError `model_empty` when no triangle of any mesh can be hit. */
function refuseEmpty(memory: WebAssembly.Memory, scene: Scene, plan: ScenePlan): void {
  const view = new DataView(memory.buffer);
  const used = scene.meshes.some(
    (_, i) => view.getInt32(plan.meshes + i * L.MESH_BYTES + L.MESH_TRIANGLES_USED, true) > 0,
  );
  if (used || scene.splats.length > 0) return;
  throw nothingToDraw('All triangles of the model are degenerate, not finite or refer to vertices that do not exist.');
}

/** Side of a pixel at the model's centre, whose radius is 1 and which about fills the image. */
export function pixelSize({ width, height, fieldOfView }: ImageRequest): number {
  return 2 / (cosDegrees(fieldOfView / 2) * Math.min(width, height));
}
