import type { SequenceRequest } from '#contracts/render/sequence-request.ts';
import { hasDepth } from '#contracts/render/sequence-rules.ts';
import type { SandboxLimits } from '#platform/sandbox/sandbox.ts';
import { encodedBytes, encodingSeconds } from '#platform/video/encoder-time.ts';

/** Of frames that wait to be encoded, for each pixel: PNG of noise, and a depth as EXR of noise. */
const FRAME_BYTES = 5;
/** An encoder may take so many times as long as is expected on the machine of the constants. */
const PATIENCE = 10;

/** The most that any run may take, in seconds, and leave behind; below it the limits follow what a run is to make. */
export const TIME_CEILING = 7 * 24 * 3600;
export const OUTPUT_CEILING = 64 * 2 ** 30;

/** Limits of a run that draws frames: the time of one picture, for each of them, and room for them all. */
export function limitsOfFrames(
  request: SequenceRequest,
  count: number,
  { seconds, outputBytes }: SandboxLimits,
): Partial<SandboxLimits> {
  const files = hasDepth(request) ? 2 : 1;
  const bytes = request.width * request.height * count * files * FRAME_BYTES;
  return { seconds: seconds * count, outputBytes: Math.max(outputBytes, bytes) };
}

/** Limits of a run that encodes a sequence: by its format and how many pixels it has. */
export function limitsOfEncoding(
  request: SequenceRequest,
  frames: number,
  { seconds, outputBytes }: SandboxLimits,
): Partial<SandboxLimits> {
  return {
    seconds: seconds + PATIENCE * encodingSeconds(request, frames),
    outputBytes: Math.max(outputBytes, encodedBytes(request, frames)),
  };
}
