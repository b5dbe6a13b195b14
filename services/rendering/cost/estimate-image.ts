import type { DrawnReport, ModelFacts } from '#contracts/model/model-report.ts';
import type { ImageFormat, ImageRequest } from '#contracts/render/image-request.ts';
import { allSamplesOf, momentCountOf } from '#contracts/render/image-rules.ts';
import type { RenderEstimate } from '#contracts/rest/resources/render.ts';
import { environmentBytes } from '#engine/render/environment/environment-plan.ts';
import { BUILT_IN_SIZE } from '#engine/render/environment-file.ts';
import { planImage } from '#engine/render/image-plan.ts';
import { planMemory } from '#engine/render/memory-plan.ts';
import { sizeFrom } from '#engine/render/size-from-report.ts';
import { KEEP_BYTES } from '#platform/render-threads/keep-bytes.ts';
import { processMemory } from './process-memory.ts';

/** What a worker that renders has. */
export interface WorkerSize {
  /** Most memory of its process. */
  memoryBytes: number;
  threads: number;
}

/**
 * Speed of each part of the work: of the reference machine, two cores at 2.5 GHz or so, one thread unless it says
 * otherwise. `WorkRate` corrects for others.
 */
const SPEED = {
  /** Bytes of a model's file a second, read and turned into a document. */
  read: 90e6,
  /** Pixels of textures a second, decoded, written and filtered. */
  textures: 25e6,
  /** Triangles a second, written and sorted into trees. */
  triangles: 0.9e6,
  /** Pixels a second with one sample, and what each further sample takes in proportion. */
  preview: { pixels: 1.7e6, sample: 0.09 },
  /** Samples of the path integrator a second. */
  path: 0.6e6,
  /** Before and after everything, in seconds. */
  fixed: 0.06,
};

/** Pixels a second that are encoded. */
const ENCODED: Record<ImageFormat, number> = { png: 25e6, jpg: 45e6, webp: 7e6, avif: 2.5e6, exr: 10e6 };

/** Rays of a sample of a path: measured 1.4 where half of the pixels show the model; pixels that end early have fewer. */
const PATH_RAYS = 1.5;

/** Of an uploaded environment, whatever its size: the largest sharp map, and the picture with what filtering it takes. */
const LARGEST_MAP = 1024;
const PANORAMA_BYTES = 2048 * 1024 * 16 + 2 ** 20;

/** Rays of a pixel in a preview: to what is seen, towards light and around it; edges are looked at more closely. */
const PREVIEW_RAYS = { pixel: 2.6, sample: 0.15 };

/**
 * Memory of a render and how long it takes.
 *
 * @param rate of the machine, see `WorkRate`; 1 is the machine of the constants
 * @param environmentFile bytes of the file of an uploaded environment that the request names
 */
export function estimateImage(
  report: ModelFacts,
  request: ImageRequest,
  worker: WorkerSize,
  rate: number,
  environmentFile = 0,
): RenderEstimate {
  const drawn = report.drawn ?? assumeDrawn(report);
  const { threads } = worker;
  const vertices = drawn.vertices + drawn.copied.vertices;
  const uploaded = request.environment.startsWith('env_');
  const scene = planMemory(
    sizeFrom(drawn),
    drawn.textures,
    environmentBytes({ size: uploaded ? LARGEST_MAP : BUILT_IN_SIZE }),
  );
  const image = planImage(scene.total, request, scene.named);
  const { glbBytes } = report;
  const load = { glbBytes, vertices, textures: drawn.textures, request, threads, environmentBytes: environmentFile };
  // What building the trees takes lies where the image does later, so that the larger of the two counts.
  const { 'building the tree': _built, ...held } = scene.parts;
  const filtering = uploaded ? PANORAMA_BYTES : 0;
  const building = Math.max(0, scene.buildEnd + filtering - image.total);
  const kernelBytes = Math.max(image.total, scene.buildEnd + filtering);
  const parts: Record<string, number> = { ...held, ...image.parts, ...processMemory(load) };
  if (building > 0) parts['building the tree'] = building;
  if (kernelBytes < KEEP_BYTES) parts['kept for the next render'] = KEEP_BYTES - kernelBytes;
  const peakBytes = Math.ceil(Object.values(parts).reduce((sum, bytes) => sum + bytes, 0));

  const { opening, drawing } = secondsOf(report, request, threads);
  return {
    seconds: rounded((opening + drawing) * rate),
    rays: Math.ceil(request.width * request.height * raysOf(request)),
    peakBytes,
    memoryLimit: worker.memoryBytes,
    fits: peakBytes <= worker.memoryBytes,
    parts,
  };
}

/** Rays of a pixel. */
function raysOf(request: ImageRequest): number {
  const samples = allSamplesOf(request);
  if (isTraced(request)) return PATH_RAYS * samples;
  return PREVIEW_RAYS.pixel * momentCountOf(request) + PREVIEW_RAYS.sample * samples;
}

/**
 * How long a picture takes on the machine of the constants, in seconds: `opening` the model, which the frames of a
 * sequence share, and `drawing` and encoding it.
 */
export function secondsOf(
  report: ModelFacts,
  request: ImageRequest,
  threads: number,
): { opening: number; drawing: number } {
  const { triangles, copied, textures } = report.drawn ?? assumeDrawn(report);
  const texels = textures.reduce((sum, texture) => sum + texture.width * texture.height, 0);
  const samples = allSamplesOf(request);
  const pixels = request.width * request.height;
  const tracing = isTraced(request)
    ? (pixels * samples) / SPEED.path
    : (pixels * (momentCountOf(request) + SPEED.preview.sample * samples)) / SPEED.preview.pixels;
  return {
    opening:
      SPEED.fixed +
      report.glbBytes / SPEED.read +
      texels / (SPEED.textures * Math.min(threads, 4)) +
      (triangles + copied.triangles) / (SPEED.triangles * threads),
    drawing: tracing / threads + (pixels * request.passes.length) / ENCODED[request.format],
  };
}

/** Seconds as an estimate tells them. */
export function rounded(seconds: number): number {
  return Number(seconds.toPrecision(3));
}

function isTraced({ integrator, passes }: ImageRequest): boolean {
  return integrator === 'path' && passes.includes('beauty');
}

/** For models whose report was made before `drawn` was measured: no shared vertex, no copied mesh. */
function assumeDrawn(report: ModelFacts): DrawnReport {
  const triangles = report.triangles + report.points * 4 + report.lines * 2;
  return {
    triangles,
    vertices: Math.max(report.vertices, Math.min(triangles * 3, report.vertices * 4)),
    parts: report.drawCalls,
    copied: { meshes: 0, triangles: 0, vertices: 0, copies: 0 },
    materials: Math.max(1, report.drawCalls),
    lights: report.lights,
    emitters: 0,
    splats: report.splats > 0 ? [{ count: report.splats, degree: 3 }] : [],
    textures: report.textures.map(({ width, height }) => ({ width, height })),
  };
}
