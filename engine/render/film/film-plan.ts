import type { Denoise, ImageRequest, PassName } from '#contracts/render/image-request.ts';

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
  return format === 'exr';
}

/** Whether the light is wanted at all, and not only what surfaces are. */
export function hasPicture({ passes }: Pick<ImageRequest, 'passes'>): boolean {
  return passes.includes('beauty');
}

/** Whether the picture's light is found by following paths; passes of surfaces alone follow none. */
export function isTraced(request: Pick<ImageRequest, 'integrator' | 'passes'>): boolean {
  return request.integrator === 'path' && hasPicture(request);
}

/** The buffers that `request` needs. */
export function filmBuffers(request: ImageRequest): FilmBuffers {
  const traced = isTraced(request);
  return {
    radiance: traced || (hasPicture(request) && isLinear(request)),
    features: traced,
    half: denoiserOf(request) === 'high',
  };
}

/** The denoiser that a picture goes through; the `preview` integrator has no noise. */
export function denoiserOf(request: Pick<ImageRequest, 'integrator' | 'denoise' | 'passes'>): Denoise {
  return isTraced(request) ? request.denoise : 'off';
}

/** Buffers that the wanted passes fill. */
export interface PassBuffers {
  /** Depth, texture coordinates and coverage. */
  surface: boolean;
  normal: boolean;
  albedo: boolean;
  object: boolean;
  material: boolean;
}

/** The buffers of the passes of `request`. */
export function passBuffers({ passes }: Pick<ImageRequest, 'passes'>): PassBuffers {
  const wants = (...names: PassName[]) => names.some((name) => passes.includes(name));
  return {
    surface: wants('depth', 'uv', 'alpha'),
    normal: wants('normal'),
    albedo: wants('albedo'),
    object: wants('object'),
    material: wants('material'),
  };
}
