import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { exp } from '../../render/portable-math.ts';
import type { RgbaImage } from '../../texture/image-codec.ts';
import { formatCount, modelEmpty, modelMalformed, resourceMissing } from '../errors.ts';
import { checkDecodedBytes } from '../geometry/check-size.ts';
import type { ImportedModel } from '../imported-model.ts';
import { baseName, type ModelFile } from '../model-file.ts';
import { ResourceFiles } from '../resource-files.ts';
import { decodeWebpLossless } from '../textures/webp/decode-webp-lossless.ts';
import { unpackZip } from '../zip/unpack-zip.ts';
import { SogMeta } from './sog-meta.ts';
import { COEFFICIENTS, createSplatCloud, type SplatCloud, splatBytes } from './splat-cloud.ts';
import { createTurnedSplats } from './turned-splats.ts';

/** Entries of the palette of harmonics in a row of its image. */
const PALETTE_COLUMNS = 64;

/**
 * Reads SOG (Spatially Ordered Gaussians, PlayCanvas; both versions): `meta.json` with lossless WebP images, whose
 * bytes are positions, rotations, scales, colours and harmonics, one pixel a splat; in one archive, or as files beside
 * each other.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`, `model_resource_missing`,
 * `archive_unsafe`, `format_unsupported`
 */
export async function importSog(main: ModelFile, files: ResourceFiles, limits: ModelLimits): Promise<ImportedModel> {
  const source = openPackage(main, files, limits);
  const meta = parseMeta(source.meta, main.name);
  const count = meta.version === 2 ? meta.count : meta.means.shape[0]!;
  if (count === 0) throw modelEmpty(main.name, 'The file has no splats.');
  const reader = new SogReader(main.name, source, count, limits);
  const rest = meta.shN && reader.harmonics(meta.shN.files);
  const degree = rest?.degree ?? 0;
  checkDecodedBytes(main.name, splatBytes(count, degree), limits);
  const cloud = createSplatCloud(count, degree);
  readMeans(reader, meta, cloud);
  readRotations(reader.image(meta.quats.files[0]!), cloud);
  readScales(reader, meta, cloud);
  readColors(reader, meta, cloud);
  if (rest && meta.shN) {
    const { shN } = meta;
    const value =
      'codebook' in shN
        ? (byte: number) => shN.codebook[byte] ?? 0
        : (byte: number) => shN.mins + (shN.maxs - shN.mins) * (byte / 255);
    readHarmonics(rest, value, 'count' in shN ? shN.count : Infinity, cloud);
  }
  return createTurnedSplats(cloud, main.name);
}

interface SogPackage {
  meta: ModelFile;
  files: ResourceFiles;
}

/** The archive unpacked, or the files as they were given. */
function openPackage(main: ModelFile, files: ResourceFiles, limits: ModelLimits): SogPackage {
  if (main.bytes[0] !== 0x50 || main.bytes[1] !== 0x4b) return { meta: main, files };
  const unpacked = unpackZip(main, limits);
  const meta = unpacked.find((file) => baseName(file.name).toLowerCase() === 'meta.json');
  if (!meta) throw modelMalformed(main.name, 'The SOG archive holds no meta.json.');
  return { meta, files: new ResourceFiles(unpacked) };
}

function parseMeta(file: ModelFile, name: string): SogMeta {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(file.bytes));
  } catch (cause) {
    throw modelMalformed(`${name}/${file.name}`, 'The description of the splats is no JSON.', undefined, cause);
  }
  const parsed = SogMeta.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw modelMalformed(
    `${name}/${file.name}: /${issue.path.join('/')}`,
    `The description of the splats is not that of SOG version 1 or 2: ${issue.message}.`,
  );
}

/** Reads the images of a model, each of which has a pixel for every splat. */
class SogReader {
  private readonly name: string;
  private readonly source: SogPackage;
  private readonly count: number;
  private readonly limits: ModelLimits;

  constructor(name: string, source: SogPackage, count: number, limits: ModelLimits) {
    this.name = name;
    this.source = source;
    this.count = count;
    this.limits = limits;
  }

  /** The bytes of an image, four for each splat. */
  image(reference: string): Uint8Array {
    const { width, height, data } = this.decode(reference);
    if (width * height < this.count) {
      throw modelMalformed(
        `${this.name}/${reference}`,
        `The image has ${formatCount(width)} × ${formatCount(height)} pixels for ${formatCount(this.count)} splats.`,
      );
    }
    return data;
  }

  /** The palette of harmonics with the entry of each splat; null where its width says nothing. */
  harmonics([palette, labels]: string[]): { degree: number; palette: RgbaImage; labels: Uint8Array } {
    const image = this.decode(palette!);
    const degree = [1, 2, 3].find((d) => image.width === PALETTE_COLUMNS * (COEFFICIENTS[d]! - 1));
    if (degree === undefined) {
      throw modelMalformed(
        `${this.name}/${palette}`,
        `The image of the harmonics is ${formatCount(image.width)} pixels wide; it must be 192, 512 or 960.`,
      );
    }
    return { degree, palette: image, labels: this.image(labels!) };
  }

  private decode(reference: string): RgbaImage {
    const found = this.source.files.resolve(reference, this.source.meta.name, this.name);
    if (found.kind !== 'found') throw resourceMissing(this.name, reference, this.source.files.names);
    return decodeWebpLossless(found.file.bytes, `${this.name}/${reference}`, this.limits.texturePixels);
  }
}

/** Positions are stored as sign(x) · ln(1 + |x|) in 16 bits between bounds, the low bytes in an image of their own. */
function readMeans(reader: SogReader, { means }: SogMeta, { positions, count }: SplatCloud): void {
  const low = reader.image(means.files[0]!);
  const high = reader.image(means.files[1]!);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) {
      const share = (low[i * 4 + k]! | (high[i * 4 + k]! << 8)) / 65535;
      const value = means.mins[k]! + (means.maxs[k]! - means.mins[k]!) * share;
      const size = exp(Math.abs(value)) - 1;
      positions[i * 3 + k] = value < 0 ? -size : size;
    }
  }
}

/** Alpha from 252 on says which of w, x, y, z is the largest; the others are red, green and blue in this order. */
function readRotations(bytes: Uint8Array, { rotations, count }: SplatCloud): void {
  for (let i = 0; i < count; i++) {
    const largest = bytes[i * 4 + 3]! - 252;
    if (largest < 0) {
      rotations[i * 4 + 3] = 1;
      continue;
    }
    let rest = 1;
    for (let k = 0, at = i * 4; k < 4; k++) {
      if (k === largest) continue;
      const component = (bytes[at++]! / 127.5 - 1) * Math.SQRT1_2;
      rotations[i * 4 + ((k + 3) % 4)] = component;
      rest -= component * component;
    }
    rotations[i * 4 + ((largest + 3) % 4)] = Math.sqrt(Math.max(0, rest));
  }
}

function readScales(reader: SogReader, meta: SogMeta, { scales, count }: SplatCloud): void {
  const bytes = reader.image(meta.scales.files[0]!);
  for (let i = 0; i < count * 3; i++) {
    const byte = bytes[Math.floor(i / 3) * 4 + (i % 3)]!;
    scales[i] = exp(
      'codebook' in meta.scales
        ? (meta.scales.codebook[byte] ?? 0)
        : meta.scales.mins[i % 3]! + (meta.scales.maxs[i % 3]! - meta.scales.mins[i % 3]!) * (byte / 255),
    );
  }
}

/** Version 1 keeps logits of the opacities, version 2 the opacities. */
function readColors(reader: SogReader, { sh0 }: SogMeta, cloud: SplatCloud): void {
  const bytes = reader.image(sh0.files[0]!);
  const inRange = (k: number, byte: number): number =>
    'codebook' in sh0 ? 0 : sh0.mins[k]! + (sh0.maxs[k]! - sh0.mins[k]!) * (byte / 255);
  for (let i = 0; i < cloud.count; i++) {
    for (let k = 0; k < 3; k++) {
      const byte = bytes[i * 4 + k]!;
      cloud.harmonics[0]![i * 3 + k] = 'codebook' in sh0 ? (sh0.codebook[byte] ?? 0) : inRange(k, byte);
    }
    const alpha = bytes[i * 4 + 3]!;
    cloud.opacities[i] = 'codebook' in sh0 ? alpha / 255 : 1 / (1 + exp(-inRange(3, alpha)));
  }
}

/** Red and green of a label are the number of an entry of the palette, a row of pixels with one coefficient each. */
function readHarmonics(
  { palette, labels }: { palette: RgbaImage; labels: Uint8Array },
  value: (byte: number) => number,
  entries: number,
  cloud: SplatCloud,
): void {
  const width = cloud.harmonics.length - 1;
  const known = Math.min(entries, palette.height * PALETTE_COLUMNS);
  for (let i = 0; i < cloud.count; i++) {
    const label = labels[i * 4]! | (labels[i * 4 + 1]! << 8);
    if (label >= known) continue;
    const first = Math.floor(label / PALETTE_COLUMNS) * palette.width + (label % PALETTE_COLUMNS) * width;
    for (let index = 0; index < width; index++) {
      for (let k = 0; k < 3; k++)
        cloud.harmonics[index + 1]![i * 3 + k] = value(palette.data[(first + index) * 4 + k]!);
    }
  }
}
