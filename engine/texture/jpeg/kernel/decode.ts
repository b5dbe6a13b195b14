// Entry of the decoder: baseline JPEG with Huffman codes (ITU-T T.81), three components in one scan, to RGB. It gives what
// libjpeg and libjpeg-turbo give by default, to the byte. It decodes what its host has found to be of this kind, and
// leaves everything that is out of order to a decoder that knows what to make of it.

import { isAtEnd, isWithin, openStream } from './bits';
import { readBlock, resetBlocks } from './block';
import { widen, writeRow } from './colour';
import { buildTable } from './huffman';
import {
  HUFFMAN_BYTES, JOB_ACROSS, JOB_DOWN, JOB_HEIGHT, JOB_HUFFMAN, JOB_LENGTH, JOB_QUANTISATION, JOB_SCRATCH, JOB_SOURCE,
  JOB_TARGET, JOB_WIDTH, ORDER, ROW_CHROMA, ROW_LUMA, ROW_PAD, ROW_SUMS, ROW_WIDENED, ROWS, ROWS_OF_CHROMA, TABLE_BYTES,
  TABLES,
} from './layout';

/** The job that is being worked on. */
let job: usize = 0, scratch: usize = 0, rows: usize = 0, stride: usize = 0;
let width: i32 = 0, height: i32 = 0, across: i32 = 1, down: i32 = 1, columns: i32 = 0;
/** Rows of blocks that are kept: rows of chroma that are halved take their neighbours. */
let kept: i32 = 1;

/** Decodes the image of a job. False when the data are not in order; what has been written then means nothing. */
export function decode(at: usize): bool {
  job = at;
  scratch = load<u32>(at, JOB_SCRATCH);
  width = load<i32>(at, JOB_WIDTH);
  height = load<i32>(at, JOB_HEIGHT);
  across = load<i32>(at, JOB_ACROSS);
  down = load<i32>(at, JOB_DOWN);
  kept = down == 2 ? 3 : 1;
  columns = (width + 8 * across - 1) / (8 * across);
  stride = <usize>(columns * 8 * across + ROW_PAD);
  rows = scratch + ROWS;
  writeOrder(scratch + ORDER);
  for (let i: usize = 0; i < 4; i++) {
    const spec = at + JOB_HUFFMAN + i * HUFFMAN_BYTES;
    if (!buildTable(scratch + TABLES + i * TABLE_BYTES, spec, (i & 1) == 1)) return false;
  }
  if (!openStream(load<u32>(at, JOB_SOURCE), load<u32>(at, JOB_LENGTH))) return false;
  resetBlocks();
  const bands = (height + 8 * down - 1) / (8 * down);
  for (let band = 0; band < bands; band++) {
    if (!readBand(band) || !isWithin()) return false;
    // Its last row waits for the next band.
    if (kept == 1) writeBand(band);
    else if (band > 0) writeBand(band - 1);
  }
  if (kept > 1) writeBand(bands - 1);
  return isAtEnd();
}

/** Where the coefficients lie in a block, in the order of the file (figure A.6). */
function writeOrder(to: usize): void {
  let x = 0, y = 0;
  for (let i = 0; i < 64; i++) {
    store<u8>(to + i, <u8>(y * 8 + x));
    if (((x + y) & 1) == 0) {
      if (x == 7) y++;
      else {
        x++;
        if (y > 0) y--;
      }
    } else if (y == 7) x++;
    else {
      y++;
      if (x > 0) x--;
    }
  }
}

/** A row of luma (0), Cb (1) or Cr (2) by its number in the image. */
// @ts-ignore: decorator
@inline
function rowOf(component: i32, y: i32): usize {
  const ring = component == 0 ? 8 * down * kept : 8 * kept;
  const first = component == 0 ? ROW_LUMA : ROW_CHROMA + (component - 1) * ROWS_OF_CHROMA;
  return rows + <usize>(first + y % ring) * stride;
}

/** Reads the samples of a row of minimum coded units. */
function readBand(band: i32): bool {
  const quantisation = job + JOB_QUANTISATION, spec = job + JOB_HUFFMAN, table = scratch + TABLES;
  const chroma = table + 2 * TABLE_BYTES, chromaSpec = spec + 2 * HUFFMAN_BYTES;
  const luma = rowOf(0, band * 8 * down), cb = rowOf(1, band * 8), cr = rowOf(2, band * 8);
  for (let column = 0; column < columns; column++) {
    for (let y = 0; y < down; y++) {
      for (let x = 0; x < across; x++) {
        const to = luma + <usize>(y * 8) * stride + <usize>((column * across + x) * 8);
        if (!readBlock(0, scratch, table, spec, quantisation, to, stride)) return false;
      }
    }
    const at = <usize>(column * 8);
    if (!readBlock(1, scratch, chroma, chromaSpec, quantisation + 128, cb + at, stride)) return false;
    if (!readBlock(2, scratch, chroma, chromaSpec, quantisation + 256, cr + at, stride)) return false;
  }
  return true;
}

/** Writes the rows of a band as RGB. */
function writeBand(band: i32): void {
  const end = min(height, (band + 1) * 8 * down), target = <usize>load<u32>(job, JOB_TARGET);
  const count = (width + across - 1) / across, last = (height + down - 1) / down - 1;
  const sums = rows + <usize>ROW_SUMS * stride;
  for (let y = band * 8 * down; y < end; y++) {
    let cb = rowOf(1, down == 2 ? y >> 1 : y), cr = rowOf(2, down == 2 ? y >> 1 : y);
    if (across == 2) {
      const beside = down == 1 ? y : max(0, min(last, (y >> 1) + ((y & 1) << 1) - 1));
      const wideCb = rows + <usize>ROW_WIDENED * stride, wideCr = wideCb + stride;
      widen(cb, rowOf(1, beside), count, sums, wideCb, down == 2);
      widen(cr, rowOf(2, beside), count, sums, wideCr, down == 2);
      cb = wideCb;
      cr = wideCr;
    }
    writeRow(rowOf(0, y), cb, cr, target + <usize>y * <usize>width * 3, width);
  }
}
