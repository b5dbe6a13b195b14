import { concatBytes } from '../concat-bytes.ts';
import { EXR_MAGIC, EXR_SAMPLE_BYTES, EXR_SAMPLE_TYPES, type ExrSampleType } from './exr-format.ts';
import { halfBits } from './half.ts';
import { ZIP_LINES, zipBlock } from './zip-block.ts';

/** One channel of an EXR picture: every `stride`-th number of `data` from `offset` on, rows from the top. */
export interface ExrChannel {
  /** With the layer before a dot: `R`, `depth.Z`, `normal.X`. */
  name: string;
  type: ExrSampleType;
  data: ArrayLike<number>;
  stride: number;
  offset: number;
}

/** Chromaticities x, y. */
export interface Chromaticities {
  red: readonly [number, number];
  green: readonly [number, number];
  blue: readonly [number, number];
  white: readonly [number, number];
}

/** A picture for `writeExr`. */
export interface ExrImage {
  width: number;
  height: number;
  channels: readonly ExrChannel[];
  chromaticities: Chromaticities;
  /** Further attributes by name; texts become `string`, 16 numbers `m44f`, other numbers `float`. */
  attributes?: Readonly<Record<string, string | number | readonly number[]>>;
}

const VERSION = 2;
/** Flag of the version: names may have more than 31 bytes. */
const LONG_NAMES = 0x400;
const SHORT_NAME = 31;
const LONGEST_NAME = 255;
const ZIP_COMPRESSION = 3;

/**
 * Writes an OpenEXR file (OpenEXR file layout, version 2): one part, scanlines from the top, ZIP compression. The same
 * picture gives the same bytes.
 *
 * @throws RangeError when a channel has too few samples, or a name is empty, too long or there twice.
 */
export function writeExr(image: ExrImage): Uint8Array {
  const { width, height } = image;
  const channels = sorted(image);
  const header = headerOf(image, channels);
  const blocks: Uint8Array[] = [];
  for (let y = 0; y < height; y += ZIP_LINES) {
    blocks.push(zipBlock(rawBlock(channels, width, y, Math.min(height, y + ZIP_LINES))));
  }
  const tableAt = header.length;
  const dataAt = tableAt + blocks.length * 8;
  const file = new Uint8Array(blocks.reduce((sum, block) => sum + 8 + block.length, dataAt));
  const view = new DataView(file.buffer);
  file.set(header);
  let at = dataAt;
  blocks.forEach((block, i) => {
    view.setBigUint64(tableAt + i * 8, BigInt(at), true);
    view.setInt32(at, i * ZIP_LINES, true);
    view.setUint32(at + 4, block.length, true);
    file.set(block, at + 8);
    at += 8 + block.length;
  });
  return file;
}

/** Channels as the file has them: by name, in the order of bytes. */
function sorted({ width, height, channels }: ExrImage): ExrChannel[] {
  const names = new Set<string>();
  for (const { name, data, stride, offset } of channels) {
    const bytes = encoder.encode(name).length;
    if (bytes < 1 || bytes > LONGEST_NAME || name.includes('\0')) throw new RangeError(`EXR: channel name “${name}”`);
    if (names.has(name)) throw new RangeError(`EXR: two channels are called ${name}`);
    names.add(name);
    if (offset + (width * height - 1) * stride >= data.length) throw new RangeError(`EXR: ${name} has too few samples`);
  }
  return [...channels].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Samples of rows `from` to `to`, row by row and there channel by channel. */
function rawBlock(channels: readonly ExrChannel[], width: number, from: number, to: number): Uint8Array {
  const rowBytes = channels.reduce((sum, { type }) => sum + EXR_SAMPLE_BYTES[type] * width, 0);
  const bytes = new Uint8Array(rowBytes * (to - from));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (let y = from; y < to; y++) {
    for (const { type, data, stride, offset } of channels) {
      let i = offset + y * width * stride;
      for (let x = 0; x < width; x++, i += stride) {
        const value = data[i]!;
        if (type === 'half') view.setUint16(at, halfBits(value), true);
        else if (type === 'float') view.setFloat32(at, value, true);
        else view.setUint32(at, value, true);
        at += EXR_SAMPLE_BYTES[type];
      }
    }
  }
  return bytes;
}

const encoder = new TextEncoder();
const terminated = (text: string) => Uint8Array.of(...encoder.encode(text), 0);

function numbers(kind: 'int' | 'float', values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    if (kind === 'int') view.setInt32(i * 4, value, true);
    else view.setFloat32(i * 4, value, true);
  });
  return bytes;
}

function attribute(name: string, type: string, value: Uint8Array): Uint8Array {
  return concatBytes([terminated(name), terminated(type), numbers('int', [value.length]), value]);
}

function headerOf(image: ExrImage, channels: readonly ExrChannel[]): Uint8Array {
  const { width, height, chromaticities, attributes = {} } = image;
  const { red, green, blue, white } = chromaticities;
  const names = [...channels.map(({ name }) => name), ...Object.keys(attributes)];
  const long = names.some((name) => encoder.encode(name).length > SHORT_NAME);
  const list = channels.map(({ name, type }) =>
    // Type, whether samples are perceptually linear and three bytes of nothing, and sampling in x and y.
    concatBytes([terminated(name), numbers('int', [EXR_SAMPLE_TYPES.indexOf(type), 0, 1, 1])]),
  );
  const window = numbers('int', [0, 0, width - 1, height - 1]);
  return concatBytes([
    numbers('int', [EXR_MAGIC, VERSION | (long ? LONG_NAMES : 0)]),
    attribute('channels', 'chlist', concatBytes([...list, Uint8Array.of(0)])),
    attribute('chromaticities', 'chromaticities', numbers('float', [...red, ...green, ...blue, ...white])),
    attribute('compression', 'compression', Uint8Array.of(ZIP_COMPRESSION)),
    attribute('dataWindow', 'box2i', window),
    attribute('displayWindow', 'box2i', window),
    attribute('lineOrder', 'lineOrder', Uint8Array.of(0)),
    attribute('pixelAspectRatio', 'float', numbers('float', [1])),
    attribute('screenWindowCenter', 'v2f', numbers('float', [0, 0])),
    attribute('screenWindowWidth', 'float', numbers('float', [1])),
    ...Object.entries(attributes).map(([name, value]) => customAttribute(name, value)),
    Uint8Array.of(0),
  ]);
}

function customAttribute(name: string, value: string | number | readonly number[]): Uint8Array {
  if (typeof value === 'string') return attribute(name, 'string', encoder.encode(value));
  if (typeof value === 'number') return attribute(name, 'float', numbers('float', [value]));
  if (value.length !== 16) throw new RangeError(`EXR: attribute ${name} has ${value.length} numbers, not 16`);
  return attribute(name, 'm44f', numbers('float', value));
}
