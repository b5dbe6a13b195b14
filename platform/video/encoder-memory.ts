import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { SequenceRequest } from '#contracts/render/sequence-request.ts';
import { type EncodingChoice, lookaheadOf } from './encoding.ts';

/**
 * Bytes that an encoder takes for each pixel of a frame: so many by itself, its share of the decoded frame and of the
 * planes included, and so many for each frame that it looks ahead. Measured at 1920 × 1080, 3840 × 2160 and, where there
 * are lookaheads, 8192 × 8192, with a tenth on top.
 */
const BYTES_PER_PIXEL = {
  x264: { itself: 50, ahead: 5.5 },
  vp9: { itself: 65, ahead: 7 },
  av1: { itself: 125, ahead: 5.5 },
  other: { itself: 80, ahead: 0 },
} as const;

/** A sequence, or as much of its request as chooses the encoder. */
type Encoded = EncodingChoice | Extract<SequenceRequest, { kind: 'dataset' }>;

/** Most bytes that encoding a sequence takes beside the process itself; an estimate. */
export function encoderBytes(request: Encoded): number {
  // Files are only copied.
  if (!('format' in request) || request.format === 'zip') return 0;
  const { format, codec, width, height } = request;
  const kind = format === 'mp4' ? 'x264' : format === 'webm' ? codec : 'other';
  const { itself, ahead } = BYTES_PER_PIXEL[kind];
  return Math.ceil(width * height * (itself + ahead * lookaheadOf(request)));
}

/**
 * Refuses a sequence before the first frame is drawn whose encoder would need more memory than it may have.
 *
 * @throws MaquetteError `render_too_large` with the figures
 */
export function refuseLargeEncoder(request: Encoded, limit: number): void {
  const needed = encoderBytes(request);
  if (needed <= limit || !('format' in request)) return;
  const mebibytes = (bytes: number) => `${Math.ceil(Math.max(0, bytes) / 2 ** 20).toLocaleString('en-GB')} MiB`;
  throw new MaquetteError(
    'render_too_large',
    `Encoding frames of ${request.width} × ${request.height} as ${request.format} needs about ${mebibytes(needed)} of memory and may use ${mebibytes(limit)}.`,
    { remedy: 'Ask for smaller frames or for a zip of PNG files, or raise the memory limit.' },
  );
}
