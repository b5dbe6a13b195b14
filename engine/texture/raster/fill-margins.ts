import type { RgbaImage } from '../image-codec.ts';

/**
 * Fills the texels of an image that are not known with the colour of those nearest to them, ring after ring, so that
 * neither filtering nor smaller levels mix in what was never there. Where nothing is known, nothing changes.
 *
 * @param known whether a texel, by its place in the rows, has its colour
 */
export function fillMargins({ width, height, data }: RgbaImage, known: (texel: number) => boolean): void {
  const texels = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const queue = new Uint32Array(width * height);
  const done = new Uint8Array(width * height);
  let end = 0;
  for (let texel = 0; texel < texels.length; texel++) {
    if (!known(texel)) continue;
    done[texel] = 1;
    queue[end++] = texel;
  }
  for (let at = 0; at < end; at++) {
    const texel = queue[at]!;
    const x = texel % width;
    for (const [near, inside] of [
      [texel - 1, x > 0],
      [texel + 1, x < width - 1],
      [texel - width, texel >= width],
      [texel + width, texel < texels.length - width],
    ] as const) {
      if (!inside || done[near]) continue;
      done[near] = 1;
      texels[near] = texels[texel]!;
      queue[end++] = near;
    }
  }
}
