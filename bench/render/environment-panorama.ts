import {
  FILTERED_BYTES,
  mapBytes,
  octahedralDirection,
  readEnvironment,
  sharpSizeOf,
} from '#engine/render/environment-file.ts';

/**
 * The sharpest level of an environment as equirectangular picture for other renderers: 512 × 256 RGBA floats, rows
 * from the top, +X in the middle column.
 */
export function environmentPanorama(file: Uint8Array): Float32Array {
  const n = sharpSizeOf(file) as number;
  const buffer = new ArrayBuffer(mapBytes(n) + FILTERED_BYTES);
  readEnvironment(file, buffer, { map: 0, filtered: mapBytes(n) });
  const maps = new Float32Array(buffer);
  const [width, height] = [512, 256];
  const out = new Float32Array(width * height * 4).fill(1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const theta = ((y + 0.5) / height) * Math.PI;
      const phi = ((x + 0.5) / width - 0.5) * 2 * Math.PI;
      const d = [Math.sin(theta) * Math.cos(phi), Math.cos(theta), Math.sin(theta) * Math.sin(phi)] as const;
      const [u, v] = octahedralCoordinates(d);
      const fx = u * n + 0.5;
      const fy = v * n + 0.5;
      const ix = Math.floor(fx);
      const iy = Math.floor(fy);
      for (let c = 0; c < 3; c++) {
        const at = (i: number, j: number) => maps[((iy + j) * (n + 2) + ix + i) * 4 + c]!;
        const a = fx - ix;
        const b = fy - iy;
        out[(y * width + x) * 4 + c] =
          (at(0, 0) * (1 - a) + at(1, 0) * a) * (1 - b) + (at(0, 1) * (1 - a) + at(1, 1) * a) * b;
      }
    }
  }
  return out;
}

/** Inverse of `octahedralDirection`. */
function octahedralCoordinates([x, y, z]: readonly [number, number, number]): [number, number] {
  const k = 1 / (Math.abs(x) + Math.abs(y) + Math.abs(z));
  let [a, b] = [x * k, z * k];
  if (y < 0) [a, b] = [(1 - Math.abs(b)) * (a >= 0 ? 1 : -1), (1 - Math.abs(a)) * (b >= 0 ? 1 : -1)];
  const result: [number, number] = [a * 0.5 + 0.5, b * 0.5 + 0.5];
  const [dx] = octahedralDirection(...result);
  if (Math.abs(dx - x) > 1e-3) throw new Error('Octahedral coordinates are not inverse to directions.');
  return result;
}
