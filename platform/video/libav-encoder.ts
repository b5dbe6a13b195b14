import type { Encoding } from './encoding.ts';
import {
  type CodecContext,
  checked,
  dictionaryOf,
  type FormatContext,
  type Frame,
  isDrained,
  type Libav,
  type Packet,
  type Stream,
} from './libav.ts';

/** What a video looks like from outside. */
export interface VideoShape {
  width: number;
  height: number;
  /** Frames a second, a whole number. */
  fps: number;
}

/** `AV_CODEC_FLAG_GLOBAL_HEADER` and `AV_CODEC_FLAG_BITEXACT`. */
const GLOBAL_HEADER = 1 << 22;
const CODEC_BIT_EXACT = 1 << 23;
/** `AVFMT_FLAG_BITEXACT` of a context, `AVFMT_GLOBALHEADER` of a container. */
const FORMAT_BIT_EXACT = 0x0400;
const WANTS_GLOBAL_HEADER = 0x0040;
/** `AVCOL_RANGE_MPEG`, and the numbers of BT.709 in ITU-T H.273 for primaries, transfer and matrix. */
const LIMITED_RANGE = 1;
const BT709 = 1;
/** `AVCOL_TRC_IEC61966_2_1` and `AVCOL_SPC_RGB`: sRGB as it is. */
const FULL_RANGE = 2;
const SRGB_TRANSFER = 13;
const RGB_MATRIX = 0;

/** A file that is being written, and its encoder. */
export class LibavEncoder {
  readonly #libav: Libav;
  readonly #context: CodecContext;
  readonly #output: FormatContext;
  readonly #packet: Packet;
  #stream: Stream | undefined;
  #closed = false;

  private constructor(libav: Libav) {
    this.#libav = libav;
    this.#context = new libav.CodecContext();
    this.#output = new libav.FormatContext();
    this.#packet = new libav.Packet();
    this.#packet.alloc();
  }

  /**
   * Opens a file and its encoder. The same frames give the same bytes: one thread, no dates, no names of programs.
   *
   * @throws MaquetteError `internal` with FFmpeg's own words
   */
  static async open(libav: Libav, path: string, encoding: Encoding, shape: VideoShape): Promise<LibavEncoder> {
    const encoder = new LibavEncoder(libav);
    try {
      await encoder.#open(path, encoding, shape);
      return encoder;
    } catch (error) {
      encoder.close();
      throw error;
    }
  }

  async #open(path: string, encoding: Encoding, shape: VideoShape): Promise<void> {
    const [libav, output, context] = [this.#libav, this.#output, this.#context];
    checked(libav, output.allocOutputContext2(null, encoding.muxer, path), 'Opening the container');
    await openCodec(libav, context, encoding, shape, (output.oformat?.flags ?? 0) & WANTS_GLOBAL_HEADER);
    const stream = output.newStream(null);
    stream.timeBase = context.timeBase;
    stream.avgFrameRate = context.framerate;
    checked(libav, stream.codecpar.fromContext(context), 'Describing the stream');
    output.flags = output.flags | FORMAT_BIT_EXACT;
    checked(libav, output.openOutputSync(), 'Opening the file', 'storage_failed');
    const options = dictionaryOf(libav, encoding.muxerOptions);
    checked(libav, output.writeHeaderSync(options), 'Writing the header');
    this.#stream = stream;
  }

  /** Marks a frame's colours as the video's. */
  tag(frame: Frame): void {
    frame.colorRange = this.#context.colorRange;
    frame.colorPrimaries = this.#context.colorPrimaries;
    frame.colorTrc = this.#context.colorTrc;
    frame.colorSpace = this.#context.colorSpace;
  }

  /** Encodes a frame, whose time stamp counts frames; null: there are no more. */
  async send(frame: Frame | null): Promise<void> {
    const [libav, packet, stream] = [this.#libav, this.#packet, this.#stream];
    if (stream === undefined) throw new Error('the encoder is not open');
    checked(libav, await this.#context.sendFrame(frame), 'Encoding a frame');
    for (;;) {
      const result = this.#context.receivePacketSync(packet);
      if (isDrained(result)) return;
      checked(libav, result, 'Encoding a frame');
      packet.streamIndex = stream.index;
      if (packet.duration === 0n) packet.duration = 1n;
      packet.rescaleTs(this.#context.timeBase, stream.timeBase);
      checked(libav, await this.#output.interleavedWriteFrame(packet), 'Writing a frame', 'storage_failed');
      packet.unref();
    }
  }

  /** Writes what is left and closes the file. */
  async finish(): Promise<void> {
    await this.send(null);
    const flushed = await this.#output.interleavedWriteFrame(null);
    checked(this.#libav, flushed, 'Writing the last frames', 'storage_failed');
    checked(this.#libav, this.#output.writeTrailerSync(), 'Writing the end of the file', 'storage_failed');
    this.close();
  }

  /** Frees everything, finished or not; harmless when repeated. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#stream) this.#output.closeOutputSync();
    this.#output.freeContext();
    this.#context.freeContext();
    this.#packet.free();
  }
}

async function openCodec(
  libav: Libav,
  context: CodecContext,
  { encoder, encoderOptions, pixelFormat, pixels, keyInterval }: Encoding,
  { width, height, fps }: VideoShape,
  globalHeader: number,
): Promise<void> {
  const codec = libav.Codec.findEncoderByName(encoder);
  if (codec === null) throw new Error(`this build of FFmpeg has no ${encoder}`);
  context.allocContext3(codec);
  context.width = width;
  context.height = height;
  context.pixelFormat = libav.avGetPixFmtFromName(pixelFormat);
  context.timeBase = { num: 1, den: fps };
  context.framerate = { num: fps, den: 1 };
  context.gopSize = keyInterval;
  context.threadCount = 1;
  // Constant quality: a target rate would override it.
  context.bitRate = 0n;
  context.flags = context.flags | CODEC_BIT_EXACT | (globalHeader ? GLOBAL_HEADER : 0);
  const yuv = pixels.kind === 'yuv';
  context.colorRange = yuv ? LIMITED_RANGE : FULL_RANGE;
  context.colorPrimaries = BT709;
  context.colorTrc = yuv ? BT709 : SRGB_TRANSFER;
  context.colorSpace = yuv ? BT709 : RGB_MATRIX;
  checked(libav, await context.open2(codec, dictionaryOf(libav, encoderOptions)), `Opening the encoder ${encoder}`);
}
