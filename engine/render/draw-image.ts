import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { Camera } from './camera.ts';
import { type DrawControl, drawPreview } from './draw-preview.ts';
import { drawSplats } from './draw-splats.ts';
import { denoiseFilm } from './film/denoise-film.ts';
import { developFilm, resolveFilm } from './film/develop-film.ts';
import { collectPasses, drawPasses } from './film/draw-passes.ts';
import { hasPicture, isLinear, isTraced } from './film/film-plan.ts';
import { writeIdTables } from './film/id-tables.ts';
import { writeCamera, writeImageHeader } from './frame-header.ts';
import type { Framing } from './framing.ts';
import { groundOf } from './ground.ts';
import type { ImagePlan } from './image-plan.ts';
import type { KeptScene } from './kept-scene.ts';
import * as L from './kernel/layout.ts';
import type { KernelCall, KernelMemory } from './kernel-memory.ts';
import { toModelSpace, withLens } from './placed-cameras.ts';
import type { PreparedScene } from './prepared-scene.ts';
import type { RenderedImage } from './rendered-image.ts';
import { tracePaths } from './trace-paths.ts';

/** How a frame is drawn. */
export interface FrameOptions {
  /** Stops the render; it then throws `canceled`. */
  signal?: AbortSignal | undefined;
  /** Called with the share of the work that is done, rising to 1. */
  onProgress?: ((share: number) => void) | undefined;
  /** Where the camera stands, in render space; else it frames the model as the request says. */
  camera?: Camera | undefined;
  /** The picture before it was another moment of the same motion blur. */
  follows?: boolean | undefined;
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
  /** Makes its pixels, as of the final picture: RGBA, eight bits, in the request's colour space. Until the promise is kept. */
  develop(): Promise<Uint8Array>;
  /** Samples of the pixels that are not finished. */
  samples: number;
}

/** Shares of the progress before the image itself is drawn. */
const PREPARED_SHARE = 0.1;

/** Draws one image of a scene: light, then passes, then splats over both. */
export async function drawImage(
  { memory, kept, framing }: { memory: KernelMemory; kept: KeptScene; framing: Framing },
  request: ImageRequest,
  options: FrameOptions,
  call: KernelCall,
): Promise<RenderedImage> {
  const prepared = await kept.prepare(request, call, options.follows);
  const image = await kept.reserveImage(prepared, request, call);
  const { header, memory: bytes } = memory.opened;
  writeImageHeader(header, image, request, groundOf(request, prepared.normalisation));
  header.set(L.H_LIGHT_COUNT, request.lights === 'file' ? prepared.scene.lights.length : 0);
  const framed = options.camera ?? (await framing.camera(prepared, request, call));
  const camera = withLens(framed, request, prepared.normalisation);
  writeCamera(header, camera, request);
  options.onProgress?.(PREPARED_SHARE);
  const control: DrawControl = {
    run: call.run,
    stage: call.stage,
    progress: (share) => options.onProgress?.(PREPARED_SHARE + (1 - PREPARED_SHARE) * share),
  };
  let rays = 0;
  if (isTraced(request)) {
    const { onPicture } = options;
    const pass = async (samples: number) => {
      const develop = async () => {
        await developFilm(header, image, control);
        return pixelsOf(bytes, image, request);
      };
      await onPicture?.({ width: request.width, height: request.height, develop, samples });
    };
    ({ rays } = await tracePaths(header, bytes, image, request, control, pass));
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
  header.set(L.H_RAYS, 0);
  const names = writeIdTables(bytes, header, image, prepared.scene, kept.document);
  await drawPasses(header, image, request, control);
  rays += header.get(L.H_RAYS);
  const splatsEnd = await drawSplatsOf(prepared, kept, memory, image, request, control);
  const passes = collectPasses(bytes, image, request, names);
  if (passes.length > 0) call.stage('passes');
  return {
    width: request.width,
    height: request.height,
    data: hasPicture(request) ? pixelsOf(bytes, image, request) : new Uint8Array(0),
    passes,
    colorSpace: request.colorSpace,
    camera: toModelSpace(camera, prepared.normalisation),
    stats: {
      triangles: prepared.triangles,
      rays,
      secondsByStage: call.secondsByStage,
      peakBytes: Math.max(image.total, splatsEnd),
      warnings: [...prepared.scene.warnings],
    },
  };
}

/** A copy of the picture's pixels. */
function pixelsOf(memory: WebAssembly.Memory, image: ImagePlan, { width, height }: ImageRequest): Uint8Array {
  return new Uint8Array(memory.buffer, image.pixels, width * height * 4).slice();
}

/** Lays splats over picture and passes; returns where the memory that it took ends, 0 where there are none. */
async function drawSplatsOf(
  prepared: PreparedScene,
  kept: KeptScene,
  memory: KernelMemory,
  image: ImagePlan,
  request: ImageRequest,
  control: DrawControl,
): Promise<number> {
  const { scene, triangles } = prepared;
  if (scene.splats.length === 0) return 0;
  let end = 0;
  const reserve = async (bytes: number) => {
    const start = await kept.reserveBehind(prepared, request, 'lists of splats', bytes);
    end = Math.max(end, start + bytes);
    return start;
  };
  await drawSplats(memory.opened.header, image, request, triangles > 0, reserve, control);
  return end;
}
