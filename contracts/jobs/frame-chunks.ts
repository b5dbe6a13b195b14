import type { SequenceRequest } from '../render/sequence-request.ts';
import { frameCountOf, frameSamplesOf } from '../render/sequence-rules.ts';

/** Consecutive frames that one job makes. */
export interface FrameChunk {
  first: number;
  count: number;
}

/** Share of a sequence's work that its frames are; the rest is encoding. */
export const FRAMES_SHARE = 0.9;

/** Pixel samples that a chunk should hold: some 20 seconds of two cores. */
const CHUNK_SAMPLES = 160_000_000;
/** What a sample of path tracing costs, in samples of a preview. */
const PATH_WEIGHT = 4;
/** Even of tiny frames no more, so that a sequence is spread over workers and one that dies loses little. */
const CHUNK_FRAMES = 48;
/** Most chunks: each is a row, a lease and an end. Chunks of long sequences of slow frames are larger for it. */
export const MAX_CHUNKS = 240;

/**
 * Cuts a sequence into chunks of about equal size. What a chunk costs beside its frames (reading the model, building
 * its trees) speaks for large ones, spreading over workers and starting again after a crash for small ones.
 */
export function frameChunks(request: SequenceRequest): FrameChunk[] {
  const frames = frameCountOf(request);
  const weight = request.integrator === 'path' ? PATH_WEIGHT : 1;
  const samples = frameSamplesOf(request) * weight;
  const least = Math.ceil(frames / MAX_CHUNKS);
  const most = Math.max(least, Math.min(CHUNK_FRAMES, Math.floor(CHUNK_SAMPLES / samples)));
  const chunks = Math.ceil(frames / most);
  return Array.from({ length: chunks }, (_, index) => {
    const first = Math.floor((frames * index) / chunks);
    return { first, count: Math.floor((frames * (index + 1)) / chunks) - first };
  });
}
