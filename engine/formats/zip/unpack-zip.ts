import { Inflate } from 'fflate';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ModelLimits } from '#contracts/model/model-limits.ts';
import {
  archiveUnsafe,
  formatBytes,
  formatCount,
  formatUnsupported,
  modelMalformed,
  modelTooLarge,
} from '../errors.ts';
import type { ModelFile } from '../model-file.ts';
import { crc32 } from './crc32.ts';
import { readZipDirectory, type ZipEntry } from './zip-directory.ts';

/** Small archives of text pack better than any ratio worth refusing. */
const FREE_SIZE = 16 * 1024 ** 2;

/** Packed bytes that go into the inflater at a time; deflate grows them 1,032-fold at most. */
const STEP = 8 * 1024;

const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_SIZE = 30;

const METHODS: Record<number, string> = {
  1: 'Shrink',
  6: 'Implode',
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'xz',
  98: 'PPMd',
};

/** Files that operating systems leave in archives. */
const CLUTTER = /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)/i;

/**
 * Unpacks a zip archive into memory. Number of entries, total size and ratio are checked against the directory before
 * anything is unpacked, and again while unpacking, for directories that lie. Names must stay inside the archive.
 *
 * @throws MaquetteError `archive_unsafe` for encrypted entries, names such as `../x`, overlapping entries and
 * bombs; `model_too_large` for honest archives above a limit; `model_malformed` for damage; `format_unsupported`
 * for compression methods other than deflate
 */
export function unpackZip(archive: ModelFile, limits: ModelLimits): ModelFile[] {
  const { bytes, name } = archive;
  const entries = readZipDirectory(bytes, name, limits.archiveEntries, (count) =>
    modelTooLarge(
      name,
      `The archive has ${formatCount(count)} entries; the limit is ${formatCount(limits.archiveEntries)}.`,
      'archiveEntries',
    ),
  ).filter((entry) => !entry.isDirectory && !entry.isSymbolicLink);
  for (const entry of entries) checkName(entry, name);
  const wanted = entries.filter((entry) => !CLUTTER.test(entry.name));
  checkEntries(wanted, bytes, name, limits);
  let total = 0;
  return wanted.map((entry) => {
    const data = unpackEntry(entry, bytes, name);
    total += data.byteLength;
    if (total > limits.fileBytes) throw tooLarge(total, name, limits);
    return { name: entry.name.replace(/^(\.\/)+/, ''), bytes: data };
  });
}

function checkName(entry: ZipEntry, archive: string): void {
  const { name } = entry;
  const parts = name.split('/');
  if (name === '' || name.includes('\0') || name.startsWith('/') || /^[a-z]:/i.test(name) || parts.includes('..')) {
    throw archiveUnsafe(
      archive,
      `The archive holds an entry named "${name.slice(0, 200)}", which points outside of it.`,
      'Pack the files again with plain relative names.',
    );
  }
  if (entry.encrypted) {
    throw archiveUnsafe(
      archive,
      `The entry "${name}" of the archive is encrypted.`,
      'Pack the files again without a password.',
    );
  }
}

function checkEntries(entries: ZipEntry[], bytes: Uint8Array, archive: string, limits: ModelLimits): void {
  const names = new Set<string>();
  let total = 0;
  for (const entry of entries) {
    if (names.has(entry.name)) {
      throw archiveUnsafe(archive, `The archive holds two entries named "${entry.name}".`, 'Pack the files again.');
    }
    names.add(entry.name);
    total += entry.size;
    if (entry.method !== 0 && entry.method !== 8) {
      throw formatUnsupported(
        archive,
        `The entry "${entry.name}" of the archive is compressed with ${METHODS[entry.method] ?? `method ${entry.method}`}; Maquette unpacks deflate.`,
        'Pack the files again as a plain zip archive (deflate).',
      );
    }
  }
  if (total > FREE_SIZE && total > bytes.byteLength * limits.archiveRatio) {
    throw archiveUnsafe(
      archive,
      `The archive of ${formatBytes(bytes.byteLength)} declares ${formatBytes(total)} of content, more than ${limits.archiveRatio} times its size.`,
      'Upload the model unpacked.',
    );
  }
  if (total > limits.fileBytes) throw tooLarge(total, archive, limits);
  checkOverlap(entries, bytes.byteLength, archive);
}

/** Entries that share their packed bytes make a small file into a large one any number of times (Fifield 2019). */
function checkOverlap(entries: ZipEntry[], size: number, archive: string): void {
  const sorted = entries.toSorted((a, b) => a.offset - b.offset);
  let end = 0;
  for (const entry of sorted) {
    if (entry.offset < end) {
      throw archiveUnsafe(
        archive,
        `The entry "${entry.name}" of the archive overlaps another.`,
        'Pack the files again.',
      );
    }
    end = entry.offset + LOCAL_SIZE + entry.packedSize;
    if (end > size) throw modelMalformed(archive, `The entry "${entry.name}" lies behind the end of the archive.`);
  }
}

function unpackEntry(entry: ZipEntry, bytes: Uint8Array, archive: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = entry.offset;
  if (at + LOCAL_SIZE > bytes.byteLength || view.getUint32(at, true) !== LOCAL_SIGNATURE) {
    throw damaged(entry, archive, 'its header is missing');
  }
  const start = at + LOCAL_SIZE + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  const end = start + entry.packedSize;
  if (end > bytes.byteLength) throw damaged(entry, archive, 'its end is missing');
  const packed = bytes.subarray(start, end);
  const data = entry.method === 0 ? packed.slice() : inflate(packed, entry, archive);
  if (data.byteLength !== entry.size)
    throw damaged(entry, archive, `it has ${formatCount(data.byteLength)} bytes instead of ${formatCount(entry.size)}`);
  if (crc32(data) !== entry.crc32) throw damaged(entry, archive, 'its checksum is wrong');
  return data;
}

/** Step by step, so that an entry with more than it declared is stopped at once. */
function inflate(packed: Uint8Array, entry: ZipEntry, archive: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const inflater = new Inflate((chunk) => {
    length += chunk.byteLength;
    if (length > entry.size) {
      throw archiveUnsafe(
        archive,
        `The entry "${entry.name}" of the archive holds more than the ${formatBytes(entry.size)} that it declares.`,
        'Pack the files again.',
      );
    }
    chunks.push(chunk);
  });
  try {
    for (let at = 0; at < packed.byteLength || at === 0; at += STEP) {
      inflater.push(packed.subarray(at, at + STEP), at + STEP >= packed.byteLength);
    }
  } catch (cause) {
    if (cause instanceof MaquetteError) throw cause;
    throw damaged(entry, archive, 'its compressed data is damaged', cause);
  }
  const out = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    out.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return out;
}

function damaged(entry: ZipEntry, archive: string, reason: string, cause?: unknown): MaquetteError {
  return modelMalformed(
    `${archive}/${entry.name}`,
    `The entry "${entry.name}" of the archive cannot be unpacked: ${reason}.`,
    'Pack the files again, or upload the archive again if the transfer was cut off.',
    cause,
  );
}

function tooLarge(total: number, archive: string, limits: ModelLimits): MaquetteError {
  return modelTooLarge(
    archive,
    `The archive holds ${formatBytes(total)}; the limit is ${formatBytes(limits.fileBytes)}.`,
    'fileBytes',
  );
}
