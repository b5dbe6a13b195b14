import type { ColorSpace, DisplayFormat } from '#contracts/render/image-request.ts';
import { iccProfile } from '#engine/texture/icc-profile.ts';
import type { DecodeImage, DecodeTexels, RgbaImage } from '#engine/texture/image-codec.ts';
import { embedProfile } from './embed-profile.ts';
import { malformedImage } from './errors.ts';

// Loaded at first use: the native library takes tens of milliseconds, which run beside other work that way.
const importSharp = async () => (await import('sharp')).default;
let sharpModule: ReturnType<typeof importSharp> | undefined;
const sharp = () => (sharpModule ??= importSharp());

/** Loads the native library now, for those who know that images will come. */
export async function loadCodec(): Promise<void> {
  await sharp();
}

/** First bytes of every KTX2 file. */
const KTX2_MAGIC = [0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb];

/** Decodes PNG, JPEG, WebP, AVIF and KTX2, by their bytes. Colour profiles are ignored, as glTF prescribes. */
export const decodeImage: DecodeImage = async (bytes, mimeType) => {
  if (isKtx2(bytes)) return (await import('./basis-transcoder.ts')).decodeKtx2(bytes);
  return attempt(mimeType, async () => {
    const { data, info } = await raw((await open(bytes)).ensureAlpha());
    return { width: info.width, height: info.height, data };
  });
};

/** The same without alpha where the file has none: a fourth fewer bytes, which are written and read again. */
export const decodeTexels: DecodeTexels = async (bytes, mimeType) => {
  if (isKtx2(bytes)) return { ...(await decodeImage(bytes, mimeType)), channels: 4 };
  return attempt(mimeType, async () => {
    const { data, info } = await raw(await open(bytes));
    const { width, height, channels } = info;
    if (channels === 3 || channels === 4) return { width, height, channels, data };
    return { ...(await decodeImage(bytes, mimeType)), channels: 4 };
  });
};

const isKtx2 = (bytes: Uint8Array) => KTX2_MAGIC.every((byte, i) => bytes[i] === byte);

const open = async (bytes: Uint8Array) =>
  (await sharp())(bytes, { failOn: 'error', limitInputPixels: 16_384 * 16_384, ignoreIcc: true }).toColourspace('srgb');

const raw = (image: Awaited<ReturnType<typeof open>>) =>
  image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });

async function attempt<T>(mimeType: string, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    throw malformedImage(mimeType, error);
  }
}

/**
 * Encodes an image with the profile of its colour space. The same image gives the same bytes: no dates and no other
 * metadata go into the file.
 *
 * @param image.colorSpace What its bytes mean, sRGB by default.
 * @param quality 1 to 100, of jpg, webp and avif; png is lossless.
 */
export async function encodeImage(
  image: RgbaImage & { colorSpace?: ColorSpace },
  format: DisplayFormat,
  quality: number,
): Promise<Uint8Array> {
  const open = await sharp();
  const profile = iccProfile(image.colorSpace ?? 'srgb');
  const input = open(image.data, { raw: { width: image.width, height: image.height, channels: 4 } });
  switch (format) {
    case 'png':
      return embedProfile(
        await input.png({ compressionLevel: 6, adaptiveFiltering: false }).toBuffer(),
        'png',
        profile,
      );
    case 'jpg':
      // JPEG has no alpha; what is transparent becomes white.
      return embedProfile(
        await input.flatten({ background: '#ffffff' }).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer(),
        'jpg',
        profile,
      );
    case 'webp':
      return embedProfile(await input.webp({ quality, alphaQuality: 100, effort: 3 }).toBuffer(), 'webp', profile);
    case 'avif': {
      // Boxes of AVIF point at each other by offset, so the library writes the profile: it takes it from its input.
      const carrier = embedProfile(await input.png({ compressionLevel: 0 }).toBuffer(), 'png', profile);
      return open(carrier).keepIccProfile().avif({ quality, effort: 3, chromaSubsampling: '4:4:4' }).toBuffer();
    }
    default:
      return format satisfies never;
  }
}
