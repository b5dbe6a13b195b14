/** What the first bytes of an image say. */
export interface ImageHeader {
  mimeType: string;
  /** In pixels; 0 where the header is damaged. */
  width: number;
  height: number;
  /** KTX2 only: mip levels with their stored sizes, and whether the data is block-compressed or supercompressed Basis. */
  ktx2?: Ktx2Header;
}

export interface Ktx2Header {
  /** `VkFormat` number; 0 for Basis Universal. */
  vkFormat: number;
  /** KHR data format colour model: 163 is ETC1S, 166 is UASTC. */
  colorModel: number;
  supercompression: number;
  /** Number of channels' samples in the data format descriptor; ETC1S with alpha has 2, without 1. */
  samples: number;
  layers: number;
  faces: number;
  /** Bytes of each level as they lie in memory without supercompression; 0 where the file does not say (Basis LZ). */
  levelBytes: number[];
  levels: number;
}

/**
 * Recognises an image by its content and reads its size, without decoding. Never throws: damaged headers give width
 * and height 0. Null for bytes that are no known image.
 *
 * PNG (ISO 15948), JPEG (ITU-T T.81), WebP (RFC 9649), AVIF/HEIF (ISO 23008-12), KTX 2.0, GIF, BMP.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return png(view);
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return jpeg(view);
  if (text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 4) === 'WEBP') return webp(view, bytes);
  if (startsWith(bytes, [0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb])) return ktx2(view);
  if (text(bytes, 4, 4) === 'ftyp') return heif(view, bytes);
  if (text(bytes, 0, 4) === 'GIF8')
    return sized('image/gif', view, 10, () => [view.getUint16(6, true), view.getUint16(8, true)]);
  if (text(bytes, 0, 2) === 'BM' && bytes.length > 26 && view.getUint32(14, true) <= 124) {
    return sized('image/bmp', view, 26, () => [view.getInt32(18, true), Math.abs(view.getInt32(22, true))]);
  }
  if (text(bytes, 0, 4) === 'DDS ') {
    return sized('image/vnd-ms.dds', view, 20, () => [view.getUint32(16, true), view.getUint32(12, true)]);
  }
  return null;
}

function sized(mimeType: string, view: DataView, needed: number, read: () => [number, number]): ImageHeader {
  if (view.byteLength < needed) return { mimeType, width: 0, height: 0 };
  const [width, height] = read();
  return { mimeType, width: Math.max(0, width), height: Math.max(0, height) };
}

function png(view: DataView): ImageHeader {
  // Apple's optimised PNGs put a CgBI chunk before IHDR.
  const shift = view.byteLength >= 40 && view.getUint32(12, false) === 0x43674249 ? 16 : 0;
  const isHeader = view.byteLength >= 16 + shift && view.getUint32(12 + shift, false) === 0x49484452;
  if (!isHeader || !reachesData(view)) return { mimeType: 'image/png', width: 0, height: 0 };
  return sized('image/png', view, 24 + shift, () => [
    view.getUint32(16 + shift, false),
    view.getUint32(20 + shift, false),
  ]);
}

/** Whether the chunks of a PNG lead to its first data chunk: without one there is no picture. */
function reachesData(view: DataView): boolean {
  for (let at = 8; at + 8 <= view.byteLength; at += 12 + view.getUint32(at, false)) {
    if (view.getUint32(at + 4, false) === 0x49444154) return true;
  }
  return false;
}

function jpeg(view: DataView): ImageHeader {
  let offset = 2;
  while (offset + 9 <= view.byteLength) {
    // Some decoders look for the next marker from here; others, the glTF validator among them, give up.
    if (view.getUint8(offset) !== 0xff) break;
    const marker = view.getUint8(offset + 1);
    if (marker === 0xff) {
      offset++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      return {
        mimeType: 'image/jpeg',
        width: view.getUint16(offset + 7, false),
        height: view.getUint16(offset + 5, false),
      };
    }
    if (marker === 0xda || marker === 0xd9) break;
    const standalone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    offset += 2 + (standalone ? 0 : view.getUint16(offset + 2, false));
  }
  return { mimeType: 'image/jpeg', width: 0, height: 0 };
}

function webp(view: DataView, bytes: Uint8Array): ImageHeader {
  const mimeType = 'image/webp';
  switch (text(bytes, 12, 4)) {
    case 'VP8 ':
      return sized(mimeType, view, 30, () => [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff]);
    case 'VP8L':
      return sized(mimeType, view, 25, () => {
        const bits = view.getUint32(21, true);
        return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
      });
    case 'VP8X':
      return sized(mimeType, view, 30, () => [
        1 + (view.getUint16(24, true) | (view.getUint8(26) << 16)),
        1 + (view.getUint16(27, true) | (view.getUint8(29) << 16)),
      ]);
    default:
      return { mimeType, width: 0, height: 0 };
  }
}

/** Takes the largest `ispe` (image spatial extents) property of the file; tiles and thumbnails have smaller ones. */
function heif(view: DataView, bytes: Uint8Array): ImageHeader | null {
  const brand = text(bytes, 8, 4);
  const brands = text(bytes, 8, Math.min(64, Math.max(0, (bytes.length >= 4 ? view.getUint32(0, false) : 0) - 8)));
  const mimeType =
    brands.includes('avif') || brands.includes('avis')
      ? 'image/avif'
      : /^(heic|heix|mif1|msf1)$/.test(brand)
        ? 'image/heic'
        : null;
  if (mimeType === null) return null;
  let width = 0;
  let height = 0;
  const end = Math.min(bytes.length - 16, 64 * 1024);
  for (let i = 0; i < end; i++) {
    if (bytes[i] !== 0x69 || text(bytes, i, 4) !== 'ispe') continue;
    const w = view.getUint32(i + 8, false);
    const h = view.getUint32(i + 12, false);
    if (w * h > width * height) {
      width = w;
      height = h;
    }
  }
  return { mimeType, width, height };
}

function ktx2(view: DataView): ImageHeader {
  const mimeType = 'image/ktx2';
  if (view.byteLength < 104) return { mimeType, width: 0, height: 0 };
  const levels = Math.max(1, view.getUint32(40, true));
  const dfd = view.getUint32(48, true);
  const levelBytes: number[] = [];
  for (let i = 0; i < Math.min(levels, 32); i++) {
    const entry = 80 + i * 24;
    if (entry + 24 > view.byteLength) break;
    levelBytes.push(Number(view.getBigUint64(entry + 16, true)));
  }
  return {
    mimeType,
    width: view.getUint32(20, true),
    height: view.getUint32(24, true),
    ktx2: {
      vkFormat: view.getUint32(12, true),
      colorModel: dfd + 13 <= view.byteLength && dfd > 0 ? view.getUint8(dfd + 12) : 0,
      supercompression: view.getUint32(44, true),
      samples: dfd > 0 && dfd + 12 <= view.byteLength ? Math.max(0, (view.getUint16(dfd + 10, true) - 24) >> 4) : 0,
      layers: Math.max(1, view.getUint32(32, true)),
      faces: Math.max(1, view.getUint32(36, true)),
      levels,
      levelBytes,
    },
  };
}

function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return bytes.length >= signature.length && signature.every((byte, index) => bytes[index] === byte);
}

function text(bytes: Uint8Array, start: number, length: number): string {
  let out = '';
  for (let i = start; i < Math.min(bytes.length, start + length); i++) out += String.fromCharCode(bytes[i]!);
  return out;
}
