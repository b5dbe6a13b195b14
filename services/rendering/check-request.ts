import { checkImageRequest, completeImage } from '#contracts/render/image-rules.ts';
import { isSequence, RenderRequest, type RenderTask, taskOf } from '#contracts/render/render-request.ts';
import { checkSequenceRequest, completeSequence } from '#contracts/render/sequence-rules.ts';
import { requestInvalid } from './errors.ts';

/**
 * Reads a request for an image or a sequence and fills in its defaults, those that depend on other fields included.
 *
 * @throws MaquetteError `invalid_request` with every finding, `render_too_large` with the figures.
 */
export function checkRequest(requestJson: string): RenderTask {
  let value: unknown;
  try {
    value = JSON.parse(requestJson);
  } catch {
    throw requestInvalid('the render request is not valid JSON');
  }
  const parsed = RenderRequest.safeParse(value);
  if (!parsed.success) throw requestInvalid(parsed.error);
  const task = taskOf(parsed.data);
  if (isSequence(task)) {
    checkSequenceRequest(task);
    return completeSequence(task);
  }
  checkImageRequest(task);
  return completeImage(task);
}
