import { exp } from '../../render/portable-math.ts';
import { halfValue } from '../../texture/exr/half.ts';
import { COEFFICIENTS, createSplatCloud, type SplatCloud } from './splat-cloud.ts';

export interface SpzHeader {
  version: number;
  count: number;
  /** Of the spherical harmonics, 0 to 4. */
  degree: number;
  fractionalBits: number;
  flags: number;
}

/** Positions, opacities, colours, scales, rotations, harmonics. */
export type SpzStreams = [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];

/** Sizes of the six streams in bytes. */
export function spzStreamSizes({ version, count, degree }: SpzHeader): number[] {
  return [
    count * 3 * (version === 1 ? 2 : 3),
    count,
    count * 3,
    count * 3,
    count * (version >= 3 ? 4 : 3),
    count * (COEFFICIENTS[degree]! - 1) * 3,
  ];
}

/** Bytes of a colour span more than its range, so that harmonics can go beyond black and white. */
const COLOR_RANGE = 0.15;

/**
 * Unpacks the quantised streams of SPZ: positions in fixed point of 24 bits (version 1: half floats), logarithms of
 * scales in sixteenths, rotations as three components (the largest left out since version 3), harmonics as bytes.
 * The axes are those of glTF: right, up, back.
 */
export function decodeSpz(header: SpzHeader, streams: SpzStreams): SplatCloud {
  const [positions, opacities, colors, scales, rotations, harmonics] = streams;
  const { count, version } = header;
  const cloud = createSplatCloud(count, Math.min(3, header.degree));
  const step = 2 ** -header.fractionalBits;
  for (let i = 0; i < count * 3; i++) {
    cloud.positions[i] =
      version === 1
        ? halfValue(positions[i * 2]! | (positions[i * 2 + 1]! << 8))
        : (((positions[i * 3]! << 8) | (positions[i * 3 + 1]! << 16) | (positions[i * 3 + 2]! << 24)) >> 8) * step;
    cloud.scales[i] = exp(scales[i]! / 16 - 10);
    cloud.harmonics[0]![i] = (colors[i]! / 255 - 0.5) / COLOR_RANGE;
  }
  for (let i = 0; i < count; i++) {
    cloud.opacities[i] = opacities[i]! / 255;
    if (version >= 3) smallestThree(rotations, i * 4, cloud.rotations);
    else firstThree(rotations, i, cloud.rotations);
  }
  const stride = COEFFICIENTS[header.degree]! - 1;
  for (let index = 1; index < cloud.harmonics.length; index++) {
    const out = cloud.harmonics[index]!;
    for (let i = 0; i < count; i++) {
      const at = (i * stride + index - 1) * 3;
      for (let k = 0; k < 3; k++) out[i * 3 + k] = (harmonics[at + k]! - 128) / 128;
    }
  }
  return cloud;
}

function firstThree(bytes: Uint8Array, index: number, out: Float32Array): void {
  let rest = 1;
  for (let k = 0; k < 3; k++) {
    const value = bytes[index * 3 + k]! / 127.5 - 1;
    out[index * 4 + k] = value;
    rest -= value * value;
  }
  out[index * 4 + 3] = Math.sqrt(Math.max(0, rest));
}

/** Two bits say which component is largest; the others have nine bits and a sign, the last component lowest. */
function smallestThree(bytes: Uint8Array, at: number, out: Float32Array): void {
  let packed = (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  const largest = packed >>> 30;
  let rest = 1;
  for (let k = 3; k >= 0; k--) {
    if (k === largest) continue;
    const value = ((packed & 511) / 511) * Math.SQRT1_2 * (packed & 512 ? -1 : 1);
    out[at + k] = value;
    rest -= value * value;
    packed >>>= 10;
  }
  out[at + largest] = Math.sqrt(Math.max(0, rest));
}
