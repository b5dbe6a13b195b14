import { zlibSync } from 'fflate';
import { PNG_SIGNATURE, pngChunk } from '#engine/formats/textures/png-chunk.ts';

/** Samples of a picture, rows from the top: eight or sixteen bits, as the array is. */
export interface PngImage {
  width: number;
  height: number;
  /** Grey, or RGBA with alpha not premultiplied. */
  channels: 1 | 4;
  data: Uint8Array | Uint16Array;
}

const COLOR_TYPES = { 1: 0, 4: 6 } as const;
const FILTER_UP = 2;

/** Writes a PNG file of exactly these samples: no colour is converted, and the same samples give the same bytes. */
export function writePng({ width, height, channels, data }: PngImage): Uint8Array {
  const bytes = data.BYTES_PER_ELEMENT;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bytes * 8;
  header[9] = COLOR_TYPES[channels];
  const rowBytes = width * channels * bytes;
  const rows = new Uint8Array((rowBytes + 1) * height);
  let before = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    const row = bigEndian(data.subarray(y * width * channels, (y + 1) * width * channels));
    const to = y * (rowBytes + 1);
    rows[to] = FILTER_UP;
    for (let i = 0; i < rowBytes; i++) rows[to + 1 + i] = row[i]! - before[i]!;
    before = row;
  }
  return Buffer.concat([
    PNG_SIGNATURE,
    pngChunk('IHDR', header),
    pngChunk('IDAT', zlibSync(rows, { level: 4 })),
    pngChunk('IEND', new Uint8Array(0)),
  ]);
}

function bigEndian(row: Uint8Array | Uint16Array): Uint8Array<ArrayBuffer> {
  if (row instanceof Uint8Array) return Uint8Array.from(row);
  const bytes = new Uint8Array(row.length * 2);
  row.forEach((value, i) => {
    bytes[i * 2] = value >> 8;
    bytes[i * 2 + 1] = value & 255;
  });
  return bytes;
}
