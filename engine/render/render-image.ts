import type { Document } from '@gltf-transform/core';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { RgbaImage } from '../texture/image-codec.ts';
import { axesOf, type Camera, type CameraAxes, type Extremes, fitCamera, frameOf } from './camera.ts';
import { ENVIRONMENT_BYTES, readEnvironment } from './environment-file.ts';
import { nothingToDraw, renderCanceled, renderTooLarge } from './errors.ts';
import { type Ground, groundOf, withGround } from './ground.ts';
import * as L from './kernel/layout.ts';
import { BAND_BORDER, type MemoryPlan, planMemory, textureBytes, withLargerTextures } from './memory-plan.ts';
import type { KernelLease, RenderHost } from './render-host.ts';
import type { Normalisation } from './render-space.ts';
import { planScene, type Scene } from './scene.ts';
import { normalisationOf, PartVertices, SceneWriter } from './scene-writer.ts';
import { decodeTextures } from './textures.ts';

/** A picture and what it took. */
export interface RenderedImage {
  width: number;
  height: number;
  /** sRGB, eight bits, RGBA with alpha not premultiplied, rows from the top. */
  data: Uint8Array;
  /** Where the picture was taken from, in the model's units. */
  camera: PlacedCamera;
  stats: RenderStats;
}

/** A pinhole camera in the model's space. */
export interface PlacedCamera extends CameraAxes {
  position: [number, number, number];
  /** Vertical, in degrees. */
  fieldOfView: number;
}

export interface RenderStats {
  /** Triangles in the scene, each copy of an instanced mesh counted. */
  triangles: number;
  rays: number;
  secondsByStage: Record<string, number>;
  /** Size of the kernel's memory that the render used. */
  peakBytes: number;
  /** What could not be drawn as the file says. */
  warnings: string[];
}

export interface RenderOptions {
  /** Stops the render; it then throws `canceled`. */
  signal?: AbortSignal;
  /** Called with the share of the work that is done, rising to 1. */
  onProgress?: (share: number) => void;
  /** Most bytes of memory that the render may take, 2 GiB by default. */
  memoryLimit?: number;
}

/** Addresses of WebAssembly memory are 32 bits. */
const MEMORY_CEILING = 2 ** 32 - 65536;

/**
 * Draws one image of a model. The same document and request give the same bytes, whatever the machine and its number
 * of threads.
 *
 * @throws MaquetteError `model_empty` when there is nothing to draw, `render_too_large` when the memory limit does not
 * suffice, `canceled` when the signal says so, `environment_invalid` when the environment cannot be read.
 */
export async function renderImage(
  document: Document,
  request: ImageRequest,
  host: RenderHost,
  options: RenderOptions = {},
): Promise<RenderedImage> {
  const { signal, onProgress, memoryLimit = 2 ** 31 } = options;
  if (signal?.aborted) throw renderCanceled();
  const secondsByStage: Record<string, number> = {};
  let mark = host.now();
  const stage = (name: string) => {
    const now = host.now();
    secondsByStage[name] = (secondsByStage[name] ?? 0) + (now - mark) / 1000;
    mark = now;
  };

  const kernel = host.loadKernel();
  const environment = host.loadEnvironment(request.environment);
  // Awaited later; a failure until then must not count as unhandled.
  kernel.catch(() => {});
  environment.catch(() => {});

  const scene = planScene(document);
  const triangles = scene.meshes.reduce((sum, mesh) => sum + mesh.triangles * (mesh.copies?.length ?? 1), 0);
  if (triangles === 0) throw nothingToDraw('The model holds nothing that can be drawn.');
  const uses = scene.materials.textures;
  const limit = Math.min(memoryLimit, MEMORY_CEILING);
  const declared = uses.map(({ texture }) => {
    const size = texture.getSize();
    return { width: size?.[0] ?? 1, height: size?.[1] ?? 1 };
  });
  let plan = planMemory(scene, request, declared);
  refuseAbove(limit, plan);
  const decoding = decodeTextures(uses, host, scene.warnings);

  const vertices = new PartVertices();
  const normalisation = normalisationOf(scene, vertices);
  if (!normalisation) throw nothingToDraw('The model has no vertex with finite coordinates.');
  stage('scene');
  const module = await kernel;
  const environmentFile = await environment;
  const lease = await host.threads.acquire(module, plan.total);
  const cancelFlag = new Int32Array(lease.memory.buffer, L.HEADER + L.H_CANCEL, 1);
  const cancel = () => Atomics.store(cancelFlag, 0, 1);
  try {
    if (signal?.aborted) throw renderCanceled();
    new Uint8Array(lease.memory.buffer).fill(0, L.HEADER, L.SCRATCH);
    signal?.addEventListener('abort', cancel, { once: true });
    stage('wait');
    // All of this goes on while textures are being decoded, and each is taken over as soon as it is there.
    let writer = new SceneWriter(lease.memory, plan, pixelSize(request));
    const larger = new Map<number, RgbaImage>();
    const written = decoding.map(async (promise, i) => {
      const image = await promise;
      const room = declared[i]!;
      if (image && textureBytes(image.width, image.height) > textureBytes(room.width, room.height))
        larger.set(i, image);
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
    const ground = groundOf(request, normalisation);
    writeHeader(writer, scene, plan, request, ground);
    stage('write');
    const run: RunTask = async (task) => {
      writer.header(L.H_NEXT, 0);
      await lease.run(task);
      if (signal?.aborted) throw renderCanceled();
    };
    const trees = run(L.TASK_PREPARE);
    trees.catch(() => {});
    readEnvironment(environmentFile, new Float32Array(lease.memory.buffer, plan.environment, ENVIRONMENT_BYTES / 4));
    await trees;
    stage('prepare');
    await run(L.TASK_ENVIRONMENT_TABLE);
    stage('environment');
    const usable = await Promise.all(written);
    if (larger.size > 0) {
      plan = withLargerTextures(plan, larger);
      refuseAbove(limit, plan);
      extend(lease, plan);
      writer = new SceneWriter(lease.memory, plan, pixelSize(request));
      for (const [i, image] of larger) writer.writeTexture(i, image, uses[i]!.srgb);
    }
    if (!usable.every(Boolean)) writer.writeMaterials(scene, usable);
    stage('textures');
    if (uses.length > 0) await run(L.TASK_MIPMAPS);
    stage('mipmaps');
    const { data, camera } = await drawImage(lease, writer, plan, request, scene, {
      run,
      onProgress,
      stage,
      ground,
    });
    const rays = new DataView(lease.memory.buffer).getUint32(L.HEADER + L.H_RAYS, true);
    return {
      width: request.width,
      height: request.height,
      data,
      camera: placeCamera(camera, normalisation, request.fieldOfView),
      stats: { triangles, rays, secondsByStage, peakBytes: plan.total, warnings: scene.warnings },
    };
  } finally {
    signal?.removeEventListener('abort', cancel);
    lease.release();
  }
}

function placeCamera(camera: Camera, { scale, center }: Normalisation, fieldOfView: number): PlacedCamera {
  const { origin, right, up, forward } = camera;
  const position = origin.map((value, i) => value / scale + center[i]!) as [number, number, number];
  return { position, right, up, forward, fieldOfView };
}

/** Side of a pixel at the model's centre, whose radius is 1 and which about fills the image. */
function pixelSize({ width, height, fieldOfView }: ImageRequest): number {
  return 2 / (Math.cos((fieldOfView * Math.PI) / 360) * Math.min(width, height));
}

/** Makes room for the whole plan in memory that was lent for less. */
function extend(lease: KernelLease, { total, parts }: MemoryPlan): void {
  const missing = Math.ceil((total - lease.memory.buffer.byteLength) / 65536);
  if (missing <= 0) return;
  try {
    lease.memory.grow(missing);
  } catch {
    throw renderTooLarge(total, lease.memory.buffer.byteLength, parts);
  }
}

function refuseAbove(limit: number, plan: MemoryPlan): void {
  if (plan.total > limit) throw renderTooLarge(plan.total, limit, plan.parts);
}

/** Occlusion rays of a pixel for a number of anti-aliasing samples. */
function occlusionRays(samples: number): number {
  return Math.min(L.MAX_OCCLUSION_RAYS, Math.max(4, samples));
}

function writeHeader(
  writer: SceneWriter,
  scene: Scene,
  plan: MemoryPlan,
  request: ImageRequest,
  ground: Ground | undefined,
): void {
  const instances = scene.meshes.reduce((sum, mesh) => sum + (mesh.copies?.length ?? 1), 0);
  const fields: [number, number][] = [
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
    [L.H_TEXTURES, plan.textures],
    [L.H_TEXTURE_COUNT, plan.texturePixels.length],
    [L.H_ENVIRONMENT, plan.environment],
    [L.H_ENV_MAP, plan.environment],
    [L.H_ENV_MAP_SIZE, L.ENV_SIZE_0],
    [L.H_ENV_TABLE, plan.environmentTable],
    [L.H_LUT_DFG, plan.dfg],
    [L.H_LUT_SRGB, plan.srgb],
    [L.H_HEMISPHERE, plan.hemisphere],
    [L.H_GBUFFER, plan.gbuffer],
    [L.H_OCCLUSION, plan.occlusion],
    [L.H_PIXELS, plan.pixels],
    [L.H_TOP_NODE, plan.topNode],
    [L.H_TOP_REFS, plan.topRefs],
    [L.H_HAS_TOP, scene.meshes.length > 1 ? 1 : 0],
    [L.H_WIDTH, request.width],
    [L.H_HEIGHT, request.height],
    [L.H_SAMPLES, request.samples],
    [L.H_OCCLUSION_RAYS, occlusionRays(request.samples)],
    [L.H_GROUND, ground ? 1 : 0],
    [L.H_BACKGROUND_MODE, request.background === 'transparent' ? 0 : 1],
  ];
  for (const [field, value] of fields) writer.header(field, value);
  writer.headerFloats(L.H_BACKGROUND, ...linearColor(request.background));
  writer.headerFloats(L.H_EXPOSURE, 2 ** request.exposure);
  if (ground) {
    writer.headerFloats(L.H_GROUND_Y, ground.y, ground.reach);
    writer.headerFloats(L.H_GROUND_BOX, ...ground.box);
  }
  const turn = (request.environmentRotation * Math.PI) / 180;
  writer.headerFloats(L.H_ENV_COS, Math.cos(turn), Math.sin(turn));
  writer.headerFloats(L.H_ENV_INTENSITY, request.environmentIntensity);

  const { right, up, forward } = axesOf(request.view);
  const { insideX, insideY } = frameOf(request);
  writer.headerFloats(L.H_FRAME_RIGHT, ...right);
  writer.headerFloats(L.H_FRAME_UP, ...up);
  writer.headerFloats(L.H_FRAME_FORWARD, ...forward);
  writer.headerFloats(L.H_FRAME_TANGENTS, insideX, insideY);
}

function writeCamera(writer: SceneWriter, camera: Camera, request: ImageRequest): void {
  const { origin, right, up, forward, tanX, tanY } = camera;
  const axis = (i: number) => ({ r: right[i]!, u: up[i]!, f: forward[i]! });
  const three = [0, 1, 2].map(axis);
  writer.headerFloats(L.H_CAMERA_ORIGIN, ...origin);
  writer.headerFloats(L.H_CAMERA_CORNER, ...three.map(({ r, u, f }) => f - r * tanX + u * tanY));
  writer.headerFloats(L.H_CAMERA_RIGHT, ...three.map(({ r }) => (r * 2 * tanX) / request.width));
  writer.headerFloats(L.H_CAMERA_DOWN, ...three.map(({ u }) => (-u * 2 * tanY) / request.height));
}

/** Linear light of `#rrggbb`; black for `transparent`. */
function linearColor(background: string): [number, number, number] {
  if (background === 'transparent') return [0, 0, 0];
  return [1, 3, 5].map((i) => {
    const c = Number.parseInt(background.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
}

/** Lets all threads work on a task. @throws MaquetteError `canceled` when the signal said so meanwhile. */
type RunTask = (task: number) => Promise<void>;

interface DrawControl {
  run: RunTask;
  ground: Ground | undefined;
  onProgress: ((share: number) => void) | undefined;
  stage: (name: string) => void;
}

/** Runs the kernel's tasks from the placing of the camera on: the image band by band. */
async function drawImage(
  lease: KernelLease,
  writer: SceneWriter,
  plan: MemoryPlan,
  request: ImageRequest,
  scene: Scene,
  { run, onProgress, stage, ground }: DrawControl,
): Promise<{ data: Uint8Array; camera: Camera }> {
  await run(L.TASK_TOP_LEVEL);
  stage('top level');
  const memory = new DataView(lease.memory.buffer);
  const used = scene.meshes.some(
    (_, i) => memory.getInt32(plan.meshes + i * L.MESH_BYTES + L.MESH_TRIANGLES_USED, true) > 0,
  );
  if (!used)
    throw nothingToDraw(
      'All triangles of the model are degenerate, not finite or refer to vertices that do not exist.',
    );
  const extremes = [0, 1, 2, 3, 4].map((i) => memory.getFloat32(L.HEADER + L.H_EXTREMES + i * 4, true));
  const [axes, frame] = [axesOf(request.view), frameOf(request)];
  const model = extremes as unknown as Extremes;
  const camera = fitCamera(axes, frame, ground ? withGround(model, ground, axes, frame) : model);
  if (!camera) throw nothingToDraw('The model has no triangle with finite corners.');
  writeCamera(writer, camera, request);
  onProgress?.(0.1);
  const { width, height } = request;
  for (let row = 0; row < height; row += plan.bandRows) {
    const end = Math.min(height, row + plan.bandRows);
    const first = Math.max(0, row - BAND_BORDER);
    const last = Math.min(height, end + BAND_BORDER);
    writer.header(L.H_BAND_FIRST, first);
    writer.header(L.H_BAND_ROWS, last - first);
    writer.header(L.H_SHADE_FIRST, row);
    writer.header(L.H_SHADE_END, end);
    writer.header(L.H_PIXELS, plan.pixels + row * width * 4);
    const share = (pass: number) => onProgress?.(0.1 + (0.9 * (row + ((end - row) * pass) / 3)) / height);
    await run(L.TASK_VISIBILITY);
    stage('visibility');
    share(1);
    await run(L.TASK_FILTER);
    stage('filter');
    share(2);
    await run(L.TASK_SHADE);
    stage('shade');
    share(3);
  }
  return { data: new Uint8Array(lease.memory.buffer, plan.pixels, width * height * 4).slice(), camera };
}
