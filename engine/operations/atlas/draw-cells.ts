import { TextureInfo } from '@gltf-transform/core';
import type { Transform } from '@gltf-transform/extensions';
import { srgbToLinear } from '../../render/portable-math.ts';
import { srgbByte } from '../../render/srgb-byte.ts';
import type { RgbaImage } from '../../texture/image-codec.ts';
import type { AtlasSource, AtlasTexture } from './sources.ts';

/** Linear light of each byte. */
const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => srgbToLinear(byte / 255));

/** Four numbers from 0 to 1 at a place in texture space; colours as light. */
export type Sampler = (u: number, v: number) => readonly [number, number, number, number];

/** A place of a cell in an atlas, in texels. */
export interface PlacedCell {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Reads a texture as a viewer does that filters between texels: under its transform, wrapped as its sampler says. */
export function samplerOf({ info }: AtlasTexture, { width, height, data }: RgbaImage, color: boolean): Sampler {
  const place = placing(info);
  const wrapU = wrapping(info.getWrapS(), width);
  const wrapV = wrapping(info.getWrapT(), height);
  const value = (at: number, k: number) => (color && k < 3 ? LINEAR[data[at + k]!]! : data[at + k]! / 255);
  return (u, v) => {
    const [s, t] = place(u, v);
    const x = s * width - 0.5;
    const y = t * height - 0.5;
    // On the middle of a texel up to rounding: that texel as it is.
    const [x0, y0] = [Math.floor(x + 1e-4), Math.floor(y + 1e-4)];
    const [fx, fy] = [x - x0 < 2e-4 ? 0 : x - x0, y - y0 < 2e-4 ? 0 : y - y0];
    const [left, right] = [wrapU(x0), wrapU(x0 + 1)];
    const [top, bottom] = [wrapV(y0) * width, wrapV(y0 + 1) * width];
    const at = [(top + left) * 4, (top + right) * 4, (bottom + left) * 4, (bottom + right) * 4] as const;
    const mixed = (k: number) =>
      (value(at[0], k) * (1 - fx) + value(at[1], k) * fx) * (1 - fy) +
      (value(at[2], k) * (1 - fx) + value(at[3], k) * fx) * fy;
    return [mixed(0), mixed(1), mixed(2), mixed(3)];
  };
}

/** KHR_texture_transform: scaled, turned, then moved. */
function placing(info: TextureInfo): (u: number, v: number) => [number, number] {
  const transform = info.getExtension<Transform>('KHR_texture_transform');
  if (!transform) return (u, v) => [u, v];
  const [offsetU, offsetV] = transform.getOffset();
  const [scaleU, scaleV] = transform.getScale();
  const [sin, cos] = [Math.sin(transform.getRotation()), Math.cos(transform.getRotation())];
  return (u, v) => [cos * scaleU * u + sin * scaleV * v + offsetU, -sin * scaleU * u + cos * scaleV * v + offsetV];
}

function wrapping(mode: number, size: number): (texel: number) => number {
  switch (mode) {
    case TextureInfo.WrapMode.CLAMP_TO_EDGE:
      return (texel) => Math.min(size - 1, Math.max(0, texel));
    case TextureInfo.WrapMode.MIRRORED_REPEAT:
      return (texel) => {
        const place = ((texel % (2 * size)) + 2 * size) % (2 * size);
        return place < size ? place : 2 * size - 1 - place;
      };
    default:
      return (texel) => ((texel % size) + size) % size;
  }
}

/**
 * Draws a cell into an atlas, with its border repeated outwards over `padding` texels.
 *
 * @param texelAt what a texel of the atlas says at a place in the texture space of the source, four bytes
 */
export function drawCell(
  atlas: RgbaImage,
  { x, y, width, height }: PlacedCell,
  { range }: AtlasSource,
  padding: number,
  texelAt: (u: number, v: number) => readonly number[],
): void {
  for (let row = -padding; row < height + padding; row++) {
    const v = range.v + ((Math.min(height - 1, Math.max(0, row)) + 0.5) / height) * range.height;
    for (let column = -padding; column < width + padding; column++) {
      const to = ((y + row) * atlas.width + x + column) * 4;
      if (column > 0 && column >= width) {
        atlas.data.copyWithin(to, to - 4, to);
        continue;
      }
      const u = range.u + ((Math.max(0, column) + 0.5) / width) * range.width;
      atlas.data.set(texelAt(u, v), to);
    }
  }
}

/** Light as an sRGB byte, and a share as a byte. */
export const colorByte = srgbByte;
export function byte(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 255);
}
