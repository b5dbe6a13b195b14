import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { halfValue } from '../../texture/exr/half.ts';
import { formatCount, formatUnsupported, modelEmpty, modelMalformed } from '../errors.ts';
import { checkDecodedBytes } from '../geometry/check-size.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { ModelFile } from '../model-file.ts';
import type { ResourceFiles } from '../resource-files.ts';
import { COEFFICIENTS, createSplatCloud, SH_C0, type SplatCloud, splatBytes } from './splat-cloud.ts';
import { createTurnedSplats } from './turned-splats.ts';

const HEADER = 4096;
const SECTION_HEADER = 1024;

/** Bytes of a position and of a scale, of a rotation, and of one harmonic, by the compression level. */
const LEVELS = [
  { triple: 12, rotation: 16, harmonic: 4, range: 1 },
  { triple: 6, rotation: 8, harmonic: 2, range: 32767 },
  { triple: 6, rotation: 8, harmonic: 1, range: 32767 },
] as const;

/** Where the harmonics of each degree begin among the numbers of a splat, and how many a channel has. */
const BANDS = [
  { start: 0, width: 3 },
  { start: 9, width: 5 },
  { start: 24, width: 7 },
] as const;

interface KsplatHeader {
  sections: number;
  splats: number;
  level: 0 | 1 | 2;
  /** Harmonics of level 2 are bytes between these. */
  low: number;
  high: number;
}

interface Section {
  splats: number;
  degree: number;
  bucketCapacity: number;
  fullBuckets: number;
  /** How many splats each bucket that is not full has. */
  partialBuckets: Uint32Array;
  /** Three for each bucket. */
  centers: Float32Array;
  /** Metres for each step of a quantised position. */
  step: number;
  range: number;
  data: DataView;
  stride: number;
}

/**
 * Reads KSPLAT (the format of GaussianSplats3D, version 0.1): sections of splats in buckets, as floats (level 0), or
 * with positions of 16 bits around the centre of their bucket and half floats (levels 1 and 2); harmonics up to
 * degree 3.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`, `format_unsupported`
 */
export async function importKsplat(
  main: ModelFile,
  _files: ResourceFiles,
  limits: ModelLimits,
): Promise<ImportedModel> {
  const { name, bytes } = main;
  const header = readHeader(bytes, name);
  if (header.splats === 0) throw modelEmpty(name, 'The file has no splats.');
  const sections = readSections(bytes, header, name);
  const total = sections.reduce((sum, section) => sum + section.splats, 0);
  if (total !== header.splats) {
    throw modelMalformed(
      name,
      `The header declares ${formatCount(header.splats)} splats; the sections have ${formatCount(total)}.`,
    );
  }
  const degree = sections.reduce((most, section) => Math.max(most, section.degree), 0);
  checkDecodedBytes(name, splatBytes(total, degree), limits);
  const cloud = createSplatCloud(total, degree);
  let first = 0;
  for (const section of sections) {
    readSplats(section, header, cloud, first);
    first += section.splats;
  }
  return createTurnedSplats(cloud, name);
}

function readHeader(bytes: Uint8Array, name: string): KsplatHeader {
  if (bytes.byteLength < HEADER)
    throw modelMalformed(
      `${name}: byte ${formatCount(bytes.byteLength)}`,
      `The file ends inside its header of ${formatCount(HEADER)} bytes.`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  if (view.getUint8(0) !== 0 || view.getUint8(1) < 1)
    throw formatUnsupported(
      name,
      `This is a KSPLAT file of version ${view.getUint8(0)}.${view.getUint8(1)}; Maquette reads version 0.1.`,
      'Convert the splats to PLY or SPZ.',
    );
  const level = view.getUint16(20, true);
  if (level !== 0 && level !== 1 && level !== 2)
    throw modelMalformed(`${name}: byte 20`, `The compression level is ${level}; there are 0 to 2.`);
  return {
    sections: view.getUint32(4, true),
    splats: view.getUint32(16, true),
    level,
    low: view.getFloat32(36, true) || -1.5,
    high: view.getFloat32(40, true) || 1.5,
  };
}

function readSections(bytes: Uint8Array, header: KsplatHeader, name: string): Section[] {
  if (header.sections > (bytes.byteLength - HEADER) / SECTION_HEADER) {
    throw modelMalformed(
      `${name}: byte 4`,
      `The header declares ${formatCount(header.sections)} sections, more than the file of ${formatCount(bytes.byteLength)} bytes can hold.`,
    );
  }
  const out: Section[] = [];
  let at = HEADER + header.sections * SECTION_HEADER;
  for (let index = 0; index < header.sections; index++) {
    const { section, end } = readSection(bytes, header, index, at, name);
    if (section) out.push(section);
    at = end;
  }
  return out;
}

function readSection(
  bytes: Uint8Array,
  { level }: KsplatHeader,
  index: number,
  at: number,
  name: string,
): { section: Section | null; end: number } {
  const where = `${name}: section ${index}`;
  const head = new DataView(bytes.buffer, bytes.byteOffset + HEADER + index * SECTION_HEADER, SECTION_HEADER);
  const splats = head.getUint32(0, true);
  const capacity = head.getUint32(4, true);
  const bucketCapacity = head.getUint32(8, true);
  const buckets = head.getUint32(12, true);
  const bucketBytes = head.getUint16(20, true);
  const range = head.getUint32(24, true) || LEVELS[level].range;
  const fullBuckets = head.getUint32(32, true);
  const partial = head.getUint32(36, true);
  const degree = head.getUint16(40, true);
  if (degree > 3) throw modelMalformed(where, `Its harmonics have degree ${degree}; there are 0 to 3.`);
  const { triple, rotation, harmonic } = LEVELS[level];
  const stride = triple * 2 + rotation + 4 + (COEFFICIENTS[degree]! - 1) * 3 * harmonic;
  const start = at + partial * 4 + bucketBytes * buckets;
  const end = start + stride * capacity;
  if (splats > capacity || start + stride * splats > bytes.byteLength) {
    throw modelMalformed(
      where,
      `It declares ${formatCount(splats)} splats of ${stride} bytes in ${formatCount(capacity)} places from byte ${formatCount(start)} on; the file has ${formatCount(bytes.byteLength)} bytes.`,
    );
  }
  // Files with several sections may leave places unused.
  if (splats === 0) return { section: null, end };
  if (level > 0 && (bucketBytes < 12 || fullBuckets + partial > buckets || fullBuckets * bucketCapacity > capacity))
    throw modelMalformed(
      where,
      `Its ${formatCount(buckets)} buckets of ${bucketBytes} bytes cannot hold the ${formatCount(fullBuckets)} full and ${formatCount(partial)} other ones that it declares.`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const partialBuckets = new Uint32Array(partial);
  for (let i = 0; i < partial; i++) partialBuckets[i] = view.getUint32(at + i * 4, true);
  const centers = new Float32Array(level > 0 ? buckets * 3 : 0);
  for (let i = 0; i < centers.length; i++) {
    centers[i] = view.getFloat32(at + partial * 4 + Math.floor(i / 3) * bucketBytes + (i % 3) * 4, true);
  }
  const held = partialBuckets.reduce((sum, count) => sum + count, fullBuckets * bucketCapacity);
  if (level > 0 && held < splats)
    throw modelMalformed(where, `Its buckets hold ${formatCount(held)} of its ${formatCount(splats)} splats.`);
  const data = new DataView(bytes.buffer, bytes.byteOffset + start, stride * splats);
  const step = head.getFloat32(16, true) / 2 / range;
  return {
    section: { splats, degree, bucketCapacity, fullBuckets, partialBuckets, centers, step, range, data, stride },
    end,
  };
}

function readSplats(section: Section, header: KsplatHeader, cloud: SplatCloud, first: number): void {
  const { data, stride, degree } = section;
  const { triple, rotation, harmonic } = LEVELS[header.level];
  const isFloat = header.level === 0;
  const real = (at: number, index: number): number =>
    isFloat ? data.getFloat32(at + index * 4, true) : halfValue(data.getUint16(at + index * 2, true));
  const bucketOf = bucketWalk(section);
  for (let i = 0; i < section.splats; i++) {
    const at = i * stride;
    const to = first + i;
    const bucket = isFloat ? 0 : bucketOf(i);
    for (let k = 0; k < 3; k++) {
      cloud.positions[to * 3 + k] = isFloat
        ? data.getFloat32(at + k * 4, true)
        : (data.getUint16(at + k * 2, true) - section.range) * section.step + section.centers[bucket * 3 + k]!;
      cloud.scales[to * 3 + k] = real(at + triple, k);
    }
    for (let k = 0; k < 4; k++) cloud.rotations[to * 4 + ((k + 3) % 4)] = real(at + triple * 2, k);
    const color = at + triple * 2 + rotation;
    for (let k = 0; k < 3; k++) cloud.harmonics[0]![to * 3 + k] = (data.getUint8(color + k) / 255 - 0.5) / SH_C0;
    cloud.opacities[to] = data.getUint8(color + 3) / 255;
    for (let band = 0; band < degree; band++) {
      const { start, width } = BANDS[band]!;
      for (let n = 0; n < width * 3; n++) {
        const place = color + 4 + (start + n) * harmonic;
        const value =
          header.level === 2
            ? header.low + (data.getUint8(place) / 255) * (header.high - header.low)
            : real(color + 4, start + n);
        cloud.harmonics[(band + 1) ** 2 + (n % width)]![to * 3 + Math.floor(n / width)] = value;
      }
    }
  }
}

/** The bucket of each splat in turn: first the full ones, then those that say how many they have. */
function bucketWalk({ bucketCapacity, fullBuckets, partialBuckets }: Section): (splat: number) => number {
  let bucket = fullBuckets;
  let end = fullBuckets * bucketCapacity + (partialBuckets[0] ?? 0);
  return (splat) => {
    if (splat < fullBuckets * bucketCapacity) return Math.floor(splat / bucketCapacity);
    while (splat >= end && bucket - fullBuckets + 1 < partialBuckets.length) {
      bucket++;
      end += partialBuckets[bucket - fullBuckets]!;
    }
    return bucket;
  };
}
