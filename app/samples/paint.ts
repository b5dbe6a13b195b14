import sharp from 'sharp';

/** Colours from 0 to 1, as a picture shows them (sRGB) or as plain values. */
export type Color = [r: number, g: number, b: number];

/** Paints a picture from a function of u (to the right) and v (downwards), both from 0 to 1, and encodes it as PNG. */
export async function paint(size: number, color: (u: number, v: number) => Color, height = size): Promise<Uint8Array> {
  const data = new Uint8Array(size * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < size; x++) {
      const value = color((x + 0.5) / size, (y + 0.5) / height);
      for (let k = 0; k < 3; k++) data[(y * size + x) * 3 + k] = Math.round(Math.min(1, Math.max(0, value[k]!)) * 255);
    }
  }
  return encode(data, size, height);
}

/** A normal map (green up) of a height field that repeats at its edges; `strength` scales the slopes. */
export async function paintNormals(
  size: number,
  heightAt: (u: number, v: number) => number,
  strength: number,
  rows = size,
): Promise<Uint8Array> {
  const heights = new Float32Array(size * rows);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < size; x++) heights[y * size + x] = heightAt((x + 0.5) / size, (y + 0.5) / rows);
  const at = (x: number, y: number): number => heights[((y + rows) % rows) * size + ((x + size) % size)]!;
  const data = new Uint8Array(size * rows * 3);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < size; x++) {
      const dx = (at(x + 1, y) - at(x - 1, y)) * strength;
      const dy = (at(x, y + 1) - at(x, y - 1)) * strength;
      const length = Math.hypot(dx, dy, 1);
      const o = (y * size + x) * 3;
      data[o] = Math.round((-dx / length) * 127.5 + 127.5);
      data[o + 1] = Math.round((dy / length) * 127.5 + 127.5);
      data[o + 2] = Math.round((1 / length) * 127.5 + 127.5);
    }
  }
  return encode(data, size, rows);
}

async function encode(data: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9, adaptiveFiltering: true })
    .toBuffer();
  return new Uint8Array(png);
}

const HEX = new Map<string, Color>();

/** An sRGB colour from `#rrggbb`. Kept, because painters ask for the same ones at every pixel. */
export function hex(text: string): Color {
  let color = HEX.get(text);
  if (!color) {
    color = [1, 3, 5].map((i) => Number.parseInt(text.slice(i, i + 2), 16) / 255) as Color;
    HEX.set(text, color);
  }
  return color;
}

/** The linear colour that materials want, from `#rrggbb`. */
export function linear(text: string): Color {
  return hex(text).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as Color;
}

export function mix(a: Color, b: Color, t: number): Color {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** 0 below `from`, 1 above `to`, smooth between. */
export function smoothstep(from: number, to: number, value: number): number {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/** Smooth noise from 0 to 1 on a lattice of `columns` × `rows` cells that repeats at the edges of the picture. */
export function noise(u: number, v: number, columns: number, rows: number, seed: number): number {
  const x = u * columns;
  const y = v * rows;
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const fx = (x - x0) ** 2 * (3 - 2 * (x - x0));
  const fy = (y - y0) ** 2 * (3 - 2 * (y - y0));
  const corner = (i: number, j: number): number => hash((i % columns) + columns * (((j % rows) + rows) % rows), seed);
  const top = corner(x0, y0) * (1 - fx) + corner(x0 + 1, y0) * fx;
  const bottom = corner(x0, y0 + 1) * (1 - fx) + corner(x0 + 1, y0 + 1) * fx;
  return top * (1 - fy) + bottom * fy;
}

/** Several octaves of `noise`, each twice as fine and half as strong. */
export function fractalNoise(
  u: number,
  v: number,
  columns: number,
  rows: number,
  octaves: number,
  seed: number,
): number {
  let sum = 0;
  let weight = 0.5;
  for (let i = 0; i < octaves; i++) {
    sum += noise(u, v, columns << i, rows << i, seed + i) * weight;
    weight /= 2;
  }
  return sum / (1 - 2 * weight);
}

/** An even number from 0 to 1 for each pair of integers. */
export function hash(value: number, seed: number): number {
  let t = Math.imul(value | 0, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b);
  t = Math.imul(t ^ (t >>> 15), 0x2c1b3c6d);
  t = Math.imul(t ^ (t >>> 12), 0x297a2d39);
  return ((t ^ (t >>> 15)) >>> 0) / 4294967296;
}
