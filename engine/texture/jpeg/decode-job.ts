import type { JpegFile } from './jpeg-file.ts';
import * as J from './kernel/layout.ts';

const aligned = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** What lies behind the texels of an image until it is decoded, from its start. */
function partsOf({ width, across, data }: JpegFile): { source: number; scratch: number; end: number } {
  const source = aligned(J.JOB_BYTES);
  const scratch = source + aligned(data.length + J.SOURCE_PAD);
  const unit = 8 * across;
  const stride = Math.ceil(width / unit) * unit + J.ROW_PAD;
  return { source, scratch, end: scratch + J.ROWS + J.ROW_COUNT * stride };
}

/** Bytes of an image's texels, RGB, with what is overwritten behind them. */
const texelBytes = ({ width, height }: JpegFile) => aligned(width * height * 3 + 32);

/** Bytes of memory that an image takes while it is decoded: its texels, and behind them what the decoder works on. */
export function decodingBytes(file: JpegFile): number {
  return texelBytes(file) + partsOf(file).end;
}

/**
 * Writes what the decoder needs to know behind the place of the texels.
 *
 * @param target Where the texels will lie: `width × height × 3` bytes, RGB, rows from the top. A multiple of 64, with
 * `decodingBytes` of memory from there on.
 * @returns the address that the decoder's `decode` takes
 */
export function writeDecodeJob(memory: WebAssembly.Memory, target: number, file: JpegFile): number {
  const job = target + texelBytes(file);
  const { source, scratch } = partsOf(file);
  const view = new DataView(memory.buffer, job, J.JOB_BYTES);
  const fields = [
    [J.JOB_TARGET, target],
    [J.JOB_WIDTH, file.width],
    [J.JOB_HEIGHT, file.height],
    [J.JOB_ACROSS, file.across],
    [J.JOB_DOWN, file.down],
    [J.JOB_SOURCE, job + source],
    [J.JOB_LENGTH, file.data.length],
    [J.JOB_SCRATCH, job + scratch],
  ] as const;
  for (const [field, value] of fields) view.setUint32(field, value, true);
  const bytes = new Uint8Array(memory.buffer);
  file.quantisation.forEach((table, i) => {
    table.forEach((factor, k) => {
      view.setUint16(J.JOB_QUANTISATION + i * 128 + k * 2, factor, true);
    });
  });
  file.huffman.forEach((codes, i) => {
    bytes.set(codes, job + J.JOB_HUFFMAN + i * J.HUFFMAN_BYTES);
  });
  bytes.set(file.data, job + source);
  return job;
}
