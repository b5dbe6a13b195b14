import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { exp } from '../../render/portable-math.ts';
import { formatCount, modelMalformed } from '../errors.ts';
import { checkDecodedBytes } from '../geometry/check-size.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { PlyHeader } from '../ply/parse-header.ts';
import type { PlyNumbers, PlyTable } from '../ply/ply-data.ts';
import { COEFFICIENTS, createSplatCloud, SH_C0, type SplatCloud, splatBytes } from './splat-cloud.ts';
import { createTurnedSplats } from './turned-splats.ts';

/** Splats that share the bounds of one row of the element `chunk`. */
const CHUNK = 256;

/** Whether a PLY file holds splats in the compressed layout of PlayCanvas and SuperSplat. */
export function isCompressedPly(vertices: PlyTable): boolean {
  return ['position', 'rotation', 'scale', 'color'].every((name) => vertices.columns.has(`packed_${name}`));
}

/**
 * Gaussian splats in the compressed PLY layout of PlayCanvas: chunks of 256 splats with bounds, within which positions
 * and logarithms of scales take 11, 10 and 11 bits and colours 8; rotations as three components of 10 bits without
 * the largest; harmonics as bytes.
 *
 * @throws MaquetteError `model_malformed`, `model_empty`, `model_too_large`
 */
export function importCompressedPly(
  tables: readonly PlyTable[],
  header: PlyHeader,
  name: string,
  limits: ModelLimits,
): ImportedModel {
  const vertices = tables.find((table) => table.name === 'vertex')!;
  const chunks = tables.find((table) => table.name === 'chunk');
  const { count } = vertices;
  if (!chunks || chunks.count * CHUNK < count) {
    throw modelMalformed(
      `${name}: element chunk`,
      `The file has ${formatCount(count)} packed splats and ${formatCount(chunks?.count ?? 0)} chunks; each holds ${CHUNK}.`,
    );
  }
  const rest = tables.find((table) => table.name === 'sh');
  if (rest && rest.count < count) {
    throw modelMalformed(
      `${name}: element sh`,
      `It has harmonics for ${formatCount(rest.count)} of the ${formatCount(count)} splats.`,
    );
  }
  const perChannel = Math.floor((rest?.columns.size ?? 0) / 3);
  const degree = Math.min(
    3,
    Math.max(
      0,
      COEFFICIENTS.findLastIndex((coefficients) => coefficients - 1 <= perChannel),
    ),
  );
  checkDecodedBytes(name, splatBytes(count, degree), limits);
  const cloud = createSplatCloud(count, degree);
  const packed = (title: string): PlyNumbers => vertices.columns.get(`packed_${title}`)!;
  unpackTriples(packed('position'), boundsOf(chunks, '', ['x', 'y', 'z'], name), cloud.positions, (value) => value);
  unpackTriples(packed('scale'), boundsOf(chunks, 'scale_', ['x', 'y', 'z'], name), cloud.scales, exp);
  unpackColors(packed('color'), boundsOf(chunks, '', ['r', 'g', 'b'], name, true), cloud);
  unpackRotations(packed('rotation'), cloud.rotations);
  for (let index = 1; index < cloud.harmonics.length; index++) {
    for (let channel = 0; channel < 3; channel++) {
      const column = rest?.columns.get(`f_rest_${channel * perChannel + index - 1}`);
      if (!column) throw modelMalformed(`${name}: element sh`, 'Its properties are not f_rest_0, f_rest_1 and so on.');
      for (let i = 0; i < count; i++) cloud.harmonics[index]![i * 3 + channel] = harmonic(column[i]!);
    }
  }
  return createTurnedSplats(cloud, name, { comments: header.comments });
}

type Bounds = { low: PlyNumbers | null; high: PlyNumbers | null }[];

/** Files of old have no bounds for colours, which then are from 0 to 1. */
function boundsOf(chunks: PlyTable, prefix: string, axes: string[], name: string, isOptional = false): Bounds {
  return axes.map((axis) => {
    const low = chunks.columns.get(`min_${prefix}${axis}`) ?? null;
    const high = chunks.columns.get(`max_${prefix}${axis}`) ?? null;
    if (!isOptional && (!low || !high))
      throw modelMalformed(
        `${name}: element chunk`,
        `It has no properties min_${prefix}${axis} and max_${prefix}${axis}.`,
      );
    return { low, high };
  });
}

function between({ low, high }: Bounds[number], splat: number, share: number): number {
  const chunk = Math.floor(splat / CHUNK);
  const from = low?.[chunk] ?? 0;
  return from + ((high?.[chunk] ?? 1) - from) * share;
}

function unpackTriples(packed: PlyNumbers, bounds: Bounds, out: Float32Array, map: (value: number) => number): void {
  for (let i = 0; i < packed.length; i++) {
    const value = packed[i]!;
    out[i * 3] = map(between(bounds[0]!, i, (value >>> 21) / 2047));
    out[i * 3 + 1] = map(between(bounds[1]!, i, ((value >>> 11) & 1023) / 1023));
    out[i * 3 + 2] = map(between(bounds[2]!, i, (value & 2047) / 2047));
  }
}

function unpackColors(packed: PlyNumbers, bounds: Bounds, cloud: SplatCloud): void {
  for (let i = 0; i < packed.length; i++) {
    const value = packed[i]!;
    for (let k = 0; k < 3; k++) {
      const color = between(bounds[k]!, i, ((value >>> (24 - 8 * k)) & 255) / 255);
      cloud.harmonics[0]![i * 3 + k] = (color - 0.5) / SH_C0;
    }
    cloud.opacities[i] = (value & 255) / 255;
  }
}

/** Two bits say which of w, x, y, z is the largest; the others follow in this order. */
function unpackRotations(packed: PlyNumbers, out: Float32Array): void {
  for (let i = 0; i < packed.length; i++) {
    const value = packed[i]!;
    const largest = value >>> 30;
    let rest = 1;
    let shift = 20;
    for (let k = 0; k < 4; k++) {
      if (k === largest) continue;
      const component = (((value >>> shift) & 1023) / 1023 - 0.5) * Math.SQRT2;
      out[i * 4 + ((k + 3) % 4)] = component;
      rest -= component * component;
      shift -= 10;
    }
    out[i * 4 + ((largest + 3) % 4)] = Math.sqrt(Math.max(0, rest));
  }
}

/** Bytes span -4 to 4; the outermost stand for the ends themselves. */
function harmonic(byte: number): number {
  const share = byte === 0 ? 0 : byte === 255 ? 1 : (byte + 0.5) / 256;
  return (share - 0.5) * 8;
}
