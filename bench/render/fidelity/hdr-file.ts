/** Writes a panorama as a Radiance file (Ward 1991), scan lines not compressed. */
export function writeHdr(rgba: Float32Array, width: number, height: number): Uint8Array {
  const header = new TextEncoder().encode(`#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y ${height} +X ${width}\n`);
  const out = new Uint8Array(header.length + width * height * 4);
  out.set(header);
  for (let i = 0; i < width * height; i++) {
    const rgb = rgba.subarray(i * 4, i * 4 + 3);
    const peak = Math.max(...rgb);
    if (peak < 1e-32) continue;
    let exponent = Math.ceil(Math.log2(peak));
    if (peak / 2 ** exponent > 255.5 / 256) exponent++;
    const o = header.length + i * 4;
    for (let c = 0; c < 3; c++) out[o + c] = Math.min(255, Math.round((rgb[c]! / 2 ** exponent) * 256));
    out[o + 3] = exponent + 128;
  }
  return out;
}
