import type { SequenceFormat, VideoRequest } from '#contracts/render/sequence-request.ts';
import type { YuvLayout } from './yuv-planes.ts';

/** How pictures go to FFmpeg: as planes of Y′CbCr, as sRGB, or as places in a palette. */
export type Pixels = { kind: 'yuv'; layout: YuvLayout } | { kind: 'bgra' } | { kind: 'palette' };

/** One way to encode a sequence with FFmpeg. */
export interface Encoding {
  /** FFmpeg's name of the container. */
  muxer: string;
  muxerOptions: Readonly<Record<string, string>>;
  /** FFmpeg's name of the encoder. */
  encoder: string;
  encoderOptions: Readonly<Record<string, string>>;
  pixelFormat: string;
  pixels: Pixels;
  /** Most frames from one key frame to the next. */
  keyInterval: number;
}

/** What chooses an encoding. */
export type EncodingChoice = Pick<VideoRequest, 'format' | 'codec' | 'quality' | 'background' | 'width' | 'height'>;

/** Frames that an encoder looks ahead at full HD; of larger ones fewer, so that it holds about as many pixels. */
const LOOKAHEAD = 40;
/** libvpx takes no more than 25. */
const VP9_LOOKAHEAD = 25;
const LEAST_LOOKAHEAD = 4;
const LOOKAHEAD_PIXELS = LOOKAHEAD * 1920 * 1080;

/** Media types of the formats. */
export const SEQUENCE_CONTENT_TYPES: Record<SequenceFormat, string> = {
  mp4: 'video/mp4',
  webm: 'video/webm',
  gif: 'image/gif',
  webp: 'image/webp',
  mov: 'video/quicktime',
  zip: 'application/zip',
};

/**
 * The encoding of a request; undefined for a zip of PNG files, which needs no encoder.
 *
 * Every encoder works on one thread: with several, what x264, libvpx and SVT-AV1 decide depends on their number, and
 * renders on one machine run side by side in any case. x264 is told to take the same algorithms on every processor.
 */
export function encodingOf(choice: EncodingChoice): Encoding | undefined {
  const { format, codec, quality, background } = choice;
  const alpha = background === 'transparent';
  switch (format) {
    case 'mp4':
      return {
        muxer: 'mp4',
        // The index stands before the pictures, so that a player begins before it has everything.
        muxerOptions: { movflags: '+faststart' },
        encoder: 'libx264',
        encoderOptions: {
          preset: 'medium',
          profile: 'high',
          crf: rateFactor(quality, 40, 14),
          'x264-params': 'cpu-independent=1:threads=1:lookahead-threads=1',
          'rc-lookahead': String(lookaheadOf(choice)),
        },
        pixelFormat: 'yuv420p',
        pixels: yuv(true, false, 8),
        keyInterval: 250,
      };
    case 'webm':
      if (codec === 'av1') {
        return {
          muxer: 'webm',
          muxerOptions: {},
          encoder: 'libsvtav1',
          encoderOptions: {
            preset: '7',
            crf: rateFactor(quality, 60, 12),
            'svtav1-params': `lp=1:lookahead=${lookaheadOf(choice)}`,
          },
          pixelFormat: 'yuv420p',
          pixels: yuv(true, false, 8),
          keyInterval: 250,
        };
      }
      return {
        muxer: 'webm',
        muxerOptions: {},
        encoder: 'libvpx-vp9',
        encoderOptions: {
          deadline: 'good',
          'cpu-used': '4',
          'lag-in-frames': String(lookaheadOf(choice)),
          crf: rateFactor(quality, 60, 20),
          // Frames that are never shown cannot carry alpha.
          ...(alpha ? { 'auto-alt-ref': '0' } : {}),
        },
        pixelFormat: alpha ? 'yuva420p' : 'yuv420p',
        pixels: yuv(true, alpha, 8),
        keyInterval: 250,
      };
    case 'webp':
      return {
        muxer: 'webp',
        muxerOptions: { loop: '0' },
        encoder: 'libwebp_anim',
        encoderOptions: { quality: String(quality), compression_level: '4' },
        pixelFormat: 'bgra',
        pixels: { kind: 'bgra' },
        keyInterval: 250,
      };
    case 'mov':
      return {
        muxer: 'mov',
        muxerOptions: { movflags: '+faststart' },
        encoder: 'prores_ks',
        encoderOptions: { profile: '4444', alpha_bits: alpha ? '16' : '0' },
        pixelFormat: alpha ? 'yuva444p10le' : 'yuv444p10le',
        pixels: yuv(false, alpha, 10),
        keyInterval: 1,
      };
    case 'gif':
      return {
        muxer: 'gif',
        muxerOptions: { loop: '0' },
        encoder: 'gif',
        encoderOptions: {},
        pixelFormat: 'pal8',
        pixels: { kind: 'palette' },
        keyInterval: 1,
      };
    case 'zip':
      return undefined;
    default:
      return format satisfies never;
  }
}

/** Frames that an encoder holds to decide about the one at hand. */
export function lookaheadOf({ format, codec, width, height }: EncodingChoice): number {
  const most = format === 'webm' && codec === 'vp9' ? VP9_LOOKAHEAD : LOOKAHEAD;
  return Math.max(LEAST_LOOKAHEAD, Math.min(most, Math.floor(LOOKAHEAD_PIXELS / (width * height))));
}

function yuv(subsampled: boolean, alpha: boolean, bits: 8 | 10): Pixels {
  return { kind: 'yuv', layout: { subsampled, alpha, bits } };
}

/** Quality 1 to 100 on an encoder's scale, on which less is better. */
function rateFactor(quality: number, worst: number, best: number): string {
  return String(Math.round(worst + ((best - worst) * (quality - 1)) / 99));
}
