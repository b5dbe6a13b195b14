import type { Document } from '@gltf-transform/core';
import type { SequenceRequest } from '#contracts/render/sequence-request.ts';
import type { RenderHost } from '../render-host.ts';
import { openRenderSession } from '../render-session.ts';
import type { RenderedImage } from '../rendered-image.ts';
import { planFrames } from './plan-frames.ts';

/** Which frames are drawn and how. */
export interface FramesOptions {
  /** The first frame, from 0. */
  first: number;
  count: number;
  /** Stops the render; it then throws `canceled`. */
  signal?: AbortSignal | undefined;
  /** Called with the share of the work that is done, rising to 1. */
  onProgress?: ((share: number) => void) | undefined;
  /** Most bytes of memory that the render may take, 2 GiB by default. */
  memoryLimit?: number | undefined;
  /** What else counts towards the limit, in bytes by name: memory that the host takes. */
  besides?: Record<string, number> | undefined;
}

/** What frames took together. */
export interface FramesStats {
  triangles: number;
  rays: number;
  peakBytes: number;
  warnings: string[];
}

/**
 * Draws consecutive frames of a sequence. Scene, textures and trees are made once.
 *
 * @param take Gets each frame in order. It may go on with one while the next is drawn, never with two at once.
 * @throws MaquetteError what `RenderSession.render` throws
 */
export async function drawFrames(
  document: Document,
  request: SequenceRequest,
  host: RenderHost,
  options: FramesOptions,
  take: (index: number, image: RenderedImage) => Promise<void>,
): Promise<FramesStats> {
  const { first, count, signal, onProgress, memoryLimit, besides } = options;
  const session = openRenderSession(document, host, { memoryLimit, besides });
  const stats: FramesStats = { triangles: 0, rays: 0, peakBytes: 0, warnings: [] };
  let taken = Promise.resolve();
  try {
    const plan = await planFrames(session, request, signal);
    for (let index = first; index < first + count; index++) {
      const { request: frame, camera } = plan.frame(index);
      const done = index - first;
      const image = await session.render(frame, {
        signal,
        camera,
        onProgress: (share) => onProgress?.((done + share) / count),
      });
      await taken;
      taken = take(index, image);
      // It is awaited with the next frame; a failure until then must not count as unhandled.
      taken.catch(() => {});
      stats.triangles = Math.max(stats.triangles, image.stats.triangles);
      stats.rays += image.stats.rays;
      stats.peakBytes = Math.max(stats.peakBytes, image.stats.peakBytes);
      stats.warnings = [...new Set([...stats.warnings, ...image.stats.warnings])];
    }
    await taken;
    return stats;
  } finally {
    session.close();
  }
}
