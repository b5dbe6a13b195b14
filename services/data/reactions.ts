import type { ImageRequest } from '#contracts/render/image-request.ts';

/** Renders an image of the version that an event is about. */
export interface RenderReaction {
  render: ImageRequest;
  purpose: 'preview';
  /** Higher runs earlier; 0 is usual. */
  priority?: number;
}

/**
 * What happens by itself after a recorded event. The composition root passes it in, because the asynchronous path is
 * written in one place; the data service carries it out in its consumer `flow`.
 */
export type Reactions = { readonly model_processed?: RenderReaction };
