import type { PassMeaning } from '#contracts/render/render-file.ts';
import type { RenderedImage, RenderedPass } from '#engine/render/rendered-image.ts';
import { srgbByte } from '#engine/render/srgb-byte.ts';
import { iccProfile } from '#engine/texture/icc-profile.ts';
import { embedProfile } from './embed-profile.ts';
import { writePng } from './write-png.ts';

/** A pass as PNG. */
export interface EncodedPass {
  png: Uint8Array;
  /** What its numbers stand for, where the pass alone does not tell. */
  meaning: PassMeaning | null;
}

/**
 * Encodes a pass as PNG without loss of what eight or sixteen bits hold: depth in 16 bits from the nearest to the
 * farthest, normals in 16 bits (−1 to 1), texture coordinates in 16 bits (their fraction), alpha and albedo in 8, ids
 * as the colour of the one that covers most of the pixel.
 */
export function encodePass(pass: RenderedPass, { width, height, colorSpace }: RenderedImage): EncodedPass {
  const size = { width, height };
  if (pass.kind === 'ids') return encodeIds(pass, size);
  const { data } = pass;
  switch (pass.name) {
    case 'depth':
      return encodeDepth(data, size);
    case 'alpha':
      return { png: writePng({ ...size, channels: 1, data: Uint8Array.from(data, byteOf) }), meaning: null };
    case 'normal':
      return {
        png: writePng({
          ...size,
          channels: 4,
          data: Uint16Array.from(data, (value, i) => wordOf(i % 4 === 3 ? value : value / 2 + 0.5)),
        }),
        meaning: null,
      };
    case 'uv':
      return {
        png: writePng({ ...size, channels: 4, data: textureWords(data) }),
        meaning: null,
      };
    case 'albedo':
    case 'beauty': {
      const png = writePng({ ...size, channels: 4, data: displayBytes(data) });
      return { png: embedProfile(png, 'png', iccProfile(colorSpace)), meaning: null };
    }
    default:
      return pass satisfies never;
  }
}

const byteOf = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 255);
const wordOf = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 65535);

const NOTHING = 65535;
const FARTHEST = 65534;

function encodeDepth(data: Float32Array, size: { width: number; height: number }): EncodedPass {
  let near = Infinity;
  let far = 0;
  for (const z of data) {
    if (!Number.isFinite(z)) continue;
    if (z < near) near = z;
    if (z > far) far = z;
  }
  const range = far > near ? far - near : 1;
  const words = Uint16Array.from(data, (z) =>
    Number.isFinite(z) ? Math.round(((z - near) / range) * FARTHEST) : NOTHING,
  );
  const meaning = Number.isFinite(near) ? { near, far: near + range } : null;
  return { png: writePng({ ...size, channels: 1, data: words }), meaning };
}

function textureWords(data: Float32Array): Uint16Array {
  const words = new Uint16Array((data.length / 3) * 4);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    const [u = 0, v = 0, there = 0] = data.subarray(from, from + 3);
    words.set([wordOf(u - Math.floor(u)), wordOf(v - Math.floor(v)), 0, wordOf(there)], to);
  }
  return words;
}

/** Premultiplied linear colours as sRGB bytes with alpha that is not. */
function displayBytes(data: Float32Array): Uint8Array {
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]!;
    if (!(alpha > 0)) continue;
    for (let c = 0; c < 3; c++) bytes[i + c] = srgbByte(data[i + c]! / alpha);
    bytes[i + 3] = byteOf(alpha);
  }
  return bytes;
}

function encodeIds(
  { ids, coverage, ranks, names }: Extract<RenderedPass, { kind: 'ids' }>,
  size: { width: number; height: number },
): EncodedPass {
  const data = new Uint8Array((ids.length / ranks) * 4);
  for (let pixel = 0; pixel < ids.length / ranks; pixel++) {
    const at = pixel * ranks;
    const covered = coverage.subarray(at, at + ranks).reduce((sum, share) => sum + share, 0);
    if (covered >= 0.5) data.set([...colorOf(ids[at]!), 255], pixel * 4);
  }
  const colors: Record<string, string> = {};
  for (const [id, name] of names) {
    const hex = colorOf(id).map((value) => value.toString(16).padStart(2, '0'));
    colors[`#${hex.join('')}`] = name;
  }
  return { png: writePng({ ...size, channels: 4, data }), meaning: { colors } };
}

/** A clear colour for an id, the same in every picture: hue, strength and brightness from different bits of it. */
function colorOf(id: number): [number, number, number] {
  const hue = (id & 0xffff) / 65536;
  const saturation = 0.45 + (((id >>> 16) & 255) / 255) * 0.5;
  const value = 0.6 + ((id >>> 24) / 255) * 0.4;
  const channel = (shift: number) => {
    const h = (hue * 6 + shift) % 6;
    return Math.round(255 * value * (1 - saturation * Math.max(0, Math.min(h, 4 - h, 1))));
  };
  return [channel(5), channel(3), channel(1)];
}
