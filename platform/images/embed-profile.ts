import { zlibSync } from 'fflate';
import { pngChunk } from '#engine/formats/textures/png-chunk.ts';

/** Formats whose files take a profile by inserting it. AVIF is written with one at once. */
export type ContainerFormat = 'png' | 'jpg' | 'webp';

/**
 * The encoded picture with an ICC profile in it. Its pixels stay as they are: the profile says what they mean.
 *
 * @throws RangeError when `file` is not of the format.
 */
export function embedProfile(file: Uint8Array, format: ContainerFormat, profile: Uint8Array): Uint8Array {
  switch (format) {
    case 'png':
      return intoPng(file, profile);
    case 'jpg':
      return intoJpeg(file, profile);
    case 'webp':
      return intoWebp(file, profile);
    default:
      return format satisfies never;
  }
}

/** An `iCCP` chunk behind the header (PNG, 11.3.2.3). */
function intoPng(file: Uint8Array, profile: Uint8Array): Uint8Array {
  const afterHeader = 8 + 25;
  if (ascii(file, 12, 4) !== 'IHDR') throw new RangeError('no PNG file');
  // fflate rather than zlib, whose output differs between versions.
  const data = Buffer.concat([Buffer.from('icc\0\0', 'latin1'), zlibSync(profile, { level: 9 })]);
  return Buffer.concat([file.subarray(0, afterHeader), pngChunk('iCCP', data), file.subarray(afterHeader)]);
}

/** An APP2 segment behind the JFIF segment (ICC.1, annex B.4). */
function intoJpeg(file: Uint8Array, profile: Uint8Array): Uint8Array {
  if (file[0] !== 0xff || file[1] !== 0xd8) throw new RangeError('no JPEG file');
  const hasJfif = file[2] === 0xff && file[3] === 0xe0;
  const at = hasJfif ? 4 + (((file[4] ?? 0) << 8) | (file[5] ?? 0)) : 2;
  const name = Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1');
  const head = Buffer.from([0xff, 0xe2, 0, 0]);
  head.writeUInt16BE(2 + name.length + profile.length, 2);
  return Buffer.concat([file.subarray(0, at), head, name, profile, file.subarray(at)]);
}

const HAS_PROFILE = 0x20;
const HAS_ALPHA = 0x10;

/** An `ICCP` chunk in the extended layout, which a simple file is brought into (RFC 9649, 2.7). */
function intoWebp(file: Uint8Array, profile: Uint8Array): Uint8Array {
  if (ascii(file, 0, 4) !== 'RIFF' || ascii(file, 8, 4) !== 'WEBP') throw new RangeError('no WebP file');
  const kind = ascii(file, 12, 4);
  const body = Buffer.from(file.subarray(12));
  const icc = riffChunk('ICCP', profile);
  if (kind === 'VP8X') {
    body[8] = (body[8] ?? 0) | HAS_PROFILE;
    return riff([body.subarray(0, 18), icc, body.subarray(18)]);
  }
  const { width, height, alpha } = webpSize(body, kind);
  const extended = Buffer.alloc(10);
  extended[0] = HAS_PROFILE | (alpha ? HAS_ALPHA : 0);
  extended.writeUIntLE(width - 1, 4, 3);
  extended.writeUIntLE(height - 1, 7, 3);
  return riff([riffChunk('VP8X', extended), icc, body]);
}

/** Size of a simple WebP picture; `chunk` begins with the chunk's name. */
function webpSize(chunk: Buffer, kind: string): { width: number; height: number; alpha: boolean } {
  if (kind === 'VP8L') {
    const bits = chunk.readUInt32LE(9);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, alpha: ((bits >>> 28) & 1) === 1 };
  }
  if (kind !== 'VP8 ') throw new RangeError(`WebP: unknown chunk ${kind}`);
  return { width: chunk.readUInt16LE(14) & 0x3fff, height: chunk.readUInt16LE(16) & 0x3fff, alpha: false };
}

function riffChunk(name: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(8 + data.length + (data.length & 1));
  chunk.write(name, 0, 'latin1');
  chunk.writeUInt32LE(data.length, 4);
  chunk.set(data, 8);
  return chunk;
}

function riff(chunks: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...chunks]);
  return riffChunk('RIFF', body);
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
