import type { SequenceFormat, SequenceRequest } from '#contracts/render/sequence-request.ts';
import { hasDepth } from '#contracts/render/sequence-rules.ts';

/** What encoding takes: pixels a second on one core at 2.5 GHz or so, and most bytes of the file for each pixel. */
interface EncodingCost {
  pixelsPerSecond: number;
  bytesPerPixel: number;
}

/**
 * Measured with moving, slightly noisy frames of 1280 × 720, PNG files decoded on the way: 5.5, 6.2, 14.5, 8.6, 5.0 and
 * 368 million pixels a second. The bytes are those of noise at the best quality; ProRes has a rate of its own, to which
 * alpha comes.
 */
const COSTS: Record<SequenceFormat, EncodingCost> = {
  mp4: { pixelsPerSecond: 5.5e6, bytesPerPixel: 2 },
  webm: { pixelsPerSecond: 6e6, bytesPerPixel: 2 },
  gif: { pixelsPerSecond: 14e6, bytesPerPixel: 2 },
  webp: { pixelsPerSecond: 8e6, bytesPerPixel: 2 },
  mov: { pixelsPerSecond: 5e6, bytesPerPixel: 4 },
  // The files are copied, and PNG of noise is larger than its pixels.
  zip: { pixelsPerSecond: 200e6, bytesPerPixel: 5 },
};

/** Seconds that encoding a sequence takes on the machine of the constants. */
export function encodingSeconds(request: SequenceRequest, frames: number): number {
  return pixelsOf(request, frames) / costOf(request).pixelsPerSecond;
}

/** Most bytes that the file of a sequence has; an estimate for limits, far above what is usual. */
export function encodedBytes(request: SequenceRequest, frames: number): number {
  const files = hasDepth(request) ? 2 : 1;
  return pixelsOf(request, frames) * files * costOf(request).bytesPerPixel;
}

function pixelsOf({ width, height }: SequenceRequest, frames: number): number {
  return width * height * frames;
}

function costOf(request: SequenceRequest): EncodingCost {
  return COSTS[request.kind === 'dataset' ? 'zip' : request.format];
}
