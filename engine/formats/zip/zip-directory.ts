import { formatCount, modelMalformed } from '../errors.ts';
import { decodeCp437 } from './cp437.ts';
import { crc32 } from './crc32.ts';

/** One entry of the central directory of a zip archive. */
export interface ZipEntry {
  name: string;
  /** 0 stored, 8 deflated. */
  method: number;
  encrypted: boolean;
  /** As declared; checked while unpacking. */
  crc32: number;
  packedSize: number;
  size: number;
  /** Where the local header begins, from the start of the file. */
  offset: number;
  isDirectory: boolean;
  isSymbolicLink: boolean;
}

const END_SIGNATURE = 0x06054b50;
const END_SIZE = 22;
const END64_LOCATOR_SIGNATURE = 0x07064b50;
const END64_SIGNATURE = 0x06064b50;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_SIZE = 46;
const MAX_COMMENT = 65535;

/**
 * Reads the central directory of a zip archive (PKWARE APPNOTE 6.3, sections 4.3.12 to 4.3.16, Zip64 included)
 * without unpacking anything. Data in front of the archive is allowed.
 *
 * @param maxEntries more entries are an error of the caller's making, through `tooMany`
 * @throws MaquetteError `model_malformed` for an archive without a readable directory
 */
export function readZipDirectory(
  bytes: Uint8Array,
  name: string,
  maxEntries: number,
  tooMany: (count: number) => Error,
): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  if (end < 0) throw modelMalformed(name, 'The zip archive has no directory at its end: it is cut off or damaged.');
  let count = view.getUint16(end + 10, true);
  let size = view.getUint32(end + 12, true);
  let declared = view.getUint32(end + 16, true);
  let directoryEnd = end;
  const end64 = findEnd64(view, end);
  if (end64 >= 0) {
    count = Number(view.getBigUint64(end64 + 32, true));
    size = Number(view.getBigUint64(end64 + 40, true));
    declared = Number(view.getBigUint64(end64 + 48, true));
    directoryEnd = end64;
  }
  if (count > maxEntries) throw tooMany(count);
  const start = directoryEnd - size;
  const shift = start - declared;
  if (start < 0 || shift < 0 || count * ENTRY_SIZE > size) {
    throw modelMalformed(
      name,
      `The directory of the zip archive (${formatCount(count)} entries) lies outside the file.`,
    );
  }
  const entries: ZipEntry[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_SIZE > directoryEnd || view.getUint32(at, true) !== ENTRY_SIGNATURE) {
      throw modelMalformed(
        `${name} at byte ${at}`,
        `Entry ${i + 1} of ${count} in the directory of the zip archive is damaged.`,
      );
    }
    const { entry, length } = readEntry(view, bytes, at, shift);
    at += length;
    if (at > directoryEnd)
      throw modelMalformed(`${name} at byte ${at}`, 'The directory of the zip archive is cut off.');
    entries.push(entry);
  }
  return entries;
}

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - END_SIZE - MAX_COMMENT);
  for (let at = view.byteLength - END_SIZE; at >= lowest; at--) {
    if (view.getUint32(at, true) === END_SIGNATURE) return at;
  }
  return -1;
}

function findEnd64(view: DataView, end: number): number {
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== END64_LOCATOR_SIGNATURE) return -1;
  // The record stands right before the locator unless it has extensible data, which no writer makes.
  const at = locator - 56;
  return at >= 0 && view.getUint32(at, true) === END64_SIGNATURE ? at : -1;
}

function readEntry(view: DataView, bytes: Uint8Array, at: number, shift: number): { entry: ZipEntry; length: number } {
  const flags = view.getUint16(at + 8, true);
  const nameLength = view.getUint16(at + 28, true);
  const extraLength = view.getUint16(at + 30, true);
  const commentLength = view.getUint16(at + 32, true);
  const length = ENTRY_SIZE + nameLength + extraLength + commentLength;
  const host = view.getUint8(at + 5);
  const mode = view.getUint32(at + 38, true) >>> 16;
  const stored = bytes.subarray(at + ENTRY_SIZE, at + ENTRY_SIZE + nameLength);
  const extraStart = at + ENTRY_SIZE + nameLength;
  const extraEnd = Math.min(extraStart + extraLength, view.byteLength);
  const name = unicodePath(view, bytes, extraStart, extraEnd, stored) ?? decodeName(stored, (flags & 0x800) !== 0);
  const entry: ZipEntry = {
    name: name.replaceAll('\\', '/'),
    method: view.getUint16(at + 10, true),
    encrypted: (flags & 1) !== 0,
    crc32: view.getUint32(at + 16, true),
    packedSize: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    offset: view.getUint32(at + 42, true),
    isDirectory: /[/\\]$/.test(name),
    isSymbolicLink: host === 3 && (mode & 0xf000) === 0xa000,
  };
  applyZip64(view, extraStart, extraEnd, entry);
  entry.offset += shift;
  return { entry, length };
}

/** The Zip64 extra field holds, in this order, those of the values that are all ones in the entry. */
function applyZip64(view: DataView, start: number, end: number, entry: ZipEntry): void {
  for (let at = start; at + 4 <= end; ) {
    const id = view.getUint16(at, true);
    const next = at + 4 + view.getUint16(at + 2, true);
    if (id === 1 && next <= end) {
      let field = at + 4;
      for (const key of ['size', 'packedSize', 'offset'] as const) {
        if (entry[key] !== 0xffffffff || field + 8 > next) continue;
        entry[key] = Number(view.getBigUint64(field, true));
        field += 8;
      }
      return;
    }
    at = next;
  }
}

/**
 * The name in UTF-8 that some programs store beside the one in the code page of their machine (Info-ZIP Unicode Path
 * Extra Field, APPNOTE 4.6.9), if it belongs to the name that is there.
 */
function unicodePath(view: DataView, bytes: Uint8Array, start: number, end: number, stored: Uint8Array): string | null {
  for (let at = start; at + 4 <= end; ) {
    const size = view.getUint16(at + 2, true);
    const isPath = view.getUint16(at, true) === 0x7075 && size > 5 && at + 4 + size <= end;
    if (isPath && view.getUint8(at + 4) === 1 && view.getUint32(at + 5, true) === crc32(stored))
      return decodeName(bytes.subarray(at + 9, at + 4 + size), true);
    at += 4 + size;
  }
  return null;
}

/** UTF-8 where the flag says so or the bytes are valid UTF-8, else the code page that the format began with. */
function decodeName(bytes: Uint8Array, isUtf8: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal: !isUtf8 }).decode(bytes);
  } catch {
    return decodeCp437(bytes);
  }
}
