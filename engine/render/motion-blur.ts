import type { ImageRequest } from '#contracts/render/image-request.ts';
import { samplesOf } from '#contracts/render/image-rules.ts';
import { srgbToLinear } from './portable-math.ts';
import { animates } from './prepared-scene.ts';

/** Moments that the time a shutter is open is made of. */
const MOMENTS = { preview: 12, path: 16 };

/** Whether a request asks for motion blur. */
export function blurs(request: Pick<ImageRequest, 'shutter' | 'animation' | 'time'>): boolean {
  return request.shutter > 0 && animates(request);
}

/**
 * The pictures whose mean is that of an open shutter: from the request's moment on, in the middle of equal parts of the time
 * that it is open. The samples of `path` are shared between them, each with other noise.
 */
export function momentsOf(request: ImageRequest): ImageRequest[] {
  const { integrator, time = 0, shutter, framesPerSecond, seed } = request;
  const count = MOMENTS[integrator];
  const samples = integrator === 'path' ? Math.ceil(samplesOf(request) / count) : samplesOf(request);
  return Array.from({ length: count }, (_, i) => ({
    ...request,
    shutter: 0,
    time: time + ((shutter / framesPerSecond) * (i + 0.5)) / count,
    samples,
    seed: integrator === 'path' ? (seed + i * 0x9e3779b1) % 0x80000000 : seed,
  }));
}

/** Linear light of the 256 values of a channel; Display P3 has the same curve as sRGB. */
const LINEAR = Float64Array.from({ length: 256 }, (_, i) => srgbToLinear(i / 255));
/** Linear light from which on a value is nearer to the next. */
const STEPS = Float64Array.from({ length: 255 }, (_, i) => srgbToLinear((i + 0.5) / 255));

/** Adds up pictures in linear light. RGBA, eight bits, not premultiplied. */
export class PictureSum {
  readonly #sum: Float64Array;
  #count = 0;

  /** @param pixels number of pixels of each picture */
  constructor(pixels: number) {
    this.#sum = new Float64Array(pixels * 4);
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
      for (let c = 0; c < 3; c++) out[i + c] = encoded(sum[i + c]! / alpha);
      out[i + 3] = Math.round(alpha / this.#count);
    }
    return out;
  }
}

/** The value of a channel that is nearest in encoded light. */
function encoded(linear: number): number {
  let low = 0;
  let high = 255;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (linear >= STEPS[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}
