// Pictures of surroundings that the tests make: Radiance and OpenEXR files of any function of direction.
import { DataTexture, FloatType, HalfFloatType, RGBAFormat } from 'three';
import { EXRExporter } from 'three/examples/jsm/exporters/EXRExporter.js';

type Vector = [number, number, number];

/** Light from a unit direction, linear RGB. */
export type Light = (d: Vector) => Vector;

/** The directions of an equirectangular picture's pixels; +X in the middle column, +Z a quarter further on. */
export function pixelDirection(x: number, y: number, width: number, height: number): Vector {
  const polar = ((y + 0.5) / height) * Math.PI;
  const phi = ((x + 0.5) / width - 0.5) * 2 * Math.PI;
  return [Math.sin(polar) * Math.cos(phi), Math.cos(polar), Math.sin(polar) * Math.sin(phi)];
}

function rgbe([r, g, b]: Vector): number[] {
  const peak = Math.max(r, g, b);
  if (peak < 1e-32) return [0, 0, 0, 0];
  const exponent = Math.ceil(Math.log2(peak * 1.0001));
  const scale = 256 / 2 ** exponent;
  return [...[r, g, b].map((c) => Math.min(255, Math.round(c * scale))), exponent + 128];
}

/** How the rows of a Radiance file are written. */
export type RadianceCoding = 'flat' | 'run-length' | 'old run-length';

/** A Radiance file. `resolution` puts another order of rows and columns. */
export function radianceFile(
  width: number,
  light: Light,
  coding: RadianceCoding = 'run-length',
  resolution: '-Y +X' | '+Y +X' | '-Y -X' = '-Y +X',
): Uint8Array {
  const height = width / 2;
  const [y, x] = resolution.split(' ') as [string, string];
  const head = `#?RADIANCE\n# made for a test\nFORMAT=32-bit_rle_rgbe\n\n${y[0]}Y ${height} ${x[0]}X ${width}\n`;
  const out = [...new TextEncoder().encode(head)];
  for (let row = 0; row < height; row++) {
    const texels = Array.from({ length: width }, (_, column) => {
      const from = x[0] === '-' ? width - 1 - column : column;
      return rgbe(light(pixelDirection(from, y[0] === '+' ? height - 1 - row : row, width, height)));
    });
    if (coding === 'flat') out.push(...texels.flat());
    else if (coding === 'old run-length') out.push(...oldRuns(texels));
    else out.push(2, 2, width >> 8, width & 255, ...[0, 1, 2, 3].flatMap((c) => runs(texels.map((t) => t[c]!))));
  }
  return Uint8Array.from(out);
}

function runs(values: number[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < values.length; ) {
    let n = 1;
    while (n < 127 && values[i + n] === values[i] && i + n < values.length) n++;
    if (n > 2) out.push(128 + n, values[i]!);
    else {
      n = Math.min(100, values.length - i);
      out.push(n, ...values.slice(i, i + n));
    }
    i += n;
  }
  return out;
}

function oldRuns(texels: number[][]): number[] {
  const out: number[] = [];
  for (let i = 0; i < texels.length; ) {
    out.push(...texels[i]!);
    let n = 0;
    while (n < 255 && i + n + 1 < texels.length && texels[i + n + 1]!.every((v, c) => v === texels[i]![c])) n++;
    if (n > 0) out.push(1, 1, 1, n);
    i += n + 1;
  }
  return out;
}

/** An OpenEXR file; compression as the format numbers it: 0 none, 1 RLE, 2 ZIPS, 3 ZIP, 4 PIZ. */
export async function exrFile(
  width: number,
  light: Light,
  compression: 0 | 1 | 2 | 3 | 4,
  type: 'half' | 'float',
): Promise<Uint8Array> {
  const height = width / 2;
  const data = new Float32Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    // Rows of a texture begin at the bottom.
    for (let x = 0; x < width; x++)
      data.set([...light(pixelDirection(x, height - 1 - y, width, height)), 1], (y * width + x) * 4);
  }
  const texture = new DataTexture(data, width, height, RGBAFormat, FloatType);
  const options = { compression, type: type === 'half' ? HalfFloatType : FloatType };
  return new Uint8Array(await new EXRExporter().parse(texture, options as never));
}
