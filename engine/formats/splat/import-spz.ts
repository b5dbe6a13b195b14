import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { gunzipBounded } from '../compression/gunzip-bounded.ts';
import { orDamaged } from '../compression/or-damaged.ts';
import { Corrections } from '../corrections.ts';
import { formatCount, formatUnsupported, modelEmpty, modelMalformed } from '../errors.ts';
import { checkDecodedBytes } from '../geometry/check-size.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { createSplats } from './create-splats.ts';
import { decodeSpz, type SpzHeader, type SpzStreams, spzStreamSizes } from './decode-spz.ts';
import { COEFFICIENTS, splatBytes } from './splat-cloud.ts';

const MAGIC = 0x5053474e;
const HEADER = 16;
const V4_HEADER = 32;

/**
 * Reads SPZ (Niantic), versions 1 to 3 (one gzip stream) and 4 (a Zstandard stream for each attribute). The
 * declared count is compared with the limits and with the streams before anything is unpacked.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`, `format_unsupported`
 */
export async function importSpz(main: ModelFile, _files: ResourceFiles, limits: ModelLimits): Promise<ImportedModel> {
  const { name } = main;
  const isGzip = main.bytes[0] === 0x1f && main.bytes[1] === 0x8b;
  const { header, streams } = isGzip ? unpackGzip(main, limits) : await unpackV4(main, limits);
  const cloud = decodeSpz(header, streams);
  const dropped = COEFFICIENTS[header.degree]! - COEFFICIENTS[Math.min(3, header.degree)]!;
  return createSplats(cloud, name, { corrections: new Corrections(), generator: null, droppedHarmonics: dropped });
}

function readHeader(bytes: Uint8Array, name: string, limits: ModelLimits): SpzHeader {
  if (bytes.byteLength < HEADER)
    throw modelMalformed(`${name}: byte ${bytes.byteLength}`, `The file ends inside the header of ${HEADER} bytes.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC)
    throw modelMalformed(`${name}: byte 0`, 'The data does not begin with the signature of SPZ, "NGSP".');
  const header: SpzHeader = {
    version: view.getUint32(4, true),
    count: view.getUint32(8, true),
    degree: view.getUint8(12),
    fractionalBits: view.getUint8(13),
    flags: view.getUint8(14),
  };
  if (header.version < 1 || header.version > 4) {
    throw formatUnsupported(
      name,
      `This is SPZ of version ${header.version}; versions 1 to 4 are read.`,
      'Export the splats as SPZ 2 or as PLY.',
    );
  }
  if (header.degree > 4 || header.fractionalBits > 24) {
    throw modelMalformed(
      `${name}: byte 12`,
      `The header declares harmonics of degree ${header.degree} and ${header.fractionalBits} fractional bits.`,
    );
  }
  if (header.count === 0) throw modelEmpty(name, 'The SPZ file has no splats.');
  checkDecodedBytes(name, splatBytes(header.count, header.degree), limits);
  return header;
}

function unpackGzip(main: ModelFile, limits: ModelLimits): { header: SpzHeader; streams: SpzStreams } {
  const { name } = main;
  const bytes = orDamaged(name, () => gunzipBounded(main.bytes, limits.decodedBytes));
  if (bytes === null) {
    checkDecodedBytes(name, limits.decodedBytes + 1, limits);
    throw modelMalformed(name, 'The compressed data is larger than the limit.');
  }
  const header = readHeader(bytes, name, limits);
  const sizes = spzStreamSizes(header);
  const expected = HEADER + sizes.reduce((sum, size) => sum + size, 0);
  if (bytes.byteLength < expected) {
    throw modelMalformed(
      name,
      `The header declares ${formatCount(header.count)} splats, which take ${formatCount(expected)} bytes; the file holds ${formatCount(bytes.byteLength)}.`,
    );
  }
  let at = HEADER;
  const streams = sizes.map((size) => {
    at += size;
    return bytes.subarray(at - size, at);
  });
  return { header, streams: streams as SpzStreams };
}

async function unpackV4(main: ModelFile, limits: ModelLimits): Promise<{ header: SpzHeader; streams: SpzStreams }> {
  const { name, bytes } = main;
  const header = readHeader(bytes, name, limits);
  if (header.version !== 4)
    throw modelMalformed(`${name}: byte 4`, `SPZ of version ${header.version} is a gzip file, which this is not.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < V4_HEADER)
    throw modelMalformed(`${name}: byte ${bytes.byteLength}`, `The file ends inside the header of ${V4_HEADER} bytes.`);
  const count = view.getUint8(15);
  const table = view.getUint32(16, true);
  if (table + count * 16 > bytes.byteLength) {
    throw modelMalformed(
      `${name}: byte ${formatCount(table)}`,
      `The table of ${count} streams reaches beyond the end of the file.`,
    );
  }
  const { decompress } = await import('fzstd');
  const streams: Uint8Array[] = [];
  let at = table + count * 16;
  let entry = 0;
  for (const size of spzStreamSizes(header)) {
    if (size === 0) {
      streams.push(new Uint8Array(0));
      continue;
    }
    if (entry >= count)
      throw modelMalformed(name, `The file has ${count} streams; its ${formatCount(header.count)} splats need more.`);
    const packed = Number(view.getBigUint64(table + entry * 16, true));
    if (packed > bytes.byteLength - at) {
      throw modelMalformed(
        `${name}: byte ${formatCount(at)}`,
        `Stream ${entry} declares ${formatCount(packed)} bytes; the file has ${formatCount(bytes.byteLength - at)} left.`,
      );
    }
    const start = at;
    // An own buffer of the size that is needed: the frame's own declaration is not trusted.
    const unpacked = orDamaged(name, () => decompress(bytes.subarray(start, start + packed), new Uint8Array(size)));
    if (unpacked.byteLength !== size) {
      throw modelMalformed(
        `${name}: byte ${formatCount(start)}`,
        `Stream ${entry} unpacks to ${formatCount(unpacked.byteLength)} bytes; ${formatCount(header.count)} splats take ${formatCount(size)}.`,
      );
    }
    streams.push(unpacked);
    at += packed;
    entry++;
  }
  return { header, streams: streams as SpzStreams };
}
