import type { Document, Primitive } from '@gltf-transform/core';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import { momentCountOf } from '#contracts/render/image-rules.ts';
import { findSurfaces, type PointQuery, trianglesOf } from './bake-points.ts';
import { type Camera, type CameraAxes, type Extremes, frameOf, unionOf } from './camera.ts';
import { drawImage, type FrameOptions } from './draw-image.ts';
import { displayedRequest } from './frame-header.ts';
import { Framing } from './framing.ts';
import { KeptScene } from './kept-scene.ts';
import { type KernelCall, KernelMemory } from './kernel-memory.ts';
import { drawBlurred } from './motion-blur.ts';
import type { PreparedScene } from './prepared-scene.ts';
import type { RenderHost } from './render-host.ts';
import type { Normalisation } from './render-space.ts';
import type { RenderedImage } from './rendered-image.ts';

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
  /**
   * Finds the surface nearest to each of many points and what its material says there: see `bake-points.ts`. Throws what
   * `render` throws.
   */
  findSurfaces(query: PointQuery, signal?: AbortSignal): Promise<Float32Array>;
  /** The triangles of each primitive by their numbers, as points of `findSurfaces` name them. Throws what `render` throws. */
  trianglesOf(signal?: AbortSignal): Promise<ReadonlyMap<Primitive, [first: number, end: number]>>;
  /** Where render space lies in the model's. Throws what `render` throws. */
  space(request: ImageRequest, signal?: AbortSignal): Promise<Normalisation>;
  /** Gives memory and threads back. */
  close(): void;
}

/** Most bytes of memory that a render may take unless told otherwise. */
const MEMORY_LIMIT = 2 ** 31;

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
  return new Session(
    document,
    host,
    new KernelMemory(host, options.memoryLimit ?? MEMORY_LIMIT, options.besides ?? {}),
  );
}

class Session implements RenderSession {
  readonly #memory: KernelMemory;
  readonly #kept: KeptScene;
  readonly #framing: Framing;

  constructor(document: Document, host: RenderHost, memory: KernelMemory) {
    this.#memory = memory;
    this.#kept = new KeptScene(document, host, memory);
    this.#framing = new Framing(memory, this.#kept);
  }

  async render(asked: ImageRequest, options: FrameOptions = {}): Promise<RenderedImage> {
    const request = displayedRequest(asked);
    if (momentCountOf(request) === 1) return this.#draw(request, options);
    return drawBlurred(request, options, {
      frame: () => this.frame(request, options.signal),
      draw: (moment, frame) => this.#draw(moment, frame),
    });
  }

  #draw(request: ImageRequest, options: FrameOptions): Promise<RenderedImage> {
    const parts = { memory: this.#memory, kept: this.#kept, framing: this.#framing };
    return this.#memory.during(options.signal, (call) => drawImage(parts, request, options, call));
  }

  frame(request: ImageRequest, signal?: AbortSignal): Promise<Camera> {
    return this.#prepared(request, signal, (prepared, call) => this.#framing.camera(prepared, request, call));
  }

  frameMotion(request: ImageRequest, times: readonly number[], signal?: AbortSignal): Promise<Camera> {
    const first = { ...request, time: times[0] ?? 0 };
    return this.#prepared(first, signal, (prepared, call) =>
      this.#framing.cameraOver(prepared, first, [first.time, ...times.slice(1)], call),
    );
  }

  measure(request: ImageRequest, all: readonly CameraAxes[], signal?: AbortSignal): Promise<Extremes> {
    return this.#prepared(request, signal, async (prepared, call) => {
      const extremes: Extremes[] = [];
      for (const axes of all) extremes.push(await this.#framing.extremes(prepared, frameOf(request), axes, call));
      return unionOf(extremes);
    });
  }

  space(request: ImageRequest, signal?: AbortSignal): Promise<Normalisation> {
    return this.#prepared(request, signal, async ({ normalisation }) => normalisation);
  }

  findSurfaces(query: PointQuery, signal?: AbortSignal): Promise<Float32Array> {
    return this.#memory.during(signal, (call) => findSurfaces(query, this.#kept, this.#memory, call));
  }

  trianglesOf(signal?: AbortSignal): Promise<ReadonlyMap<Primitive, [first: number, end: number]>> {
    return this.#memory.during(signal, (call) => trianglesOf(this.#kept, call));
  }

  close(): void {
    this.#kept.close();
    this.#memory.close();
  }

  /** Does `work` over the request's scene. */
  #prepared<T>(
    request: ImageRequest,
    signal: AbortSignal | undefined,
    work: (prepared: PreparedScene, call: KernelCall) => Promise<T>,
  ): Promise<T> {
    return this.#memory.during(signal, async (call) => work(await this.#kept.prepare(request, call), call));
  }
}
