import { ImageRequest } from '#contracts/render/image-request.ts';
import { requestInvalid, tooManySamples } from './errors.ts';

/** What rendering takes on. */
export interface RenderLimits {
  maxWidth: number;
  maxHeight: number;
  /** Largest width × height × samples: an upper bound of the time, whatever the model. */
  maxPixelSamples: number;
}

/** The largest image that a request can name, at the default samples. */
export const RENDER_LIMITS: RenderLimits = { maxWidth: 8192, maxHeight: 8192, maxPixelSamples: 8192 * 8192 * 8 };

/**
 * Reads an image request and fills in its defaults.
 *
 * Combinations that merely sound odd are fine: a `jpg` has no alpha, so a transparent background becomes white.
 *
 * @throws MaquetteError `invalid_request` with every finding, `render_too_large` with the figures.
 */
export function checkRequest(requestJson: string, limits: RenderLimits): ImageRequest {
  let value: unknown;
  try {
    value = JSON.parse(requestJson);
  } catch {
    throw requestInvalid('the image request is not valid JSON');
  }
  const parsed = ImageRequest.safeParse(value);
  if (!parsed.success) throw requestInvalid(parsed.error);
  const { width, height, samples } = parsed.data;
  if (width > limits.maxWidth || height > limits.maxHeight) {
    throw requestInvalid(`the image may have at most ${limits.maxWidth} × ${limits.maxHeight} pixels`);
  }
  if (width * height * samples > limits.maxPixelSamples) {
    throw tooManySamples(width, height, samples, limits.maxPixelSamples);
  }
  return parsed.data;
}
