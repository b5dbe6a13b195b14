import type { ExportedFile } from '../exported-model.ts';
import { crc32 } from '../zip/crc32.ts';

const ALIGNMENT = 64;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
/** Tag of an extra field that nobody reads; its content is what aligns the data. */
const PADDING_TAG = 0x1986;
/** 1 January 1980, the earliest that zip can say. */
const DATE = 0x21;

/**
 * Packs files as a USDZ (USDZ file format specification 1.3): a zip archive in which nothing is compressed and every
 * file's data begins at a multiple of 64 bytes, so that it can be used in place. The first file is the root layer.
 */
export function packageUsdz(files: readonly ExportedFile[]): Uint8Array<ArrayBuffer> {
  const entries: { name: Uint8Array; bytes: Uint8Array; extra: number; offset: number; crc: number }[] = [];
  let at = 0;
  for (const { path, bytes } of files) {
    const name = new TextEncoder().encode(path);
    const free = at + LOCAL_BYTES + name.length;
    let extra = (ALIGNMENT - (free % ALIGNMENT)) % ALIGNMENT;
    // An extra field has a header of four bytes.
    if (extra > 0 && extra < 4) extra += ALIGNMENT;
    entries.push({ name, bytes, extra, offset: at, crc: crc32(bytes) });
    at = free + extra + bytes.length;
  }
  const directory = entries.reduce((sum, { name }) => sum + CENTRAL_BYTES + name.length, 0);
  const out = new Uint8Array(at + directory + END_BYTES);
  const view = new DataView(out.buffer);
  let central = at;
  for (const { name, bytes, extra, offset, crc } of entries) {
    view.setUint32(offset, 0x04034b50, true);
    writeSizes(view, offset + 4, name.length, bytes.length, crc);
    view.setUint16(offset + 28, extra, true);
    out.set(name, offset + LOCAL_BYTES);
    if (extra > 0) {
      view.setUint16(offset + LOCAL_BYTES + name.length, PADDING_TAG, true);
      view.setUint16(offset + LOCAL_BYTES + name.length + 2, extra - 4, true);
    }
    out.set(bytes, offset + LOCAL_BYTES + name.length + extra);
    view.setUint32(central, 0x02014b50, true);
    view.setUint16(central + 4, 20, true);
    writeSizes(view, central + 6, name.length, bytes.length, crc);
    view.setUint32(central + 42, offset, true);
    out.set(name, central + CENTRAL_BYTES);
    central += CENTRAL_BYTES + name.length;
  }
  view.setUint32(central, 0x06054b50, true);
  view.setUint16(central + 8, entries.length, true);
  view.setUint16(central + 10, entries.length, true);
  view.setUint32(central + 12, directory, true);
  view.setUint32(central + 16, at, true);
  return out;
}

/** What local headers and the directory hold alike: version 2.0, names in UTF-8, stored, date, checksum, sizes. */
function writeSizes(view: DataView, at: number, nameLength: number, size: number, crc: number): void {
  view.setUint16(at, 20, true);
  view.setUint16(at + 2, 0x0800, true);
  view.setUint16(at + 8, DATE, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, nameLength, true);
}
