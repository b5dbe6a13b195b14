import type { Document } from '@gltf-transform/core';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { FrameOptions } from './draw-image.ts';
import type { RenderHost } from './render-host.ts';
import { openRenderSession } from './render-session.ts';
import type { RenderedImage } from './rendered-image.ts';

/** How one image is drawn. */
export interface RenderOptions extends FrameOptions {
  /** Most bytes of memory that the render may take, 2 GiB by default. */
  memoryLimit?: number;
  /** What else counts towards the limit, in bytes by name: memory that the host takes. */
  besides?: Record<string, number>;
}

/**
 * Draws one image of a model. The same document and request give the same bytes, whatever the machine and its number
 * of threads.
 *
 * @throws MaquetteError `model_empty` when there is nothing to draw, `render_too_large` when the memory limit does not
 * suffice, `canceled` when the signal says so, `environment_invalid` when the environment cannot be read.
 */
export async function renderImage(
  document: Document,
  request: ImageRequest,
  host: RenderHost,
  options: RenderOptions = {},
): Promise<RenderedImage> {
  const session = openRenderSession(document, host, options);
  try {
    return await session.render(request, options);
  } finally {
    session.close();
  }
}
