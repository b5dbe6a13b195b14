import type { RgbaImage } from '#engine/texture/image-codec.ts';
import { checked, type Frame, isDrained, type Libav, newFrame } from '../libav.ts';

/** A video as it is decoded. */
export interface DecodedVideo {
  width: number;
  height: number;
  frameRate: number;
  matrix: 'bt709' | 'other';
  range: 'limited' | 'full';
  hasAlpha: boolean;
  frames: RgbaImage[];
}

/** Planes of a decoded frame: what is taken of each format's name. */
interface Planes {
  chromaShift: 0 | 1;
  bits: number;
  alpha: boolean;
}

const FORMATS: Record<string, Planes> = {
  yuv420p: { chromaShift: 1, bits: 8, alpha: false },
  yuva420p: { chromaShift: 1, bits: 8, alpha: true },
  yuv444p10le: { chromaShift: 0, bits: 10, alpha: false },
  yuva444p10le: { chromaShift: 0, bits: 10, alpha: true },
  yuv444p12le: { chromaShift: 0, bits: 12, alpha: false },
  yuva444p12le: { chromaShift: 0, bits: 12, alpha: true },
};

/**
 * Decodes a video with FFmpeg's decoders and turns its frames into RGBA by BT.709, written here from the standard and
 * not from the encoder's own conversion.
 *
 * @param decoder Its name where the usual one is not wanted: FFmpeg's own VP9 decoder ignores alpha.
 */
export function decodeVideo(libav: Libav, path: string, decoder?: string): DecodedVideo {
  const input = new libav.FormatContext();
  input.allocContext();
  checked(libav, input.openInputSync(path, null, null), 'Opening');
  checked(libav, input.findStreamInfoSync(null), 'Reading the streams');
  const stream = input.streams?.[0];
  if (!stream) throw new Error('there is no stream');
  const parameters = stream.codecpar;
  const codec = decoder ? libav.Codec.findDecoderByName(decoder) : libav.Codec.findDecoder(parameters.codecId);
  if (!codec) throw new Error('there is no decoder');
  const context = new libav.CodecContext();
  context.allocContext3(codec);
  checked(libav, context.parametersToContext(parameters), 'Preparing the decoder');
  checked(libav, context.open2Sync(codec, null), 'Opening the decoder');
  const frames: RgbaImage[] = [];
  const packet = new libav.Packet();
  packet.alloc();
  const frame = newFrame(libav);
  let format: Planes | undefined;
  let seen = { colorSpace: 0, colorRange: 0 };
  const receive = () => {
    for (;;) {
      const result = context.receiveFrameSync(frame);
      if (isDrained(result)) return;
      checked(libav, result, 'Decoding');
      format = formatOf(libav, frame);
      seen = { colorSpace: frame.colorSpace, colorRange: frame.colorRange };
      frames.push(toRgba(frame, format));
      frame.unref();
    }
  };
  while (input.readFrameSync(packet) >= 0) {
    checked(libav, context.sendPacketSync(packet), 'Decoding');
    packet.unref();
    receive();
  }
  checked(libav, context.sendPacketSync(null), 'Decoding');
  receive();
  const { num, den } = stream.avgFrameRate;
  const decoded: DecodedVideo = {
    width: parameters.width,
    height: parameters.height,
    frameRate: num / den,
    matrix: seen.colorSpace === 1 ? 'bt709' : 'other',
    range: seen.colorRange === 1 ? 'limited' : 'full',
    hasAlpha: format?.alpha ?? false,
    frames,
  };
  packet.free();
  frame.free();
  context.freeContext();
  input.closeInputSync();
  return decoded;
}

function formatOf(libav: Libav, frame: Frame): Planes {
  for (const [name, planes] of Object.entries(FORMATS)) {
    if (libav.avGetPixFmtFromName(name) === frame.format) return planes;
  }
  throw new Error(`an unknown pixel format ${frame.format}`);
}

function toRgba(frame: Frame, { chromaShift, bits, alpha }: Planes): RgbaImage {
  const { width, height } = frame;
  const bytes = frame.toBuffer();
  const samples = bits === 8 ? bytes : new Uint16Array(new Uint8Array(bytes).buffer);
  const peak = 2 ** bits - 1;
  const unit = 2 ** (bits - 8);
  const chromaWidth = width >> chromaShift;
  const chromaSize = chromaWidth * (height >> chromaShift);
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const c = width * height + (y >> chromaShift) * chromaWidth + (x >> chromaShift);
      const luma = (samples[i]! - 16 * unit) / (219 * unit);
      const cb = (samples[c]! - 128 * unit) / (224 * unit);
      const cr = (samples[c + chromaSize]! - 128 * unit) / (224 * unit);
      const red = luma + 1.5748 * cr;
      const blue = luma + 1.8556 * cb;
      const green = (luma - 0.2126 * red - 0.0722 * blue) / 0.7152;
      const opacity = alpha ? samples[width * height + 2 * chromaSize + i]! / peak : 1;
      [red, green, blue, opacity].forEach((value, channel) => {
        data[i * 4 + channel] = Math.min(255, Math.max(0, Math.round(value * 255)));
      });
    }
  }
  return { width, height, data };
}
