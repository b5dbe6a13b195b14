import { createRequire } from 'node:module';
import type { ErrorCode } from '#contracts/errors/codes.ts';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';

/** A fraction, as FFmpeg counts time. */
export interface Rational {
  num: number;
  den: number;
}

/** `AVDictionary`: options by name. */
export interface Dictionary {
  alloc(): void;
  set(key: string, value: string, flags: number): number;
}

/** `AVFrame`: one picture as an encoder takes it. */
export interface Frame {
  width: number;
  height: number;
  format: number;
  pts: bigint;
  duration: bigint;
  timeBase: Rational;
  colorRange: number;
  colorPrimaries: number;
  colorTrc: number;
  colorSpace: number;
  alloc(): void;
  /** Allocates the planes for width, height and format. */
  getBuffer(align?: number): number;
  /** Copies planes that follow each other without gaps. */
  fromBuffer(buffer: Buffer): number;
  toBuffer(): Buffer;
  unref(): void;
  free(): void;
}

/** `AVPacket`: encoded data. */
export interface Packet {
  streamIndex: number;
  pts: bigint;
  duration: bigint;
  alloc(): void;
  rescaleTs(from: Rational, to: Rational): void;
  unref(): void;
  free(): void;
}

export interface Codec {
  readonly name: string | null;
}

export interface CodecContext {
  width: number;
  height: number;
  pixelFormat: number;
  timeBase: Rational;
  framerate: Rational;
  gopSize: number;
  threadCount: number;
  flags: number;
  bitRate: bigint;
  globalQuality: number;
  colorRange: number;
  colorPrimaries: number;
  colorTrc: number;
  colorSpace: number;
  extraData: Buffer | null;
  allocContext3(codec: Codec): void;
  freeContext(): void;
  parametersToContext(parameters: CodecParameters): number;
  /** `open2Sync` frees the options and leaves the dictionary pointing at them: it crashes when that is collected. */
  open2(codec: Codec, options: Dictionary | null): Promise<number>;
  open2Sync(codec: Codec, options: null): number;
  sendFrame(frame: Frame | null): Promise<number>;
  sendPacketSync(packet: Packet | null): number;
  receiveFrameSync(frame: Frame): number;
  receivePacketSync(packet: Packet): number;
}

export interface CodecParameters {
  codecId: number;
  width: number;
  height: number;
  format: number;
  colorRange: number;
  colorPrimaries: number;
  colorTrc: number;
  colorSpace: number;
  fromContext(context: CodecContext): number;
}

export interface Stream {
  readonly index: number;
  timeBase: Rational;
  avgFrameRate: Rational;
  duration: bigint;
  nbFrames: bigint;
  codecpar: CodecParameters;
}

export interface FormatContext {
  flags: number;
  readonly duration: bigint;
  readonly streams: Stream[] | null;
  readonly oformat: { readonly flags: number } | null;
  allocContext(): void;
  allocOutputContext2(format: null, formatName: string, fileName: string): number;
  newStream(codec: Codec | null): Stream;
  openOutputSync(): number;
  writeHeaderSync(options: Dictionary | null): number;
  interleavedWriteFrame(packet: Packet | null): Promise<number>;
  writeTrailerSync(): number;
  closeOutputSync(): void;
  freeContext(): void;
  openInputSync(url: string, format: null, options: null): number;
  findStreamInfoSync(options: null): number;
  readFrameSync(packet: Packet): number;
  closeInputSync(): void;
}

export interface FilterContext {
  link(sourcePad: number, target: FilterContext, targetPad: number): number;
  buffersrcAddFrameSync(frame: Frame | null, flags?: number): number;
  buffersinkGetFrameSync(frame: Frame): number;
}

export interface FilterGraph {
  nbThreads: number;
  alloc(): void;
  createFilter(filter: object, name: string, args: string | null): FilterContext | null;
  configSync(): number;
  free(): void;
}

/** The part of node-av's native interface that is used here: FFmpeg's own structures and functions under their own names. */
export interface Libav {
  Dictionary: new () => Dictionary;
  Frame: new () => Frame;
  Packet: new () => Packet;
  CodecContext: new () => CodecContext;
  FormatContext: new () => FormatContext;
  FilterGraph: new () => FilterGraph;
  Codec: {
    findEncoderByName(name: string): Codec | null;
    findDecoder(id: number): Codec | null;
    findDecoderByName(name: string): Codec | null;
  };
  Filter: { getByName(name: string): object | null };
  FFmpegError: { strerror(code: number): string };
  Log: { setLevel(level: number): void };
  avGetPixFmtFromName(name: string): number;
  getFFmpegInfo(): { version: string; configuration: string };
}

/** `AVERROR(EAGAIN)`: more input is needed first. */
const TRY_AGAIN = process.platform === 'darwin' ? -35 : -11;
/** `AVERROR_EOF`. */
const END_OF_FILE = -541478725;
const LOG_FATAL = 8;

let loaded: Libav | undefined;

/** The optional package that holds FFmpeg for a platform, whose names are Node's. */
function packageOf(platform: string, arch: string): string {
  return `@seydx/node-av-${platform}-${arch}${platform === 'win32' ? '-msvc' : ''}`;
}

/**
 * Refuses what needs FFmpeg where it is not installed, before any work is done for it. Nothing is loaded.
 *
 * @throws MaquetteError `unavailable` with the package that is missing
 */
export function requireLibav(platform: string = process.platform, arch: string = process.arch): void {
  const name = packageOf(platform, arch);
  try {
    createRequire(import.meta.url).resolve(`${name}/node-av.node`);
  } catch (cause) {
    throw libavMissing(name, cause);
  }
}

function libavMissing(name: string, cause: unknown): MaquetteError {
  return new MaquetteError('unavailable', `Video cannot be encoded here: the package ${name} cannot be loaded.`, {
    cause,
    remedy: `Install it with \`npm install ${name}\`, or ask for a zip of PNG files, which needs no encoder.`,
  });
}

/**
 * Loads FFmpeg. Its libraries lie in the optional package of the platform, statically linked into node-av's addon;
 * nothing else of node-av is needed, and the package `node-av` itself would download the ffmpeg program when it is
 * installed.
 *
 * @throws MaquetteError `unavailable` where there is no package for the platform, or it was left out.
 */
export function loadLibav(): Libav {
  if (loaded) return loaded;
  const name = packageOf(process.platform, process.arch);
  try {
    const libav = createRequire(import.meta.url)(`${name}/node-av.node`) as Libav;
    // Failures are thrown; what FFmpeg and SVT-AV1 print beside that would fill the logs.
    process.env.SVT_LOG ??= '1';
    libav.Log.setLevel(LOG_FATAL);
    loaded = libav;
    return libav;
  } catch (cause) {
    throw libavMissing(name, cause);
  }
}

/** Passes a result of FFmpeg on, or throws what it means. @throws MaquetteError of the given code */
export function checked(libav: Libav, result: number, what: string, code: ErrorCode = 'internal'): number {
  if (result >= 0) return result;
  const reason = libav.FFmpegError.strerror(result);
  throw new MaquetteError(code, `${what} failed: ${reason} (${result}).`);
}

/** Whether a `receive…` function has nothing at the moment: it wants input, or everything was given. */
export function isDrained(result: number): boolean {
  return result === TRY_AGAIN || result === END_OF_FILE;
}

/** An empty frame, to be freed by who made it. */
export function newFrame(libav: Libav): Frame {
  const frame = new libav.Frame();
  frame.alloc();
  return frame;
}

/** A dictionary of options; freed with the object. */
export function dictionaryOf(libav: Libav, options: Readonly<Record<string, string>>): Dictionary {
  const dictionary = new libav.Dictionary();
  dictionary.alloc();
  for (const [name, value] of Object.entries(options)) dictionary.set(name, value, 0);
  return dictionary;
}
