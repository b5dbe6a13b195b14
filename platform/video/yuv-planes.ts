/** How an encoder wants its pixels: chroma halved in both directions or full, with alpha or without, 8 or 10 bits. */
export interface YuvLayout {
  subsampled: boolean;
  alpha: boolean;
  bits: 8 | 10;
}

// ITU-R BT.709-6, items 3.2 to 3.5: luma weights, and the scale of the colour differences.
const KR = 0.2126;
const KB = 0.0722;
const KG = 1 - KR - KB;
const CB = 1 / (2 * (1 - KB));
const CR = 1 / (2 * (1 - KR));

/** Bytes of one frame's planes, which follow each other without gaps. */
export function yuvBytes(width: number, height: number, { subsampled, alpha, bits }: YuvLayout): number {
  const chroma = subsampled ? (width / 2) * (height / 2) : width * height;
  return ((alpha ? 2 : 1) * width * height + 2 * chroma) * (bits === 8 ? 1 : 2);
}

/**
 * Turns RGBA pixels into Y′CbCr by BT.709 with limited range (luma 16 to 235, differences 16 to 240, at 8 bits), and
 * writes the planes Y, Cb, Cr and alpha into `out`. Alpha has the full range, as the encoders want it.
 *
 * This is done here and not by FFmpeg's scaler, because that converts by BT.601 unless told otherwise, rounds
 * differently from processor to processor, and lets the colours of invisible pixels bleed into their neighbours: here
 * the mean of a 2 × 2 block weighs each pixel by its alpha.
 *
 * @param rgba Alpha not premultiplied, rows from the top. Width and height are even when chroma is subsampled.
 * @param out At least `yuvBytes` long.
 */
export function writeYuv(rgba: Uint8Array, width: number, height: number, layout: YuvLayout, out: Uint8Array): void {
  const pixels = width * height;
  const scale = layout.bits === 8 ? 1 : 4;
  const planes = layout.bits === 8 ? out : new Uint16Array(out.buffer, out.byteOffset, out.byteLength >> 1);
  const chromaPixels = layout.subsampled ? pixels / 4 : pixels;
  const [cbPlane, crPlane, alphaPlane] = [pixels, pixels + chromaPixels, pixels + 2 * chromaPixels];
  // 16 + 219 E′ and 128 + 224 E′, times four at 10 bits; E′ is the byte / 255.
  const lumaScale = (219 / 255) * scale;
  const differenceScale = (224 / 255) * scale;
  for (let i = 0, at = 0; i < pixels; i++, at += 4) {
    const luma = KR * rgba[at]! + KG * rgba[at + 1]! + KB * rgba[at + 2]!;
    planes[i] = 16 * scale + luma * lumaScale + 0.5;
    if (layout.alpha) planes[alphaPlane + i] = layout.bits === 8 ? rgba[at + 3]! : (rgba[at + 3]! * 1023) / 255 + 0.5;
    if (layout.subsampled) continue;
    planes[cbPlane + i] = 128 * scale + (rgba[at + 2]! - luma) * CB * differenceScale + 0.5;
    planes[crPlane + i] = 128 * scale + (rgba[at]! - luma) * CR * differenceScale + 0.5;
  }
  if (!layout.subsampled) return;
  let i = 0;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2, i++) {
      let r = 0;
      let g = 0;
      let b = 0;
      let weight = 0;
      for (let k = 0; k < 4; k++) {
        const at = ((y + (k >> 1)) * width + x + (k & 1)) * 4;
        const share = layout.alpha ? rgba[at + 3]! : 1;
        r += rgba[at]! * share;
        g += rgba[at + 1]! * share;
        b += rgba[at + 2]! * share;
        weight += share;
      }
      const inverse = weight === 0 ? 0 : 1 / weight;
      const luma = (KR * r + KG * g + KB * b) * inverse;
      planes[cbPlane + i] = 128 * scale + (b * inverse - luma) * CB * differenceScale + 0.5;
      planes[crPlane + i] = 128 * scale + (r * inverse - luma) * CR * differenceScale + 0.5;
    }
  }
}
