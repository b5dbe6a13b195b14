import type { DisplayFormat, ImageRequest, PassName } from '#contracts/render/image-request.ts';
import { type MomentRequest, momentCountOf } from '#contracts/render/image-rules.ts';
import { ID_RANKS } from '#engine/render/kernel/layout.ts';
import { WAITING_IMAGE_BYTES } from '#engine/render/textures.ts';
import { KEEP_BYTES } from '#platform/render-threads/keep-bytes.ts';

const MIB = 2 ** 20;

/** What earlier renders may leave behind, the kernel's memory apart. */
export const RESIDUE_BYTES = 48 * MIB;

/**
 * What a render process holds beside the kernel's memory. Measured with Node 24 and sharp 0.35 on Linux, x64: resident
 * memory of a warm process, and how it grew while models were read, textures decoded and pictures encoded. Rounded up.
 */
const MEASURED = {
  /** Node, the engine and the libraries, warm: 145 MiB with two threads. */
  process: 152 * MIB,
  thread: 4 * MIB,
  /** The file as it is read and the document made of it, by size of the file: 2.08. */
  document: 2.15,
  /** Flat arrays of a vertex while the scene is written. */
  vertex: 24,
  /** Decoded images and what decoding takes until it is collected, by their size as RGBA: 1.3. */
  texture: 1.4,
  /** The picture on its way to the encoder, bytes a pixel. */
  picture: 4,
};

/** What encoding the picture takes, in bytes a pixel, the file included: measured 0.3, 12.4, 13.6 and 39.6. */
const ENCODER_BYTES: Record<DisplayFormat, number> = { png: 6, jpg: 15, webp: 18, avif: 44 };

/** Numbers of a pass, in bytes a pixel. */
const PASS_BYTES: Record<PassName, number> = {
  beauty: 16,
  alpha: 4,
  depth: 4,
  normal: 12,
  albedo: 16,
  object: 8 * ID_RANKS,
  material: 8 * ID_RANKS,
  uv: 8,
};
/** Passes with what encoding them takes, by their size. */
const PASS_ENCODER = 2;

/** The sum of the moments of an open shutter, and their mean: four floats and four bytes a pixel. */
const BLUR_BYTES = 20;

/** What the memory beside the kernel's depends on. */
export interface ProcessLoad {
  /** Size of the model's file. */
  glbBytes: number;
  vertices: number;
  textures: readonly { width: number; height: number }[];
  request: Pick<ImageRequest, 'width' | 'height' | 'format' | 'passes'> & MomentRequest;
  threads: number;
  /** Size of the file of an uploaded environment; 0 without one. */
  environmentBytes: number;
}

/** Of the process itself, warm and with what earlier renders leave behind. */
function warmBytes(threads: number): number {
  return MEASURED.process + RESIDUE_BYTES + threads * MEASURED.thread;
}

/** Memory of a render process that draws nothing, in bytes by name: what is left of its limit is an encoder's. */
export function idleMemory(threads: number): Record<string, number> {
  return { process: warmBytes(threads), 'kept for the next render': KEEP_BYTES };
}

/**
 * Memory of a render process beside the kernel's, in bytes by name. Textures are given up before the picture is
 * encoded, so that the larger of the two counts.
 */
export function processMemory(load: ProcessLoad): Record<string, number> {
  const { glbBytes, vertices, textures, request, threads, environmentBytes } = load;
  const decoded = textures.map(({ width, height }) => width * height * 4);
  const all = decoded.reduce((sum, bytes) => sum + bytes, 0);
  const waiting = Math.min(all, WAITING_IMAGE_BYTES + Math.max(0, ...decoded));
  const pixels = request.width * request.height;
  return {
    ...(momentCountOf(request) > 1 ? { 'motion blur': pixels * BLUR_BYTES } : {}),
    process: warmBytes(threads),
    model: Math.ceil(glbBytes * MEASURED.document + vertices * MEASURED.vertex),
    ...(environmentBytes > 0 && { 'file of the environment': environmentBytes }),
    'decoding and encoding': Math.ceil(Math.max(waiting * MEASURED.texture, pixels * pixelBytes(request))),
  };
}

/** Of the picture and its passes on their way to the encoders, in bytes a pixel. */
function pixelBytes({ format, passes }: ProcessLoad['request']): number {
  const numbers = passes.filter((pass) => format === 'exr' || pass !== 'beauty');
  const picture = format !== 'exr' && passes.includes('beauty') ? MEASURED.picture + ENCODER_BYTES[format] : 0;
  return picture + numbers.reduce((sum, pass) => sum + PASS_BYTES[pass], 0) * PASS_ENCODER;
}
