import type { Document } from '@gltf-transform/core';
import type { AngleView, ImageRequest } from '#contracts/render/image-request.ts';
import { samplesOf } from '#contracts/render/image-rules.ts';
import { BEST_VIEW_BYTES, findBestView } from './best-view.ts';
import { axesOf, type Camera, type CameraAxes, type Extremes, fitCamera, frameOf, unionOf } from './camera.ts';
import { type DrawControl, drawPreview } from './draw-preview.ts';
import { drawSplats } from './draw-splats.ts';
import { type EnvironmentPlan, environmentBytes, planEnvironment } from './environment/environment-plan.ts';
import { openEnvironment } from './environment/environment-source.ts';
import { finishEnvironment, writeEnvironmentInto } from './environment/place-environment.ts';
import { nothingToDraw, renderCanceled, renderTooLarge } from './errors.ts';
import { denoiseFilm } from './film/denoise-film.ts';
import { developFilm, resolveFilm } from './film/develop-film.ts';
import { collectPasses, drawPasses, hasPasses } from './film/draw-passes.ts';
import { hasPicture, isLinear } from './film/film-plan.ts';
import { writeIdTables } from './film/id-tables.ts';
import { displayedRequest, occlusionRays, writeCamera, writeFraming, writeImageHeader } from './frame-header.ts';
import { groundOf, withGround } from './ground.ts';
import { type ImagePlan, planImage } from './image-plan.ts';
import * as L from './kernel/layout.ts';
import { KernelHeader } from './kernel-header.ts';
import type { ScenePlan } from './memory-plan.ts';
import { blurs, momentsOf, PictureSum } from './motion-blur.ts';
import { placedCamera, withLens } from './placed-cameras.ts';
import { moveScene, type PreparedScene, prepareScene, sceneKey, type Workbench } from './prepared-scene.ts';
import type { KernelLease, RenderHost } from './render-host.ts';
import type { Normalisation } from './render-space.ts';
import type { PlacedCamera, RenderedImage, RenderedPass } from './rendered-image.ts';
import type { SceneMotion } from './scene-motion.ts';
import { splatExtremes } from './splats.ts';
import { tracePaths } from './trace-paths.ts';

/** How a frame is drawn. */
export interface FrameOptions {
  /** Stops the render; it then throws `canceled`. */
  signal?: AbortSignal | undefined;
  /** Called with the share of the work that is done, rising to 1. */
  onProgress?: ((share: number) => void) | undefined;
  /** Where the camera stands, in render space; else it frames the model as the request says. */
  camera?: Camera | undefined;
  /**
   * Takes the picture as it is after a pass of the `path` integrator that is not the last: noisier than the final one and
   * not denoised. The render goes on when the promise is kept.
   */
  onPicture?: ((picture: PassingPicture) => Promise<void>) | undefined;
}

/** A picture in the making. */
export interface PassingPicture {
  width: number;
  height: number;
  /** As of the final picture: RGBA, eight bits, in the request's colour space. */
  data: Uint8Array;
  /** Samples of the pixels that are not finished. */
  samples: number;
}

/** Draws many pictures of one document: textures, trees and threads are kept between them. */
export interface RenderSession {
  /**
   * Draws one picture. Calls must not overlap.
   *
   * @throws MaquetteError `model_empty` when there is nothing to draw, `render_too_large` when the memory limit does
   * not suffice, `canceled` when the signal says so, `environment_invalid` when the environment cannot be read.
   */
  render(request: ImageRequest, options?: FrameOptions): Promise<RenderedImage>;
  /** The camera that frames the model as the request says, in render space. Throws what `render` throws. */
  frame(request: ImageRequest, signal?: AbortSignal): Promise<Camera>;
  /**
   * The camera that frames the model over all these moments of its animation, as the request says, in render space. Its
   * own `time` does not count. Throws what `render` throws.
   *
   * @param times seconds, at least one
   */
  frameMotion(request: ImageRequest, times: readonly number[], signal?: AbortSignal): Promise<Camera>;
  /**
   * What a camera has to take in when it looks at the model's centre along each of these axes in turn, as seen by the
   * camera. With the field of view and margin of the request, in render space. Throws what `render` throws.
   *
   * @param all at least one
   */
  measure(request: ImageRequest, all: readonly CameraAxes[], signal?: AbortSignal): Promise<Extremes>;
  /** Where render space lies in the model's. Throws what `render` throws. */
  space(request: ImageRequest, signal?: AbortSignal): Promise<Normalisation>;
  /** Gives memory and threads back. */
  close(): void;
}

/** Addresses of WebAssembly memory are 32 bits. */
const MEMORY_CEILING = 2 ** 32 - 65536;
/** Most bytes of memory that a render may take unless told otherwise. */
const MEMORY_LIMIT = 2 ** 31;
/** Shares of the progress before the image itself is drawn. */
const PREPARED_SHARE = 0.1;

/**
 * Opens a session over a document. The threads are taken with its first picture and kept until `close`, so other
 * sessions on the same host wait meanwhile.
 *
 * @param options.memoryLimit Most bytes that a render may take, 2 GiB by default.
 * @param options.besides What else counts towards the limit, in bytes by name: memory that the host takes.
 */
export function openRenderSession(
  document: Document,
  host: RenderHost,
  options: { memoryLimit?: number | undefined; besides?: Record<string, number> | undefined } = {},
): RenderSession {
  return new Session(document, host, options.memoryLimit ?? MEMORY_LIMIT, options.besides ?? {});
}

/** What a picture needs beside its request. */
interface Call {
  request: ImageRequest;
  signal: AbortSignal | undefined;
  stage(name: string): void;
  secondsByStage: Record<string, number>;
}

class Session implements RenderSession {
  readonly #document: Document;
  readonly #host: RenderHost;
  readonly #limit: number;
  readonly #besides: Record<string, number>;
  #lease: KernelLease | undefined;
  #header: KernelHeader | undefined;
  #prepared: PreparedScene | undefined;
  #occlusionRays = 0;

  constructor(document: Document, host: RenderHost, limit: number, besides: Record<string, number>) {
    this.#document = document;
    this.#host = host;
    this.#limit = limit;
    this.#besides = besides;
  }

  async render(asked: ImageRequest, options: FrameOptions = {}): Promise<RenderedImage> {
    const request = displayedRequest(asked);
    return blurs(request) ? this.#blurred(request, options) : this.#sharp(request, options);
  }

  /** The mean of what is seen while the shutter is open. */
  async #blurred(request: ImageRequest, options: FrameOptions): Promise<RenderedImage> {
    // A camera of the file may move itself; any other stays where it is at the beginning.
    const moves = options.camera === undefined && typeof request.camera === 'string';
    const camera = moves ? undefined : (options.camera ?? (await this.frame(request, options.signal)));
    const moments = momentsOf(request);
    const sum = new PictureSum(request.width * request.height);
    let first: RenderedImage | undefined;
    let rays = 0;
    for (const [i, moment] of moments.entries()) {
      const onProgress = (share: number) => options.onProgress?.((i + share) / moments.length);
      const image = await this.#sharp(moment, { ...options, camera, onProgress });
      sum.add(image.data);
      rays += image.stats.rays;
      first ??= image;
    }
    if (!first) throw new Error('A shutter is open for no moment.');
    return { ...first, data: sum.mean(), stats: { ...first.stats, rays } };
  }

  async #sharp(request: ImageRequest, options: FrameOptions): Promise<RenderedImage> {
    return this.#during(request, options.signal, async (call) => {
      const prepared = await this.#prepare(call);
      const { header, lease } = this.#opened();
      const image = await this.#reserveImage(prepared, request);
      const ground = groundOf(request, prepared.normalisation);
      writeImageHeader(header, image, request, ground);
      await this.#fillTables(call);
      const framed = options.camera ?? (await this.#camera(prepared, call));
      const camera = withLens(framed, request, prepared.normalisation);
      writeCamera(header, camera, request);
      options.onProgress?.(PREPARED_SHARE);
      const control: DrawControl = {
        run: (task) => this.#run(task, call.signal),
        stage: call.stage,
        progress: (share) => options.onProgress?.(PREPARED_SHARE + (1 - PREPARED_SHARE) * share),
      };
      let rays = 0;
      if (hasPicture(request) && request.integrator === 'path') {
        const { onPicture } = options;
        const { width, height } = request;
        ({ rays } = await tracePaths(header, lease.memory, image, request, control, async (samples) => {
          if (!onPicture) return;
          await developFilm(header, image, control);
          const data = new Uint8Array(lease.memory.buffer, image.pixels, width * height * 4).slice();
          await onPicture({ width, height, data, samples });
        }));
      } else if (hasPicture(request)) {
        await drawPreview(header, image, request, control);
        rays = header.get(L.H_RAYS);
      }
      if (image.film.radiance > 0) {
        await denoiseFilm(header, image, request, control);
        await developFilm(header, image, control);
        if (isLinear(request)) await resolveFilm(header, control);
        call.stage('develop');
      }
      let peakBytes = image.total;
      if (prepared.scene.splats.length > 0 && hasPicture(request))
        peakBytes = await this.#drawSplats(prepared, image, request, control);
      header.set(L.H_RAYS, 0);
      const passes = await this.#drawPasses(prepared, image, request, control);
      rays += header.get(L.H_RAYS);
      const { width, height } = request;
      return {
        width,
        height,
        data: new Uint8Array(lease.memory.buffer, image.pixels, hasPicture(request) ? width * height * 4 : 0).slice(),
        passes,
        colorSpace: request.colorSpace,
        camera: placeCamera(camera, prepared.normalisation),
        stats: {
          triangles: prepared.triangles,
          rays,
          secondsByStage: call.secondsByStage,
          peakBytes,
          warnings: [...prepared.scene.warnings],
        },
      };
    });
  }

  async frame(request: ImageRequest, signal?: AbortSignal): Promise<Camera> {
    return this.#during(request, signal, async (call) => this.#camera(await this.#prepare(call), call));
  }

  async frameMotion(request: ImageRequest, times: readonly number[], signal?: AbortSignal): Promise<Camera> {
    const [first = 0, ...others] = times;
    return this.#during({ ...request, time: first }, signal, async (call) => {
      const prepared = await this.#prepare(call);
      const { motion } = prepared;
      if (request.camera !== undefined) return this.#camera(prepared, call);
      const axes = await this.#axes(prepared, call);
      const extremes = [await this.#extremes(prepared, call, axes)];
      if (motion) {
        for (const time of others) {
          await this.#move(prepared, motion, { ...call, request: { ...request, time } });
          extremes.push(await this.#extremes(prepared, call, axes));
        }
      }
      return this.#fit(prepared, call, axes, unionOf(extremes));
    });
  }

  async measure(request: ImageRequest, all: readonly CameraAxes[], signal?: AbortSignal): Promise<Extremes> {
    return this.#during(request, signal, async (call) => {
      const prepared = await this.#prepare(call);
      const extremes: Extremes[] = [];
      for (const axes of all) extremes.push(await this.#extremes(prepared, call, axes));
      return unionOf(extremes);
    });
  }

  async space(request: ImageRequest, signal?: AbortSignal): Promise<Normalisation> {
    return this.#during(request, signal, async (call) => (await this.#prepare(call)).normalisation);
  }

  close(): void {
    this.#lease?.release();
    this.#lease = undefined;
    this.#header = undefined;
    this.#prepared = undefined;
  }

  /** Runs `work` so that the signal stops it. */
  async #during<T>(
    request: ImageRequest,
    signal: AbortSignal | undefined,
    work: (call: Call) => Promise<T>,
  ): Promise<T> {
    if (signal?.aborted) throw renderCanceled();
    const secondsByStage: Record<string, number> = {};
    let mark = this.#host.now();
    const stage = (name: string) => {
      const now = this.#host.now();
      secondsByStage[name] = (secondsByStage[name] ?? 0) + (now - mark) / 1000;
      mark = now;
    };
    this.#header?.set(L.H_CANCEL, 0);
    this.#header?.set(L.H_RAYS, 0);
    const cancel = () => {
      if (this.#lease) Atomics.store(new Int32Array(this.#lease.memory.buffer), (L.HEADER + L.H_CANCEL) >> 2, 1);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await work({ request, signal, stage, secondsByStage });
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  async #run(task: number, signal: AbortSignal | undefined): Promise<void> {
    const { lease, header } = this.#opened();
    header.set(L.H_NEXT, 0);
    header.set(L.H_DONE, 0);
    await lease.run(task);
    if (signal?.aborted) throw renderCanceled();
  }

  #opened(): { lease: KernelLease; header: KernelHeader } {
    if (!this.#lease || !this.#header) throw new Error('The render session has no memory yet, or is closed.');
    return { lease: this.#lease, header: this.#header };
  }

  /** The scene of the request in memory: the one that is there, or written anew. */
  async #prepare(call: Call): Promise<PreparedScene> {
    const { request, stage, signal } = call;
    const prepared = this.#prepared;
    const same = prepared && prepared.key === sceneKey(request, prepared.scene);
    if (same && (await this.#changeEnvironment(prepared, call))) {
      const { motion } = prepared;
      if (motion && motion.time !== (request.time ?? 0)) {
        await this.#move(prepared, motion, call);
      }
      return prepared;
    }
    // Unusable from now on, should the new one not be finished.
    this.#prepared = undefined;
    this.#occlusionRays = 0;
    const kernel = this.#host.loadKernel();
    kernel.catch(() => {});
    const bench: Workbench = {
      check: (plan, environment) => this.#imageWithin(plan, environment, request),
      reserve: async (plan, environment) => {
        await this.#reserve(this.#imageWithin(plan, environment, request), await kernel);
        if (signal?.aborted) throw renderCanceled();
        const { lease, header } = this.#opened();
        return { memory: lease.memory, header };
      },
      run: (task) => this.#run(task, signal),
      stage,
    };
    this.#prepared = await prepareScene(this.#document, request, this.#host, bench);
    return this.#prepared;
  }

  async #move(prepared: PreparedScene, motion: SceneMotion, { request, signal, stage }: Call): Promise<void> {
    const { lease, header } = this.#opened();
    // Unusable, should it not be finished.
    this.#prepared = undefined;
    const run = (task: number) => this.#run(task, signal);
    await moveScene(prepared, motion, request, { memory: lease.memory, header, run, stage });
    this.#prepared = prepared;
  }

  /** Puts another environment where the one before lies; false when it does not fit there. */
  async #changeEnvironment(prepared: PreparedScene, { request, signal, stage }: Call): Promise<boolean> {
    if (prepared.environment.name === request.environment) return true;
    const source = openEnvironment(await this.#host.loadEnvironment(request.environment));
    if (environmentBytes(source) > prepared.plan.environmentRoom) return false;
    const plan = planEnvironment(prepared.plan, source);
    await this.#reserve(this.#imageWithin(prepared.plan, plan, request), await this.#host.loadKernel());
    const { lease, header } = this.#opened();
    // Neither of them lies there until all is done.
    prepared.environment = { name: '', plan };
    writeEnvironmentInto(lease.memory, plan, source);
    await finishEnvironment(header, plan, source, prepared.traced, (task) => this.#run(task, signal));
    prepared.environment.name = request.environment;
    stage('environment');
    return true;
  }

  /** The image's place behind the scene and its environment. @throws MaquetteError `render_too_large` */
  #imageWithin(scene: ScenePlan, environment: EnvironmentPlan, request: ImageRequest): ImagePlan {
    const image = planImage(scene.total, request, scene.named);
    const total = Math.max(image.total, scene.buildEnd, environment.peak);
    const plan = { ...image, total, parts: { ...scene.parts, ...image.parts } };
    const besides = Object.values(this.#besides).reduce((sum, bytes) => sum + bytes, 0);
    if (total > MEMORY_CEILING) throw renderTooLarge(total, MEMORY_CEILING, plan.parts);
    if (total + besides > this.#limit)
      throw renderTooLarge(total + besides, this.#limit, { ...plan.parts, ...this.#besides });
    return plan;
  }

  async #reserveImage({ plan, environment }: PreparedScene, request: ImageRequest): Promise<ImagePlan> {
    const image = this.#imageWithin(plan, environment.plan, request);
    await this.#reserve(image, await this.#host.loadKernel());
    return image;
  }

  /** Takes memory and threads, or makes the memory larger. @throws MaquetteError `render_too_large` */
  async #reserve({ total, parts }: ImagePlan, module: WebAssembly.Module): Promise<void> {
    if (!this.#lease) {
      this.#lease = await this.#host.threads.acquire(module, total);
      this.#header = new KernelHeader(this.#lease.memory);
      this.#header.clear();
      return;
    }
    const { memory } = this.#lease;
    const missing = Math.ceil((total - memory.buffer.byteLength) / 65536);
    if (missing <= 0) return;
    try {
      memory.grow(missing);
    } catch {
      throw renderTooLarge(total, memory.buffer.byteLength, parts);
    }
  }

  /** Fills the tables that depend on the request, where they have changed. */
  async #fillTables({ request, signal }: Call): Promise<void> {
    const rays = occlusionRays(samplesOf(request));
    if (rays === this.#occlusionRays) return;
    await this.#run(L.TASK_HEMISPHERE, signal);
    this.#occlusionRays = rays;
  }

  async #drawPasses(
    { scene, normalisation }: PreparedScene,
    image: ImagePlan,
    request: ImageRequest,
    control: DrawControl,
  ): Promise<RenderedPass[]> {
    const { header, lease } = this.#opened();
    const names = writeIdTables(lease.memory, header, image, scene, this.#document);
    if (hasPasses(request)) await drawPasses(header, image, request, 1 / normalisation.scale, control);
    const passes = collectPasses(lease.memory, image, request, names);
    if (passes.length > 0) control.stage('passes');
    return passes;
  }

  /** The camera that the request places, else the one that frames the model. */
  async #camera(prepared: PreparedScene, call: Call): Promise<Camera> {
    const { scene, motion, normalisation } = prepared;
    const place = () => placedCamera(call.request, scene.nodes, normalisation);
    const placed = motion ? motion.during(place) : place();
    if (placed) return placed;
    const axes = await this.#axes(prepared, call);
    return this.#fit(prepared, call, axes, await this.#extremes(prepared, call, axes));
  }

  /** Axes of the request's view. The best one is that of the first moment, so that all frames of a clip share it. */
  async #axes(prepared: PreparedScene, call: Call): Promise<CameraAxes> {
    const { view } = call.request;
    if (view !== 'best') return axesOf(view);
    if (prepared.scene.meshes.every((mesh) => mesh.triangles === 0)) return axesOf('three-quarter');
    prepared.bestView ??= await this.#findBestView(prepared, call);
    return axesOf(prepared.bestView);
  }

  async #findBestView(prepared: PreparedScene, call: Call): Promise<AngleView> {
    const { motion, plan, environment } = prepared;
    const first = { ...call, request: { ...call.request, time: 0 } };
    const moved = motion !== undefined && motion.time !== 0;
    if (moved) await this.#move(prepared, motion, first);
    // Behind the image, whose memory may be in use.
    const image = this.#imageWithin(plan, environment.plan, call.request);
    await this.#reserve({ ...image, total: image.total + BEST_VIEW_BYTES }, await this.#host.loadKernel());
    const { header, lease } = this.#opened();
    const view = await findBestView(
      header,
      lease.memory,
      image.total,
      (axes) => this.#extremes(prepared, call, axes),
      (task) => this.#run(task, call.signal),
    );
    header.set(L.H_WIDTH, call.request.width);
    header.set(L.H_HEIGHT, call.request.height);
    if (moved) await this.#move(prepared, motion, call);
    call.stage('best view');
    return view;
  }

  /** Lays splats over the picture; returns where the memory that it took ends. */
  async #drawSplats(
    { scene, triangles, plan }: PreparedScene,
    image: ImagePlan,
    request: ImageRequest,
    control: DrawControl,
  ): Promise<number> {
    if (isLinear(request)) {
      const warning = 'Gaussian splats are colours of displays and are not part of pictures in linear light.';
      if (!scene.warnings.includes(warning)) scene.warnings.push(warning);
      return image.total;
    }
    let peak = image.total;
    const kernel = await this.#host.loadKernel();
    const { header } = this.#opened();
    await drawSplats(
      header,
      image,
      request,
      triangles > 0,
      async (bytes) => {
        const parts = { ...plan.parts, ...image.parts, 'lists of splats': bytes };
        const total = image.total + bytes;
        if (total > this.#limit) throw renderTooLarge(total, this.#limit, parts);
        await this.#reserve({ ...image, total, parts }, kernel);
        peak = Math.max(peak, total);
        return image.total;
      },
      control,
    );
    return peak;
  }

  async #extremes(
    { scene, plan, normalisation }: PreparedScene,
    { request, signal, stage }: Call,
    axes: CameraAxes,
  ): Promise<Extremes> {
    const { header } = this.#opened();
    writeFraming(header, axes, frameOf(request));
    await this.#run(L.TASK_EXTREMES, signal);
    stage('framing');
    const model = header.getFloats(L.H_EXTREMES, 5) as unknown as Extremes;
    if (scene.splats.length === 0) return model;
    const { lease } = this.#opened();
    return unionOf([model, splatExtremes(lease.memory, plan.splats, axes, frameOf(request), normalisation)]);
  }

  #fit({ normalisation }: PreparedScene, { request }: Call, axes: CameraAxes, model: Extremes): Camera {
    const frame = frameOf(request);
    const ground = groundOf(request, normalisation);
    const camera = fitCamera(axes, frame, ground ? withGround(model, ground, axes, frame) : model);
    if (!camera) throw nothingToDraw('The model has no triangle with finite corners.');
    return camera;
  }
}

function placeCamera(camera: Camera, { scale, center }: Normalisation): PlacedCamera {
  const { projection, origin, right, up, forward, tanY } = camera;
  const position = origin.map((value, i) => value / scale + center[i]!) as [number, number, number];
  const flat = projection === 'orthographic';
  return {
    projection,
    position,
    right,
    up,
    forward,
    fieldOfView: flat ? 0 : (Math.atan(tanY) * 360) / Math.PI,
    viewHeight: flat ? (tanY * 2) / scale : 0,
  };
}
