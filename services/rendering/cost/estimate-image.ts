import type { DrawnReport, ModelFacts } from '#contracts/model/model-report.ts';
import { type ImageFormat, ImageRequest } from '#contracts/render/image-request.ts';
import { allSamplesOf, momentCountOf } from '#contracts/render/image-rules.ts';
import { isSequence, type RenderTask } from '#contracts/render/render-request.ts';
import { frameCountOf } from '#contracts/render/sequence-rules.ts';
import type { RenderEstimate } from '#contracts/rest/resources/render.ts';
import { environmentBytes } from '#engine/render/environment/environment-plan.ts';
import { BUILT_IN_SIZE } from '#engine/render/environment-file.ts';
import { planImage } from '#engine/render/image-plan.ts';
import { planMemory } from '#engine/render/memory-plan.ts';
import { sizeFrom } from '#engine/render/scene-size.ts';
import { KEEP_BYTES } from '#platform/render-threads/node-host.ts';
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
 */
export function estimateImage(
  report: ModelFacts,
  request: ImageRequest,
  worker: WorkerSize,
  rate: number,
): RenderEstimate {
  const drawn = report.drawn ?? assumeDrawn(report);
  const { width, height, integrator } = request;
  const moments = momentCountOf(request);
  const samples = allSamplesOf(request);
  const pixels = width * height;
  const vertices = drawn.vertices + drawn.copied.vertices;
  const triangles = drawn.triangles + drawn.copied.triangles;

  const uploaded = request.environment.startsWith('env_');
  const scene = planMemory(
    sizeFrom(drawn),
    drawn.textures,
    environmentBytes({ size: uploaded ? LARGEST_MAP : BUILT_IN_SIZE }),
  );
  const image = planImage(scene.total, request, scene.named);
  const load = { glbBytes: report.glbBytes, vertices, textures: drawn.textures, request, threads: worker.threads };
  // What building the trees takes lies where the image does later, so that the larger of the two counts.
  const { 'building the tree': _built, ...held } = scene.parts;
  const filtering = uploaded ? PANORAMA_BYTES : 0;
  const building = Math.max(0, scene.buildEnd + filtering - image.total);
  const kernelBytes = Math.max(image.total, scene.buildEnd + filtering);
  const parts: Record<string, number> = { ...held, ...image.parts, ...processMemory(load) };
  if (building > 0) parts['building the tree'] = building;
  if (kernelBytes < KEEP_BYTES) parts['kept for the next render'] = KEEP_BYTES - kernelBytes;
  const peakBytes = Math.ceil(Object.values(parts).reduce((sum, bytes) => sum + bytes, 0));

  const texels = drawn.textures.reduce((sum, texture) => sum + texture.width * texture.height, 0);
  const { threads } = worker;
  const traced = integrator === 'path' && request.passes.includes('beauty');
  const drawing = traced
    ? (pixels * samples) / SPEED.path
    : (pixels * (moments + SPEED.preview.sample * samples)) / SPEED.preview.pixels;
  const seconds =
    SPEED.fixed +
    report.glbBytes / SPEED.read +
    texels / (SPEED.textures * Math.min(threads, 4)) +
    triangles / (SPEED.triangles * threads) +
    drawing / threads +
    (pixels * request.passes.length) / ENCODED[request.format];
  return {
    seconds: Number((seconds * rate).toPrecision(3)),
    rays: Math.ceil(
      pixels * (traced ? PATH_RAYS * samples : PREVIEW_RAYS.pixel * moments + PREVIEW_RAYS.sample * samples),
    ),
    peakBytes,
    memoryLimit: worker.memoryBytes,
    fits: peakBytes <= worker.memoryBytes,
    parts,
  };
}

/** The same of any task: a sequence takes the memory of a frame and the time of all. */
export function estimateTask(facts: ModelFacts, task: RenderTask, worker: WorkerSize, rate: number): RenderEstimate {
  if (!isSequence(task)) return estimateImage(facts, task, worker, rate);
  const { kind: _kind, format: _format, ...look } = { format: undefined, ...task };
  const passes = task.kind === 'dataset' && task.depth ? ['beauty', 'depth'] : ['beauty'];
  const time = task.kind === 'animation' ? task.start : task.time;
  const frame = estimateImage(facts, ImageRequest.parse({ ...look, time, passes }), worker, rate);
  const frames = frameCountOf(task);
  return { ...frame, rays: frame.rays * frames, seconds: frame.seconds * frames };
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
