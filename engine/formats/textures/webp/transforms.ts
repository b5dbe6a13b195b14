/** Turns decoded pixels into what they stand for, in place or anew. */
export type InverseTransform = (pixels: Uint32Array) => Uint32Array;

/** Adds to each pixel what its neighbours predict (RFC 9649, section 4.1). */
export function predictor(width: number, height: number, sizeBits: number, modes: Uint32Array): InverseTransform {
  const columns = Math.ceil(width / (1 << sizeBits));
  return (pixels) => {
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        const mode = (modes[(y >> sizeBits) * columns + (x >> sizeBits)]! >>> 8) & 15;
        pixels[at] = add(pixels[at]!, predict(pixels, at, width, x === 0, y === 0, mode));
      }
    }
    return pixels;
  };
}

/** Adds to red and blue a share of green, and to blue a share of red (section 4.2). */
export function crossColor(width: number, height: number, sizeBits: number, shares: Uint32Array): InverseTransform {
  const columns = Math.ceil(width / (1 << sizeBits));
  const delta = (share: number, value: number): number => (((share << 24) >> 24) * ((value << 24) >> 24)) >> 5;
  return (pixels) => {
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        const share = shares[(y >> sizeBits) * columns + (x >> sizeBits)]!;
        const pixel = pixels[at]!;
        const green = (pixel >>> 8) & 255;
        const red = ((pixel >>> 16) + delta(share, green)) & 255;
        const blue = (pixel + delta(share >>> 8, green) + delta(share >>> 16, red)) & 255;
        pixels[at] = (pixel & 0xff00ff00) | (red << 16) | blue;
      }
    }
    return pixels;
  };
}

/** Adds green to red and blue (section 4.3). */
export const addGreen: InverseTransform = (pixels) => {
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i]!;
    const green = (pixel >>> 8) & 255;
    pixels[i] = (pixel & 0xff00ff00) | ((((pixel >>> 16) + green) & 255) << 16) | ((pixel + green) & 255);
  }
  return pixels;
};

/** Replaces numbers of colours, several of which may share a pixel, by the colours (section 4.4). */
export function palette(width: number, height: number, widthBits: number, colors: Uint32Array): InverseTransform {
  const packedWidth = Math.ceil(width / (1 << widthBits));
  const bits = 8 >> widthBits;
  return (pixels) => {
    const out = new Uint32Array(width * height);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        const packed = (pixels[y * packedWidth + (x >> widthBits)]! >>> 8) & 255;
        const index = (packed >> ((x & ((1 << widthBits) - 1)) * bits)) & ((1 << bits) - 1);
        out[at] = colors[index] ?? 0;
      }
    }
    return out;
  };
}

/** Adds the four channels apart, each modulo 256. */
export function add(a: number, b: number): number {
  const high = ((a & 0xff00ff00) >>> 0) + ((b & 0xff00ff00) >>> 0);
  const low = (a & 0x00ff00ff) + (b & 0x00ff00ff);
  return ((high & 0xff00ff00) | (low & 0x00ff00ff)) >>> 0;
}

function predict(p: Uint32Array, at: number, width: number, isFirst: boolean, isTop: boolean, mode: number): number {
  if (isTop) return isFirst ? 0xff000000 : p[at - 1]!;
  const top = p[at - width]!;
  if (isFirst) return top;
  const left = p[at - 1]!;
  const topLeft = p[at - width - 1]!;
  // Beyond the last column this is the first pixel of the row itself, as the format wants it.
  const topRight = p[at - width + 1]!;
  switch (mode) {
    case 1:
      return left;
    case 2:
      return top;
    case 3:
      return topRight;
    case 4:
      return topLeft;
    case 5:
      return average(average(left, topRight), top);
    case 6:
      return average(left, topLeft);
    case 7:
      return average(left, top);
    case 8:
      return average(topLeft, top);
    case 9:
      return average(top, topRight);
    case 10:
      return average(average(left, topLeft), average(top, topRight));
    case 11:
      return select(left, top, topLeft);
    case 12:
      return eachChannel((shift) => channel(left, shift) + channel(top, shift) - channel(topLeft, shift));
    case 13: {
      const middle = average(left, top);
      return eachChannel((shift) => {
        const value = channel(middle, shift);
        return value + Math.trunc((value - channel(topLeft, shift)) / 2);
      });
    }
    default:
      return 0xff000000;
  }
}

function average(a: number, b: number): number {
  return ((((a ^ b) & 0xfefefefe) >>> 1) + ((a & b) >>> 0)) >>> 0;
}

function channel(pixel: number, shift: number): number {
  return (pixel >>> shift) & 255;
}

function eachChannel(value: (shift: number) => number): number {
  let out = 0;
  for (let shift = 0; shift < 32; shift += 8) out |= Math.max(0, Math.min(255, value(shift))) << shift;
  return out >>> 0;
}

/** The neighbour that is nearer to the plane through all three. */
function select(left: number, top: number, topLeft: number): number {
  let ofLeft = 0;
  let ofTop = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    ofLeft += Math.abs(channel(top, shift) - channel(topLeft, shift));
    ofTop += Math.abs(channel(left, shift) - channel(topLeft, shift));
  }
  return ofLeft < ofTop ? left : top;
}
