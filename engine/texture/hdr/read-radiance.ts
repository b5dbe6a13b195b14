import type { PanoramaSink, PictureSize } from './panorama-sink.ts';
import { RGBE_SCALE } from './rgbe.ts';

/** What the head of a Radiance picture says. */
export interface RadianceHeader extends PictureSize {
  /** First byte of the pixels. */
  start: number;
  /** Rows come from the bottom, columns from the right. */
  flipY: boolean;
  flipX: boolean;
}

const MAGIC = /^#\?[A-Z]+$/;
/** Longest head that is looked through. */
const MOST_HEAD = 65536;
/** Widths that the scanline encoding of 1991 can express. */
const RLE_WIDTHS = [8, 32767] as const;

/** Whether the bytes begin as a Radiance picture does. */
export function isRadiance(bytes: Uint8Array): boolean {
  return bytes[0] === 0x23 && bytes[1] === 0x3f;
}

/**
 * Reads the head of a Radiance picture (.hdr; Ward, "Real pixels", 1991): variables, an empty line, and the resolution.
 * Exposure and primaries are not applied, as no other reader does.
 *
 * @throws Error that says what is wrong with it.
 */
export function readRadianceHeader(bytes: Uint8Array): RadianceHeader {
  let position = 0;
  const line = (): string => {
    const end = bytes.subarray(0, MOST_HEAD).indexOf(10, position);
    if (end < 0) throw new Error('its head has no end');
    const text = String.fromCharCode(...bytes.subarray(position, Math.min(end, position + 1024)));
    position = end + 1;
    return text.replace(/\r$/, '');
  };
  if (!MAGIC.test(line())) throw new Error('it does not begin with #?RADIANCE');
  for (let text = line(); text !== ''; text = line()) {
    const format = /^FORMAT=(.*)$/.exec(text)?.[1]?.trim();
    if (format !== undefined && format !== '32-bit_rle_rgbe')
      throw new Error(`its pixels are ${format.slice(0, 40)}; 32-bit_rle_rgbe is understood`);
  }
  const resolution = /^([+-])Y (\d{1,6}) ([+-])X (\d{1,6})$/.exec(line());
  if (!resolution) throw new Error('its resolution is not of the form -Y HEIGHT +X WIDTH');
  const [, y, height, x, width] = resolution;
  return { width: Number(width), height: Number(height), start: position, flipY: y === '+', flipX: x === '-' };
}

/**
 * Reads the pixels of a Radiance picture, flat or run-length encoded either way, row by row into `sink`.
 *
 * @throws Error that says what is wrong, for files that are cut off or damaged.
 */
export function readRadiance(bytes: Uint8Array, header: RadianceHeader, sink: PanoramaSink): void {
  const { width, height, flipX, flipY } = header;
  const rgbe = new Uint8Array(width * 4);
  const row = new Float32Array(width * 3);
  let position = header.start;
  for (let y = 0; y < height; y++) {
    position = readScanline(bytes, position, rgbe, width, y);
    for (let x = 0; x < width; x++) {
      const from = (flipX ? width - 1 - x : x) * 4;
      const s = RGBE_SCALE[rgbe[from + 3]!]!;
      row[x * 3] = rgbe[from]! * s;
      row[x * 3 + 1] = rgbe[from + 1]! * s;
      row[x * 3 + 2] = rgbe[from + 2]! * s;
    }
    sink.addRow(flipY ? height - 1 - y : y, row);
  }
}

/** Decodes one row to interleaved RGBE; returns the position behind it. */
function readScanline(bytes: Uint8Array, start: number, out: Uint8Array, width: number, y: number): number {
  const separate =
    width >= RLE_WIDTHS[0] &&
    width <= RLE_WIDTHS[1] &&
    bytes[start] === 2 &&
    bytes[start + 1] === 2 &&
    bytes[start + 2]! < 128;
  if (!separate) return readPixels(bytes, start, out, width, y);
  if (((bytes[start + 2]! << 8) | bytes[start + 3]!) !== width) throw new Error(`row ${y} has another length`);
  let position = start + 4;
  for (let channel = 0; channel < 4; channel++) {
    for (let x = 0; x < width; ) {
      const count = bytes[position++];
      if (count === undefined) throw new Error(`it ends within row ${y}`);
      const run = count > 128;
      const length = run ? count - 128 : count;
      if (length === 0 || x + length > width) throw new Error(`row ${y} is damaged`);
      if (position + (run ? 1 : length) > bytes.length) throw new Error(`it ends within row ${y}`);
      for (let k = 0; k < length; k++, x++) out[x * 4 + channel] = bytes[run ? position : position + k]!;
      position += run ? 1 : length;
    }
  }
  return position;
}

/** A row of plain pixels; three ones and a count repeat the last (the encoding before 1991). */
function readPixels(bytes: Uint8Array, start: number, out: Uint8Array, width: number, y: number): number {
  let position = start;
  let shift = 0;
  for (let x = 0; x < width; position += 4) {
    if (position + 4 > bytes.length) throw new Error(`it ends within row ${y}`);
    const [r, g, b, e] = [bytes[position]!, bytes[position + 1]!, bytes[position + 2]!, bytes[position + 3]!];
    if (r === 1 && g === 1 && b === 1) {
      const length = e << shift;
      if (x === 0 || x + length > width || shift > 16) throw new Error(`row ${y} is damaged`);
      for (let k = 0; k < length; k++, x++) out.copyWithin(x * 4, (x - 1) * 4, x * 4);
      shift += 8;
    } else {
      out.set([r, g, b, e], x * 4);
      x++;
      shift = 0;
    }
  }
  return position;
}
