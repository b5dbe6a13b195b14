import { toUtf8 } from './decode-text.ts';
import { type ImportProgress, NO_PROGRESS } from './import-progress.ts';
import { headOf, type ModelFile } from './model-file.ts';

/** Read at a time: little enough to stay in the cache of a processor. */
const BLOCK_BYTES = 1 << 20;

const LF = 0x0a;
const CR = 0x0d;
const BACKSLASH = 0x5c;

/**
 * A text file as UTF-8 in blocks of whole lines, those that a backslash continues counting as one. A block is valid
 * until the next one is asked for. A file in memory is one block.
 *
 * @param progress told when a block was taken
 * @param blockBytes how much is read at a time; a longer line is read as a whole
 */
export function* wholeLines(
  file: ModelFile,
  progress: ImportProgress = NO_PROGRESS,
  blockBytes = BLOCK_BYTES,
): Generator<Uint8Array, void, undefined> {
  const head = headOf(file, 256);
  const plain = toUtf8(head);
  // A text that is not UTF-8 already is converted as a whole.
  if (!file.parts || plain.buffer !== head.buffer) {
    yield toUtf8(file.bytes);
    return;
  }
  const { parts } = file;
  let position = head.byteLength - plain.byteLength;
  let buffer = new Uint8Array(Math.min(blockBytes, parts.byteLength + 1));
  let filled = 0;
  for (;;) {
    const read = parts.read(buffer.subarray(filled), position);
    position += read;
    filled += read;
    if (read === 0) break;
    const end = endOfLines(buffer, filled);
    if (end > 0) {
      yield buffer.subarray(0, end);
      progress(position / parts.byteLength);
      buffer.copyWithin(0, end, filled);
      filled -= end;
    }
    if (filled === buffer.byteLength) {
      const larger = new Uint8Array(buffer.byteLength * 2);
      larger.set(buffer);
      buffer = larger;
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

/** Behind the last line end among the first `length` bytes that ends a line; 0 without one. */
function endOfLines(bytes: Uint8Array, length: number): number {
  for (let at = length - 1; at >= 0; at--) {
    const byte = bytes[at];
    // A carriage return at the very end may be half of a line end.
    if (byte !== LF && !(byte === CR && at + 1 < length && bytes[at + 1] !== LF)) continue;
    const before = byte === LF && bytes[at - 1] === CR ? at - 2 : at - 1;
    if (bytes[before] !== BACKSLASH) return at + 1;
  }
  return 0;
}
