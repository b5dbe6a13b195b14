import { ImageRequest } from '#contracts/render/image-request.ts';
import { checkImageRequest, completeImage } from '#contracts/render/image-rules.ts';
import { requestInvalid } from './errors.ts';

/**
 * Reads an image request and fills in its defaults, those that depend on other fields included.
 *
 * @throws MaquetteError `invalid_request` with every finding, `render_too_large` with the figures.
 */
export function checkRequest(requestJson: string): ImageRequest {
  let value: unknown;
  try {
    value = JSON.parse(requestJson);
  } catch {
    throw requestInvalid('the image request is not valid JSON');
  }
  const parsed = ImageRequest.safeParse(value);
  if (!parsed.success) throw requestInvalid(parsed.error);
  checkImageRequest(parsed.data);
  return completeImage(parsed.data);
}
