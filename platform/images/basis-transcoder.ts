import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { RgbaImage } from '#engine/texture/image-codec.ts';
import { malformedImage } from './errors.ts';

/** The part of the Basis Universal transcoder's interface that is used here. */
interface BasisModule {
  initializeBasis(): void;
  KTX2File: new (bytes: Uint8Array) => Ktx2File;
}

interface Ktx2File {
  isValid(): boolean;
  getWidth(): number;
  getHeight(): number;
  startTranscoding(): boolean;
  getImageTranscodedSizeInBytes(level: number, layer: number, face: number, format: number): number;
  transcodeImage(
    target: Uint8Array,
    level: number,
    layer: number,
    face: number,
    format: number,
    flags: number,
    channel0: number,
    channel1: number,
  ): boolean;
  close(): void;
  delete(): void;
}

/** `transcoder_texture_format.cTFRGBA32` of Basis Universal. */
const RGBA32 = 13;

/** Largest side of an image; the transcoder would ask for memory before it finds out that a header lies. */
const MAX_SIDE = 16_384;

let loading: Promise<BasisModule> | undefined;

/** The transcoder comes with three.js as a classic script, so it is evaluated rather than imported. */
async function load(): Promise<BasisModule> {
  const require = createRequire(import.meta.url);
  const path = require.resolve('three/examples/jsm/libs/basis/basis_transcoder.js');
  const [script, wasmBinary] = await Promise.all([readFile(path, 'utf8'), readFile(path.replace(/\.js$/, '.wasm'))]);
  const holder: { exports?: (options: object) => Promise<BasisModule> } = {};
  new Function('module', 'exports', 'require', '__filename', '__dirname', script)(holder, {}, require, path, '');
  if (!holder.exports) throw new Error('The Basis transcoder exports nothing.');
  const basis = await holder.exports({ wasmBinary });
  basis.initializeBasis();
  return basis;
}

/**
 * Decodes the largest level of a KTX2 image with Basis Universal compression (ETC1S or UASTC, with or without
 * Zstandard), as `KHR_texture_basisu` prescribes.
 *
 * @throws MaquetteError `image_malformed` when the bytes are none or end too early.
 */
export async function decodeKtx2(bytes: Uint8Array): Promise<RgbaImage> {
  loading ??= load();
  const basis = await loading;
  const file = new basis.KTX2File(bytes);
  try {
    if (!file.isValid()) throw new Error('it is no KTX2 image with Basis Universal compression');
    const width = file.getWidth();
    const height = file.getHeight();
    if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE)
      throw new Error(`its size is ${width} × ${height}`);
    if (!file.startTranscoding()) throw new Error('its tables are damaged');
    const data = new Uint8Array(file.getImageTranscodedSizeInBytes(0, 0, 0, RGBA32));
    if (data.length !== width * height * 4) throw new Error('it holds less than its size says');
    if (!file.transcodeImage(data, 0, 0, 0, RGBA32, 0, -1, -1)) throw new Error('its data is damaged');
    return { width, height, data };
  } catch (error) {
    throw malformedImage('image/ktx2', error);
  } finally {
    file.close();
    file.delete();
  }
}
