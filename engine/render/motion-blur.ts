import type { ImageRequest } from '#contracts/render/image-request.ts';
import { momentCountOf, momentSamplesOf } from '#contracts/render/image-rules.ts';
import type { Camera } from './camera.ts';
import type { FrameOptions } from './draw-image.ts';
import { srgbToLinear } from './portable-math.ts';
import type { RenderedImage, RenderStats } from './rendered-image.ts';
import { srgbByte } from './srgb-byte.ts';

/**
 * The pictures whose mean is that of an open shutter: from the request's moment on, in the middle of equal parts of the time
 * that it is open. The samples of `path` are shared between them, each with other noise.
 */
function momentsOf(request: ImageRequest): ImageRequest[] {
  const { integrator, time = 0, shutter, framesPerSecond, seed } = request;
  const count = momentCountOf(request);
  const samples = momentSamplesOf(request);
  return Array.from({ length: count }, (_, i) => ({
    ...request,
    shutter: 0,
    time: time + ((shutter / framesPerSecond) * (i + 0.5)) / count,
    samples,
    seed: integrator === 'path' ? (seed + i * 0x9e3779b1) % 0x80000000 : seed,
  }));
}

/**
 * Draws the mean of what is seen while the shutter is open.
 *
 * @param session `frame` finds the request's camera, `draw` draws one moment.
 */
export async function drawBlurred(
  request: ImageRequest,
  options: FrameOptions,
  session: {
    frame(): Promise<Camera>;
    draw(moment: ImageRequest, options: FrameOptions): Promise<RenderedImage>;
  },
): Promise<RenderedImage> {
  // A camera of the file may move itself; any other stays where it is at the beginning.
  const moves = options.camera === undefined && typeof request.camera === 'string';
  const camera = moves ? undefined : (options.camera ?? (await session.frame()));
  const moments = momentsOf(request);
  const sum = new PictureSum(request.width * request.height);
  const images: Pick<RenderedImage, 'stats'>[] = [];
  let last: RenderedImage | undefined;
  for (const [i, moment] of moments.entries()) {
    const onProgress = (share: number) => options.onProgress?.((i + share) / moments.length);
    last = await session.draw(moment, { ...options, camera, onProgress, follows: i > 0 });
    sum.add(last.data);
    images.push({ stats: last.stats });
  }
  if (!last) throw new Error('A shutter is open for no moment.');
  return { ...last, data: sum.mean(), stats: statsOfAll(images.map(({ stats }) => stats)) };
}

/** What several pictures took together, one after another. */
function statsOfAll(all: readonly RenderStats[]): RenderStats {
  const secondsByStage: Record<string, number> = {};
  for (const stats of all) {
    for (const [stage, seconds] of Object.entries(stats.secondsByStage))
      secondsByStage[stage] = (secondsByStage[stage] ?? 0) + seconds;
  }
  return {
    triangles: all[0]!.triangles,
    rays: all.reduce((rays, stats) => rays + stats.rays, 0),
    secondsByStage,
    peakBytes: Math.max(...all.map(({ peakBytes }) => peakBytes)),
    warnings: [...new Set(all.flatMap(({ warnings }) => warnings))],
  };
}

/** Linear light of the 256 values of a channel; Display P3 has the same curve as sRGB. */
const LINEAR = Float64Array.from({ length: 256 }, (_, i) => srgbToLinear(i / 255));

/** Adds up pictures in linear light. RGBA, eight bits, not premultiplied. */
class PictureSum {
  readonly #sum: Float32Array;
  #count = 0;

  /** @param pixels number of pixels of each picture */
  constructor(pixels: number) {
    this.#sum = new Float32Array(pixels * 4);
  }

  add(data: Uint8Array): void {
    const sum = this.#sum;
    for (let i = 0; i < sum.length; i += 4) {
      const alpha = data[i + 3]!;
      if (alpha === 0) continue;
      for (let c = 0; c < 3; c++) sum[i + c]! += LINEAR[data[i + c]!]! * alpha;
      sum[i + 3]! += alpha;
    }
    this.#count++;
  }

  /** The mean of all pictures so far. */
  mean(): Uint8Array {
    const sum = this.#sum;
    const out = new Uint8Array(sum.length);
    for (let i = 0; i < sum.length; i += 4) {
      const alpha = sum[i + 3]!;
      if (alpha === 0) continue;
      for (let c = 0; c < 3; c++) out[i + c] = srgbByte(sum[i + c]! / alpha);
      out[i + 3] = Math.round(alpha / this.#count);
    }
    return out;
  }
}
