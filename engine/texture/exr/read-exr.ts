import { unzlibSync } from 'fflate';
import type { PanoramaSink } from '../hdr/panorama-sink.ts';
import { EXR_SAMPLE_BYTES } from './exr-format.ts';
import type { ExrHead, ExrHeadChannel } from './exr-head.ts';
import { decodePiz } from './exr-piz.ts';
import { halfValue } from './half.ts';
import { joinBytes } from './zip-block.ts';

/**
 * Reads the pixels of an OpenEXR picture row by row into `sink`: scan lines, half or float, not compressed or by RLE,
 * ZIPS, ZIP or PIZ. Red, green and blue count, or luminance alone.
 *
 * @throws Error that says what is wrong, for files that are damaged.
 */
export function readExr(bytes: Uint8Array, head: ExrHead, sink: PanoramaSink): void {
  const { width, height, top, lines, channels, chunks } = head;
  const colors = colorChannels(channels);
  const row = new Float32Array(width * 3);
  const rowBytes = channels.reduce((sum, { type }) => sum + EXR_SAMPLE_BYTES[type] * width, 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const seen = new Uint8Array(chunks.length);
  for (const at of chunks) {
    const first = view.getInt32(at, true) - top;
    const index = first / lines;
    if (!Number.isInteger(index) || index < 0 || index >= chunks.length || seen[index]!)
      throw new Error('a chunk names a row that is not there');
    seen[index] = 1;
    const rows = Math.min(lines, height - first);
    const packed = bytes.subarray(at + 8, at + 8 + view.getUint32(at + 4, true));
    const pixels = unpack(packed, head, rows, rows * rowBytes);
    for (let y = 0; y < rows; y++) {
      for (let c = 0; c < 3; c++) {
        const { offset, type } = colors[c]!;
        const plane = pixels.byteOffset + y * rowBytes + offset * width;
        copyChannel(new DataView(pixels.buffer, plane, width * EXR_SAMPLE_BYTES[type]), type, row, c);
      }
      sink.addRow(first + y, row);
    }
  }
}

/** The three channels of colour, of the first layer that has them: their bytes before, in one pixel, and their type. */
function colorChannels(channels: readonly ExrHeadChannel[]): { offset: number; type: ExrHeadChannel['type'] }[] {
  let offset = 0;
  const placed = channels.map((channel) => {
    const at = offset;
    offset += EXR_SAMPLE_BYTES[channel.type];
    return { ...channel, offset: at };
  });
  const named = (end: string) =>
    placed.find(({ name }) => name === end) ?? placed.find(({ name }) => name.endsWith(`.${end}`));
  const found = ['R', 'G', 'B'].map(named);
  if (found.every((channel) => channel !== undefined)) return found;
  const luminance = named('Y');
  if (luminance && !named('RY')) return [luminance, luminance, luminance];
  throw new Error(
    `its channels are ${channels
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 80)}; R, G and B are read`,
  );
}

function copyChannel(view: DataView, type: ExrHeadChannel['type'], row: Float32Array, channel: number): void {
  const width = row.length / 3;
  for (let x = 0, o = channel; x < width; x++, o += 3) {
    row[o] =
      type === 'half'
        ? halfValue(view.getUint16(x * 2, true))
        : type === 'float'
          ? view.getFloat32(x * 4, true)
          : view.getUint32(x * 4, true);
  }
}

/** The bytes of a chunk's rows: of each row one channel after the other. */
function unpack(packed: Uint8Array, head: ExrHead, rows: number, size: number): Uint8Array {
  // A chunk that does not get smaller is kept as it is.
  if (packed.length === size) return packed;
  if (packed.length > size) throw new Error('a chunk is too long');
  switch (head.compression) {
    case 'none':
      throw new Error('a chunk is too short');
    case 'RLE':
      return joinBytes(runs(packed, size));
    case 'ZIPS':
    case 'ZIP': {
      const bytes = unzlibSync(packed, { out: new Uint8Array(size) });
      if (bytes.length !== size) throw new Error('a chunk is too short');
      return joinBytes(bytes);
    }
    case 'PIZ':
      return pizRows(packed, head, rows, size);
  }
}

/** A negative count is followed by as many bytes, another by one byte that it repeats once more than it says. */
function runs(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let written = 0;
  for (let i = 0; i < packed.length; ) {
    const count = (packed[i++]! << 24) >> 24;
    const length = count < 0 ? -count : count + 1;
    if (written + length > size || i + (count < 0 ? length : 1) > packed.length) throw new Error('a run is damaged');
    if (count < 0) out.set(packed.subarray(i, i + length), written);
    else out.fill(packed[i]!, written, written + length);
    i += count < 0 ? length : 1;
    written += length;
  }
  if (written !== size) throw new Error('a chunk is too short');
  return out;
}

/** PIZ keeps each channel of all rows together. */
function pizRows(packed: Uint8Array, { width, channels }: ExrHead, rows: number, size: number): Uint8Array {
  let start = 0;
  const planes = channels.map(({ type }) => {
    const plane = { start, columns: width, rows, words: EXR_SAMPLE_BYTES[type] / 2 };
    start += width * rows * plane.words;
    return plane;
  });
  const values = decodePiz(packed, planes, size / 2);
  const out = new Uint16Array(size / 2);
  let o = 0;
  for (let y = 0; y < rows; y++) {
    for (const { start: at, columns, words } of planes) {
      const from = at + y * columns * words;
      out.set(values.subarray(from, from + columns * words), o);
      o += columns * words;
    }
  }
  // Words of this machine are those of the file: both have the least byte first, as WebAssembly does.
  return new Uint8Array(out.buffer);
}
