import type { Document } from '@gltf-transform/core';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import { backgroundOf, samplesOf } from '#contracts/render/image-rules.ts';
import { type EnvironmentPlan, environmentBytes, planEnvironment } from './environment/environment-plan.ts';
import { openEnvironment } from './environment/environment-source.ts';
import { filterEnvironment, finishEnvironment, writeEnvironmentInto } from './environment/place-environment.ts';
import { renderCanceled } from './errors.ts';
import { hasPicture, isTraced } from './film/film-plan.ts';
import { occlusionRays } from './frame-header.ts';
import { type ImagePlan, planImage } from './image-plan.ts';
import * as L from './kernel/layout.ts';
import type { KernelCall, KernelMemory } from './kernel-memory.ts';
import type { ScenePlan } from './memory-plan.ts';
import { listEmitters, moveScene } from './move-scene.ts';
import { type PreparedScene, prepareScene, sceneKey } from './prepared-scene.ts';
import type { RenderHost } from './render-host.ts';

/** The scene of a document in the kernel's memory, kept from one picture to the next as far as it stays the same. */
export class KeptScene {
  readonly #document: Document;
  readonly #host: RenderHost;
  readonly #memory: KernelMemory;
  #prepared: PreparedScene | undefined;
  /** Occlusion rays that the table of their directions is for. */
  #occlusionRays = 0;

  constructor(document: Document, host: RenderHost, memory: KernelMemory) {
    this.#document = document;
    this.#host = host;
    this.#memory = memory;
  }

  get document(): Document {
    return this.#document;
  }

  /**
   * The scene of the request: the one that is there, brought to the request's moment, or written anew.
   *
   * @param follows whether the picture before was another moment of the same
   */
  async prepare(request: ImageRequest, call: KernelCall, follows = false): Promise<PreparedScene> {
    const prepared = this.#prepared;
    const same = prepared && prepared.key === sceneKey(request, prepared.scene);
    if (same && (await this.#changeEnvironment(prepared, request, call))) {
      await this.move(prepared, request, call, follows);
      return prepared;
    }
    // Unusable from now on, should the new one not be finished.
    this.#prepared = undefined;
    this.#occlusionRays = 0;
    // It is compiled while the scene is looked at.
    this.#host.loadKernel().catch(() => {});
    this.#prepared = await prepareScene(this.#document, request, this.#host, {
      check: (plan, environment) => this.#memory.check(placeImage(plan, environment, request)),
      reserve: async (plan, environment) => {
        await this.#memory.reserve(placeImage(plan, environment, request));
        if (call.signal?.aborted) throw renderCanceled();
        return this.#memory.opened;
      },
      run: call.run,
      stop: () => this.#memory.stop(),
      stage: call.stage,
    });
    return this.#prepared;
  }

  /** Brings what moves to the request's moment. */
  async move(
    prepared: PreparedScene,
    request: ImageRequest,
    { run, stage }: KernelCall,
    follows = false,
  ): Promise<void> {
    const { motion, refitted } = prepared;
    if (!motion || (motion.time === (request.time ?? 0) && (follows || !refitted))) return;
    // Unusable, should it not be finished.
    this.#prepared = undefined;
    await moveScene(prepared, motion, request, { memory: this.#memory.opened.memory, run, stage }, follows);
    this.#prepared = prepared;
  }

  /** The image's place behind the scene, reserved, with all tables that its integrator takes. */
  async reserveImage(prepared: PreparedScene, request: ImageRequest, call: KernelCall): Promise<ImagePlan> {
    const image = placeImage(prepared.plan, prepared.environment.plan, request);
    await this.#memory.reserve(image);
    if (seesFiltered(request)) await this.#filterEnvironment(prepared, call);
    if (isTraced(request)) await this.#fillPathTables(prepared, call);
    else if (hasPicture(request)) await this.#fillOcclusionTable(request, call);
    return image;
  }

  /** Memory behind the request's image, reserved; where it begins. */
  async reserveBehind(prepared: PreparedScene, request: ImageRequest, name: string, bytes: number): Promise<number> {
    const image = placeImage(prepared.plan, prepared.environment.plan, request);
    await this.#memory.reserve({ total: image.total + bytes, parts: { ...image.parts, [name]: bytes } });
    return image.total;
  }

  close(): void {
    this.#prepared = undefined;
  }

  /** What `path` needs of a scene beside its trees, once for each scene. */
  async #fillPathTables(prepared: PreparedScene, { run, stage }: KernelCall): Promise<void> {
    if (prepared.traced) return;
    await run(L.TASK_PATH_TABLES);
    if (prepared.scene.materials.voluminous) await run(L.TASK_GLASS_TABLE);
    await run(L.TASK_ENVIRONMENT_TABLE);
    await listEmitters(prepared.plan, run);
    prepared.traced = true;
    stage('path tables');
  }

  /** Filters the environment, once for each that is a picture. */
  async #filterEnvironment({ environment }: PreparedScene, { run, stage }: KernelCall): Promise<void> {
    if (environment.filtered) return;
    await filterEnvironment(run);
    environment.filtered = true;
    stage('environment');
  }

  async #fillOcclusionTable(request: ImageRequest, { run }: KernelCall): Promise<void> {
    const rays = occlusionRays(samplesOf(request));
    if (rays === this.#occlusionRays) return;
    this.#occlusionRays = 0;
    this.#memory.opened.header.set(L.H_OCCLUSION_RAYS, rays);
    await run(L.TASK_HEMISPHERE);
    this.#occlusionRays = rays;
  }

  /** Puts another environment where the one before lies; false when it does not fit there. */
  async #changeEnvironment(
    prepared: PreparedScene,
    request: ImageRequest,
    { run, stage }: KernelCall,
  ): Promise<boolean> {
    if (prepared.environment.name === request.environment) return true;
    const source = openEnvironment(await this.#host.loadEnvironment(request.environment));
    if (environmentBytes(source) > prepared.plan.environmentRoom) return false;
    const plan = planEnvironment(prepared.plan, source);
    await this.#memory.reserve(placeImage(prepared.plan, plan, request));
    const { memory, header } = this.#memory.opened;
    // Neither of them lies there until all is done.
    prepared.environment = { name: '', plan, filtered: source.kind === 'prefiltered' };
    writeEnvironmentInto(memory, plan, source);
    await finishEnvironment(header, plan, source, run);
    if (prepared.traced) await run(L.TASK_ENVIRONMENT_TABLE);
    prepared.environment.name = request.environment;
    stage('environment');
    return true;
  }
}

/** Whether a picture shows the environment as rough surfaces mirror it: paths find that by themselves. */
function seesFiltered(request: ImageRequest): boolean {
  if (!hasPicture(request)) return false;
  return !isTraced(request) || (backgroundOf(request) === 'environment' && request.environmentBlur > 0);
}

/** The image's place behind the scene and its environment, and all that they take together. */
function placeImage(scene: ScenePlan, environment: EnvironmentPlan, request: ImageRequest): ImagePlan {
  const image = planImage(scene.total, request, scene.named);
  const total = Math.max(image.total, scene.buildEnd, environment.peak);
  return { ...image, total, parts: { ...scene.parts, ...image.parts } };
}
