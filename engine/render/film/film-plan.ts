import type { ImageRequest } from '#contracts/render/image-request.ts';

/** Buffers of the film that an image needs. */
export interface FilmBuffers {
  /** Radiance and alpha. Without it the `preview` integrator writes pixels at once. */
  radiance: boolean;
  /** Albedo, normal, number of samples and squared luminance, as an integrator with noise adds them up. */
  features: boolean;
  /** Radiance of every other sample, from which the denoiser tells noise from detail. */
  half: boolean;
}

/** Whether the picture is wanted as linear light. */
export function isLinear({ format }: Pick<ImageRequest, 'format'>): boolean {
  return LINEAR_FORMATS.includes(format);
}

const LINEAR_FORMATS: readonly ImageRequest['format'][] = [];

/** The buffers that `request` needs. */
export function filmBuffers(request: ImageRequest): FilmBuffers {
  const traced = request.integrator === 'path';
  return { radiance: traced || isLinear(request), features: traced, half: false };
}
