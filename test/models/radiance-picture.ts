/** A Radiance .hdr picture of one light from everywhere, `2 · height` × `height` pixels, each channel up to 1. */
export function radiancePicture(light: readonly [number, number, number], height = 16): Buffer {
  const width = height * 2;
  const pixel = [...light.map((value) => Math.min(255, Math.round(value * 255))), 128];
  const pixels = Buffer.alloc(width * height * 4);
  for (let i = 0; i < pixels.length; i += 4) pixels.set(pixel, i);
  return Buffer.concat([Buffer.from(`#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`), pixels]);
}
